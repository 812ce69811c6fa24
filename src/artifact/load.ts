import type { Change, ChangedFile, NotAnalysed, Side } from '../change/types.ts'
import type { Config } from '../config/types.ts'
import { globs } from '../text/glob.ts'
import { classifyContent, classifyPath, environmentOf } from './classify.ts'
import { sourceOf } from './source.ts'
import type { Artifact, Source } from './types.ts'

/** Files that are asked for at once: each question by itself costs a system call. */
const together = 32

/** Reads and classifies the changed files that some extractor could look at. */
export async function loadArtifacts(
  change: Change,
  config: Config,
): Promise<{ artifacts: readonly Artifact[]; notAnalysed: readonly NotAnalysed[] }> {
  const ignored = globs(config.ignore)
  const environment = environmentBy(config)
  const artifacts: Artifact[] = []
  const notAnalysed: NotAnalysed[] = []
  const files = change.files.filter(file => !ignored(file.path))
  for (let at = 0; at < files.length; at += together) {
    const group = files.slice(at, at + together)
    for (const loaded of await Promise.all(group.map(file => loadArtifact(file, environment)))) {
      if (loaded === undefined) continue
      if ('reason' in loaded) notAnalysed.push(loaded)
      else artifacts.push(loaded)
    }
  }
  return { artifacts, notAnalysed }
}

async function loadArtifact(
  file: ChangedFile,
  environment: (path: string) => Artifact['environment'],
): Promise<Artifact | NotAnalysed | undefined> {
  const byPath = classifyPath(file.path)
  if (byPath === undefined || byPath.role === 'vendored') return undefined
  const sides: Partial<Record<Side, Source>> = {}
  for (const side of ['base', 'head'] as const) {
    const content = await file.read(side)
    if (content === undefined) continue
    if ('text' in content)
      sides[side] = sourceOf(side === 'base' ? (file.basePath ?? file.path) : file.path, side, content.text)
    // Without the head there is nothing to judge; without the base everything would look new.
    else return { path: file.path, reason: content.unreadable }
  }
  const text = sides.head?.text ?? sides.base?.text
  if (text === undefined) return undefined
  const what = classifyContent(file.path, byPath, text)
  if (what.language === 'text') return undefined
  const hunks = await file.hunks()
  const { base, head } = sides
  return {
    path: file.path,
    ...(file.basePath === undefined ? {} : { basePath: file.basePath }),
    status: file.status,
    ...what,
    environment: environment(file.path),
    ...sides,
    ...(base && head ? { base: { ...base, later: { source: head, hunks } } } : {}),
    hunks,
  }
}

function environmentBy(config: Config): (path: string) => Artifact['environment'] {
  const isProduction = globs(config.environments.production)
  const isLower = globs(config.environments.lower)
  return path => (isProduction(path) ? 'production' : isLower(path) ? 'lower' : environmentOf(path))
}
