import type { Level } from '../config/types.ts'
import type { Finding } from '../rule/types.ts'
import type { Report, Reporter, ReportOptions } from './model.ts'
import { counted, cut, oneLine, plain } from './plain.ts'
import { blocksOf } from './prose.ts'
import { plainRewrite } from './rewrite.ts'
import { unreadFiles } from './summary.ts'

/** What a runner draws of one step: 10 annotations of each level, the first ones printed; 4096 characters each. */
const perLevel = 10
const messageLength = 4096
const titleLength = 255
const rewriteLength = 2000

interface Annotation {
  readonly level: Level
  /** Properties in the order and with the names the runner reads (`col`, not `column`). */
  readonly properties: Readonly<Record<string, string | number>>
  readonly message: string
}

/** Workflow commands that GitHub draws as annotations on the pull request, worst first. */
export const github: Reporter = (report, options) => annotations(report, options).map(command).join('')

function annotations(report: Report, options: ReportOptions): readonly Annotation[] {
  const incomplete = incompleteness(report)
  const of = (level: Level) => report.findings.filter(finding => finding.level === level)
  const overflows = (noticeRoom: number) =>
    of('error').length > perLevel || of('warning').length > perLevel || of('notice').length > noticeRoom
  const room = perLevel - incomplete.length
  // The pointer to the rest is a notice itself.
  const notices = overflows(room) ? room - 1 : room
  const shown = [
    ...of('error').slice(0, perLevel),
    ...of('warning').slice(0, perLevel),
    ...of('notice').slice(0, notices),
  ]
  const rest = report.findings.length - shown.length
  return [...shown.map(finding => annotationOf(finding, options)), ...incomplete, ...(rest > 0 ? [pointer(rest)] : [])]
}

function pointer(rest: number): Annotation {
  const message = `${rest} more ${rest === 1 ? 'finding is' : 'findings are'} not drawn here, because GitHub shows ${perLevel} annotations of each level. The job summary holds all of them.`
  return { level: 'notice', properties: { title: 'premortem: more findings' }, message }
}

function incompleteness(report: Report): readonly Annotation[] {
  const count = report.notAnalysed.length
  if (count === 0) return []
  const first = report.notAnalysed.slice(0, 20).map(({ path, reason }) => `${oneLine(path)}: ${oneLine(reason)}`)
  const more = count > first.length ? [`and ${count - first.length} more, see the job summary`] : []
  return [
    {
      level: 'notice',
      properties: { title: `premortem: ${counted(unreadFiles(report), 'file')} not analysed` },
      message: [...first, ...more].join('\n'),
    },
  ]
}

function annotationOf(finding: Finding, options: ReportOptions): Annotation {
  const title = `${options.rule(finding.rule)?.title ?? 'premortem'} [${finding.rule}]`
  const why = blocksOf(finding.why).map(block => block.text)
  const message = [oneLine(finding.message), ...why, saferWay(finding), finding.docs].join('\n\n')
  return { level: finding.level, properties: { file: finding.path, ...position(finding), title }, message }
}

/** The code for this very place where it is short enough for an annotation, else the rule's advice. */
function saferWay({ fix, rewrite }: Finding): string {
  const code = rewrite ? plainRewrite(rewrite) : ''
  if (code !== '' && code.length <= rewriteLength) return `Instead: ${code}`
  return `Safer: ${blocksOf(fix)
    .map(block => block.text)
    .join('\n\n')}`
}

/** Annotations are drawn on the head; a removal is drawn where the removed lines used to be. */
function position(finding: Finding): Record<string, number> {
  if (finding.side === 'base') return { line: finding.headLine ?? 1 }
  const { line, endLine, column, endColumn } = finding
  // The runner drops columns together with a range over several lines.
  if (endLine > line) return { line, endLine }
  return { line, endLine: line, col: column, endColumn: Math.max(column, endColumn) }
}

function command({ level, properties, message }: Annotation): string {
  const entries = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeProperty(propertyText(name, value))}`,
  )
  return `::${level} ${entries.join(',')}::${escapeData(cut(plain(message), messageLength))}\n`
}

function propertyText(name: string, value: string | number): string {
  if (typeof value === 'number') return String(value)
  return name === 'file' ? plain(value) : cut(oneLine(value), titleLength)
}

/** As `@actions/core` escapes: a value can end neither the line nor the command. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
