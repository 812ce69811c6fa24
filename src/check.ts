import { loadArtifacts } from './artifact/load.ts'
import type { Artifact } from './artifact/types.ts'
import type { Change, NotAnalysed } from './change/types.ts'
import type { Config, Level } from './config/types.ts'
import { factKinds } from './facts/index.ts'
import type { Extraction, FactContext, FactKind } from './facts/types.ts'
import type { Problem, Report } from './report/model.ts'
import { judge } from './rule/judge.ts'
import { suppress } from './rule/suppress.ts'
import type { Finding, Rule } from './rule/types.ts'
import { messageOf } from './text/errors.ts'

export interface CheckInput {
  readonly change: Change
  readonly config: Config
  readonly rules: readonly Rule[]
  readonly now: Date
}

/** The report, and the changed files as they were read (for code frames). */
export interface CheckResult {
  readonly report: Report
  readonly artifacts: readonly Artifact[]
}

/** The spine: a change is read into facts, rules judge the facts, findings are reported. */
export async function check({ change, config, rules, now }: CheckInput): Promise<CheckResult> {
  const started = performance.now()
  const { artifacts, notAnalysed } = await loadArtifacts(change, config)
  const read = performance.now()

  const context: FactContext = { change, artifacts, config, now }
  const byPath = new Map(artifacts.map(artifact => [artifact.path, artifact]))
  const findings: Finding[] = []
  const problems: Problem[] = []
  const unread: NotAnalysed[] = [...change.notAnalysed, ...notAnalysed]
  for (const kind of factKinds) {
    if (!rules.some(rule => rule.on === kind.name && config.rules[rule.id] !== 'off')) continue
    const extraction = await extract(kind, context, problems)
    unread.push(...extraction.notAnalysed)
    const judgement = await judge(rules, kind, extraction.facts, byPath, context)
    findings.push(...judgement.findings)
    problems.push(...judgement.problems)
  }

  const suppression = suppress(findings, artifacts, new Set(rules.map(rule => rule.id)), now)
  const sorted = dropRepeats(suppression.findings).sort(worstFirst)
  const report: Report = {
    version: 1,
    base: change.base,
    head: change.head,
    level: sorted[0]?.level ?? 'none',
    findings: sorted,
    suppressed: suppression.suppressed,
    notAnalysed: distinct(unread),
    problems: [...problems, ...suppression.problems],
    files: change.files.length,
    timing: { readMs: Math.round(read - started), totalMs: Math.round(performance.now() - started) },
  }
  return { report, artifacts }
}

/** Runs one extractor over the files it wants. Whatever it throws is a problem of its own and stops nothing else. */
async function extract(kind: FactKind, context: FactContext, problems: Problem[]): Promise<Extraction> {
  const wanted = context.artifacts.filter(artifact => kind.wants(artifact))
  const paths = context.change.files.map(file => file.path)
  if (wanted.length === 0 && !kind.concerns?.(paths)) return { facts: [], notAnalysed: [] }
  try {
    const run = await kind.load()
    return await run(context, wanted)
  } catch (error) {
    problems.push({ message: `reading ${kind.name} facts failed: ${messageOf(error)}` })
    return {
      facts: [],
      notAnalysed: wanted.map(({ path }) => ({ path, reason: `reading ${kind.name} facts failed inside premortem` })),
    }
  }
}

const rank = { error: 0, warning: 1, notice: 2 } satisfies Record<Level, number>

function worstFirst(a: Finding, b: Finding): number {
  return (
    rank[a.level] - rank[b.level] ||
    (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) ||
    a.line - b.line ||
    a.column - b.column
  )
}

/** A statement with several parts can lead a rule to say the same thing of the same place twice. */
function dropRepeats(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>()
  return findings.filter(({ rule, path, side, line, message }) => {
    const key = JSON.stringify([rule, path, side, line, message])
    return !seen.has(key) && seen.add(key)
  })
}

function distinct(items: readonly NotAnalysed[]): readonly NotAnalysed[] {
  return [...new Map(items.map(item => [`${item.path}\0${item.reason}`, item])).values()]
}
