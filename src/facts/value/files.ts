import { environmentOf, roleOf } from '../../artifact/classify.ts'
import type { PlainDocument } from '../../artifact/plain.ts'
import { sourceOf } from '../../artifact/source.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import { globs } from '../../text/glob.ts'
import type { FactContext } from '../types.ts'
import { firstLine } from './compare.ts'
import { withFlags } from './flags.ts'
import { formatOf } from './formats.ts'
import type { ConfigObject } from './objects.ts'

const largest = 300_000

/** The settings of both sides of the changed files that are read line by line. */
export async function lineObjects({ change, config }: FactContext) {
  const base: ConfigObject[] = []
  const head: ConfigObject[] = []
  const ignored = globs(config.ignore)
  const isProduction = globs(config.environments.production)
  const isLower = globs(config.environments.lower)
  for (const file of change.files) {
    const format = file.status === 'added' || file.status === 'deleted' ? undefined : formatOf(file.path)
    if (format === undefined || ignored(file.path) || roleOf(file.path) !== 'live') continue
    const [before, after] = [await file.read('base'), await file.read('head')]
    if (!before || !after || !('text' in before) || !('text' in after)) continue
    if (Math.max(before.text.length, after.text.length) > largest) continue
    const sources = {
      base: sourceOf(file.basePath ?? file.path, 'base', before.text),
      head: sourceOf(file.path, 'head', after.text),
    }
    const artifact: Artifact = {
      path: file.path,
      status: file.status,
      language: 'text',
      kind: 'config',
      role: 'live',
      environment: isProduction(file.path) ? 'production' : isLower(file.path) ? 'lower' : environmentOf(file.path),
      ...sources,
      hunks: await file.hunks(),
    }
    base.push(...(await objectIn(artifact, 'base', sources.base, format)))
    head.push(...(await objectIn(artifact, 'head', sources.head, format)))
  }
  return { base, head }
}

async function objectIn(
  artifact: Artifact,
  side: 'base' | 'head',
  source: Source,
  kind: string,
): Promise<readonly ConfigObject[]> {
  return (await readLines(source, kind)).map(({ root }) => ({
    artifact,
    side,
    kind,
    name: artifact.path.slice(artifact.path.lastIndexOf('/') + 1),
    identity: kind,
    wanders: false,
    environment: artifact.environment,
    node: kind === 'systemd' ? withFlags(root) : root,
    span: firstLine(root),
  }))
}

/** The settings of a file that is read line by line. */
export async function readLines(source: Source, kind: string): Promise<readonly PlainDocument[]> {
  if (kind === 'code') return (await import('../../artifact/plain-code.ts')).codeDocuments(source)
  const { dockerDocuments, haproxyDocuments, nginxDocuments } = await import('../../artifact/plain-lines.ts')
  if (kind === 'nginx') return nginxDocuments(source)
  if (kind === 'haproxy') return haproxyDocuments(source)
  if (kind === 'dockerfile') return dockerDocuments(source)
  return (await import('../../artifact/plain-ini.ts')).iniDocuments(source, kind === 'ini')
}
