import { changeInMemory, type MemoryFile } from '../change/memory.ts'
import { check } from '../check.ts'
import { loadConfig } from '../config/load.ts'
import type { Report } from '../report/model.ts'
import type { Example, Finding, Rule } from '../rule/types.ts'
import { indexLines, lineText } from '../text/lines.ts'

/** What is wrong with one example of a rule file; undefined when it holds. */
export async function tryExample(rule: Rule, example: Example, flagged: boolean): Promise<string | undefined> {
  const files = filesOf(example)
  const report = await run(rule, example, files)
  const findings = report.findings
  const troubles = report.problems.filter(
    problem => problem.message.includes(rule.id) || problem.message.includes('failed'),
  )
  if (troubles.length > 0) return troubles.map(problem => problem.message).join('; ')
  if (!flagged) {
    const wrong = findings.filter(finding => finding.level !== example.level)
    return wrong.length === 0 ? undefined : `must pass, but: ${wrong.map(tell).join('; ')}`
  }
  if (findings.length === 0)
    return `must be flagged, but is not${report.notAnalysed.map(({ path, reason }) => ` (${path}: ${reason})`).join('')}`
  if (example.level !== undefined && !findings.some(finding => finding.level === example.level))
    return `must be flagged as ${example.level}, but: ${findings.map(tell).join('; ')}`
  const { at } = example
  if (at !== undefined && !findings.some(finding => flaggedLines(finding, files).includes(at)))
    return `must point at "${at}", but: ${findings.map(tell).join('; ')}`
  return undefined
}

async function run(rule: Rule, example: Example, files: readonly MemoryFile[]): Promise<Report> {
  const settings: Record<string, string> = {}
  if (example.config !== undefined) settings['premortem.yml'] = JSON.stringify(example.config)
  if (example.tables !== undefined) settings['.premortem/tables.yml'] = JSON.stringify({ tables: example.tables })
  const config = await loadConfig(async path => settings[path])
  const change = changeInMemory({
    files,
    ...(example.repository === undefined ? {} : { repository: example.repository }),
    ...(example.committedAt === undefined ? {} : { committedAt: example.committedAt }),
    ...(example.labels === undefined ? {} : { pull: { number: 1, title: '', author: '', labels: example.labels } }),
  })
  // A Tuesday morning, unless the example is about the time.
  const { report } = await check({
    change,
    config,
    rules: [rule],
    now: new Date(example.now ?? '2026-11-17T10:05:00Z'),
  })
  return report
}

function filesOf(example: Example): readonly MemoryFile[] {
  if (example.files) return example.files
  const { path = '', basePath, base, head } = example
  return [
    {
      path,
      ...(basePath === undefined ? {} : { basePath }),
      ...(base === undefined ? {} : { base }),
      ...(head === undefined ? {} : { head }),
    },
  ]
}

function flaggedLines(finding: Finding, files: readonly MemoryFile[]): string {
  const file = files.find(({ path }) => path === finding.path)
  const lines = indexLines((finding.side === 'base' ? file?.base : file?.head) ?? '')
  return Array.from({ length: finding.endLine - finding.line + 1 }, (_, i) => lineText(lines, finding.line + i)).join(
    '\n',
  )
}

function tell(finding: Finding): string {
  return `${finding.level} at ${finding.path}:${finding.line}: ${finding.message}`
}
