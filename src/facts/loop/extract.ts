import type { Grammar } from '../../artifact/trees.ts'
import type { Artifact, Language, Source } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import { messageOf } from '../../text/errors.ts'
import { spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import { failingLoops } from './failing.ts'
import type { LoopFact } from './index.ts'
import { polls } from './poll.ts'

const grammars: Partial<Record<Language, Grammar>> = {
  ruby: 'ruby',
  python: 'python',
  javascript: 'javascript',
  typescript: 'typescript',
  tsx: 'tsx',
}

/** Largest file that is read, in characters. */
const largest = 500_000

/** Loops that head has and base has not: a loop also counts when only its pause went away. */
export async function extractLoops(_context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: LoopFact[] = []
  const notAnalysed: NotAnalysed[] = []
  for (const artifact of artifacts) {
    const { head, base } = artifact
    if (head === undefined || head.text.length > largest || artifact.hunks.length === 0) continue
    try {
      const now = await loopsIn(artifact, head)
      if (now.length === 0) continue
      const before = new Map<string, number>()
      for (const { form, log } of base === undefined ? [] : await loopsIn(artifact, base))
        before.set(form + log, (before.get(form + log) ?? 0) + 1)
      for (const fact of now) {
        const left = before.get(fact.form + fact.log) ?? 0
        if (left > 0) before.set(fact.form + fact.log, left - 1)
        else facts.push(fact)
      }
    } catch (error) {
      notAnalysed.push({ path: artifact.path, reason: `its loops could not be read (${messageOf(error)})` })
    }
  }
  return { facts, notAnalysed }
}

async function loopsIn(artifact: Artifact, source: Source): Promise<readonly LoopFact[]> {
  const grammar = grammars[artifact.language]
  if (grammar === undefined) return []
  const common = { kind: 'loop', path: artifact.path, side: source.side } as const
  const failing = (await failingLoops(source, grammar)).map(
    (found): LoopFact => ({
      ...common,
      form: 'failing',
      span: spanOf(source.lines, found.start, found.end),
      log: found.log,
      trace: found.trace,
      blocks: found.blocks,
      perElement: false,
    }),
  )
  if (grammar === 'ruby' || grammar === 'python') return failing
  const timers = (await polls(source, grammar)).map(
    (found): LoopFact => ({
      ...common,
      form: 'poll',
      span: spanOf(source.lines, found.start, found.end),
      log: found.text,
      trace: false,
      blocks: false,
      ...(found.periodMs === undefined ? {} : { periodMs: found.periodMs }),
      perElement: found.perElement,
    }),
  )
  return [...failing, ...timers]
}
