import { roleOf } from '../../artifact/classify.ts'
import type { Artifact } from '../../artifact/types.ts'
import { textOf } from '../../change/content.ts'
import { globs } from '../../text/glob.ts'
import { indexLines, type Span, spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import { zoneFile } from './files.ts'
import type { ZoneFact } from './index.ts'
import { type MailChange, mailChanges } from './mail.ts'
import { relativeNames } from './relative.ts'

/** Facts about changed zone files; templates that write the serial themselves are left alone. */
export async function extractZones(
  { change, config }: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly ZoneFact[] }> {
  const ignored = globs(config.ignore)
  const facts: ZoneFact[] = []
  for (const file of change.files) {
    if (file.status !== 'modified' || !zoneFile.test(file.path) || ignored(file.path) || roleOf(file.path) !== 'live')
      continue
    const [base, head] = [await textOf(file, 'base'), await textOf(file, 'head')]
    if (base === undefined || head === undefined || /\{\{|<%|\$\{/.test(head)) continue
    const compared = { base: indexLines(base), head: indexLines(head), hunks: await file.hunks() }
    if (!artifacts.some(({ path }) => path === file.path))
      facts.push(...mailChanges(compared).map(item => mailFact(file.path, item)))
    const [from, to] = [serialOf(base), serialOf(head)]
    if (from === undefined || to === undefined) continue
    const zone = file.path.slice(file.path.lastIndexOf('/') + 1)
    const servers = [serversOf(base), serversOf(head)] as const
    const left = servers[1].length === 0 ? 'none' : servers[1].length === 1 ? 'one' : 'more'
    const common = { kind: 'zone', path: file.path, zone, left, becomes: '' } as const
    if (recordsOf(base) !== recordsOf(head) && !isLater(from.number, to.number))
      facts.push({ ...common, what: 'serial', side: 'head', span: to.span, name: String(to.number) })
    for (const server of servers[0])
      if (!servers[1].some(({ name }) => name === server.name))
        facts.push({ ...common, what: 'nameserver', side: 'base', span: server.span, name: server.name })
    for (const name of relativeNames(base, head)) facts.push({ ...common, ...name, what: 'relative', side: 'head' })
  }
  for (const { path, base, head, hunks } of artifacts) {
    if (base === undefined || head === undefined) continue
    facts.push(...mailChanges({ base: base.lines, head: head.lines, hunks }).map(item => mailFact(path, item)))
  }
  return { facts, notAnalysed: [] }
}

function mailFact(path: string, change: MailChange): ZoneFact {
  return { kind: 'zone', path, zone: path.slice(path.lastIndexOf('/') + 1), left: 'more', side: 'head', ...change }
}

/** The first number of the SOA record. */
function serialOf(text: string): { readonly number: number; readonly span: Span } | undefined {
  const soa = /\bSOA\s+\S+\s+\S+\s*\(?(?:\s|;[^\n]*\n)*(\d{1,10})\b/.exec(text)
  const digits = soa?.[1]
  if (soa === null || digits === undefined) return undefined
  const end = soa.index + soa[0].length
  return { number: Number(digits), span: spanOf(indexLines(text), end - digits.length, end) }
}

/** Serials go round in 32 bits (RFC 1982): the next one may be the smaller number. */
function isLater(from: number, to: number): boolean {
  const ahead = (to - from + 2 ** 32) % 2 ** 32
  return ahead > 0 && ahead < 2 ** 31
}

/** All that the zone says apart from comments, spaces and its serial. */
function recordsOf(text: string): string {
  return text
    .replace(/(\bSOA\s+\S+\s+\S+\s*\(?(?:\s|;[^\n]*\n)*)\d{1,10}\b/, '$1')
    .replace(/;[^\n]*/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n')
    .trim()
}

/** Name servers of the zone itself, not of zones below it that are given to others. */
function serversOf(text: string): readonly { readonly name: string; readonly span: Span }[] {
  const lines = indexLines(text)
  const found: { name: string; span: Span }[] = []
  let isOwn = true
  let start = 0
  for (const line of text.split('\n')) {
    const owner = /^(\S+)\s/.exec(line)?.[1]
    if (owner !== undefined && !/^[;$)(]/.test(owner))
      isOwn = owner === '@' || /\bSOA\b/.test(line) || (isOwn && owner === '')
    const name = /\s(?:IN\s+)?NS\s+([^\s;]+)/i.exec(line.replace(/;.*/, ''))?.[1]
    if (isOwn && name !== undefined) found.push({ name, span: spanOf(lines, start, start + line.trimEnd().length) })
    start += line.length + 1
  }
  return found
}
