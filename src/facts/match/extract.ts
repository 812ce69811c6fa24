import type { Artifact } from '../../artifact/types.ts'
import { touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import { lineSpan } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import { agentFacts, impossibleFacts, openedTerms } from './conf.ts'
import type { MatchFact } from './index.ts'
import { listsOf, type PatternList } from './lists.ts'
import { orderFacts, termOrderFacts } from './order.ts'
import { policyFacts } from './policy.ts'
import { reachOf, sortOf } from './reach.ts'
import { robotsFacts } from './robots.ts'

export async function extractMatches(
  _context: FactContext,
  artifacts: readonly Artifact[],
): Promise<Extraction & { readonly facts: readonly MatchFact[] }> {
  const facts: MatchFact[] = []
  const notAnalysed: NotAnalysed[] = []
  for (const artifact of artifacts) {
    try {
      facts.push(...(await matchesIn(artifact)))
    } catch (error) {
      notAnalysed.push({ path: artifact.path, reason: `its lists could not be read (${messageOf(error)})` })
    }
  }
  return { facts, notAnalysed }
}

async function matchesIn(artifact: Artifact): Promise<readonly MatchFact[]> {
  const inText =
    artifact.head === undefined
      ? []
      : [...agentFacts(artifact, artifact.head), ...impossibleFacts(artifact, artifact.head)]
  if (artifact.language === 'conf') return [...inText, ...openedTerms(artifact), ...termOrderFacts(artifact)]
  const [base, head] = [await listsOf(artifact, 'base'), await listsOf(artifact, 'head')]
  if (base === undefined || head === undefined) return []
  const before = new Map(base.map(list => [list.id, list]))
  const listed = new Set(head.flatMap(({ entries }) => entries.map(({ text }) => text)))
  return [
    ...head.flatMap(list => listFacts(artifact, list, before.get(list.id))),
    ...robotsFacts(artifact),
    ...(await policyFacts(artifact)),
    ...(await orderFacts(artifact)),
    ...inText.filter(({ entry }) => !listed.has(entry)),
  ]
}

function listFacts(artifact: Artifact, list: PatternList, base: PatternList | undefined): readonly MatchFact[] {
  const { entries, name, action, exceptions } = list
  const known = new Set(base?.entries.map(entry => entry.text))
  const sort = sortOf(
    `${name} ${artifact.path}`,
    entries.map(entry => entry.text),
  )
  const common = {
    kind: 'match',
    path: artifact.path,
    side: 'head',
    listName: name,
    action,
    source: 'list',
    others: entries.length - 1,
    before: base?.entries.length ?? 0,
    shadowed: [],
    exceptions,
    crossing: false,
  } as const
  const added = entries.filter(entry => !known.has(entry.text) && touches(artifact, 'head', entry.span))
  const facts: MatchFact[] = added.flatMap(entry => {
    const reach =
      reachOf(entry.text, sort) ?? (added.length > mostCompared ? undefined : swallowed(entry.text, list, base))
    if (reach === undefined) return []
    return [{ ...common, span: entry.span, change: 'added' as const, entry: entry.text, reach }]
  })
  const kept = entries.filter(entry => known.has(entry.text)).length
  const first = entries[0] ?? base?.entries[0]
  if (base !== undefined && base.entries.length >= 20 && entries.length < base.entries.length && first && kept > 0) {
    const line = artifact.hunks[0]?.headStart ?? first.span.line
    const span = artifact.head === undefined ? first.span : lineSpan(artifact.head.lines, line)
    facts.push({ ...common, span, change: 'shrunk', entry: '', reach: '', others: entries.length })
  }
  return facts
}

/** Most new entries that are compared with each of the others. */
const mostCompared = 100

/** A new entry so short that most others of the list begin with it, all of which stood there as separate ones before. */
function swallowed(entry: string, list: PatternList, base: PatternList | undefined): string | undefined {
  if (list.action !== 'deny' || base === undefined || base.entries.length < 4 || entry.length < 2) return undefined
  if (/[\d:]/.test(entry[0] ?? '')) return undefined
  const covered = list.entries.filter(other => other.text !== entry && other.text.startsWith(entry)).length
  return covered >= 4 && covered >= (list.entries.length - 1) * 0.8
    ? `what ${covered} other entries matched one by one, and more`
    : undefined
}
