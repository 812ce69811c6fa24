import pc from 'picocolors'
import type { Level } from '../config/types.ts'
import type { Rewrite } from '../facts/rewrite.ts'
import type { Finding } from '../rule/types.ts'
import { frameOf } from './frame.ts'
import type { Report, Reporter, ReportOptions } from './model.ts'
import { counted, cut, oneLine, plain } from './plain.ts'
import { layout, wrap } from './prose.ts'
import { repeats, shownParts } from './rewrite.ts'
import { problemText, summaryLine, unreadFiles } from './summary.ts'

type Colors = ReturnType<typeof pc.createColors>

/** For people at a terminal, in the shape of rustc: what, where, why, and the safer way. */
export const pretty: Reporter = (report, options) => {
  const colors = pc.createColors(options.color)
  const whys = new Set<string>()
  const advice = new Set<string>()
  const shownWith = repeats()
  const findings = report.findings.map(finding => {
    const told = { why: whys.has(finding.rule), safer: advice.has(finding.rule), code: shownWith(finding) }
    whys.add(finding.rule)
    if (finding.rewrite === undefined) advice.add(finding.rule)
    return prettyFinding(finding, told, options, colors)
  })
  return `${[...findings, ...closingLists(report, options, colors), colors.bold(summaryLine(report))].join('\n\n')}\n`
}

/** What the report has said before. */
interface Told {
  readonly why: boolean
  readonly safer: boolean
  /** The rule with whose finding the very same code stands. */
  readonly code: string | undefined
}

function prettyFinding(finding: Finding, told: Told, options: ReportOptions, colors: Colors): string {
  const paint = painter(finding.level, colors)
  const title = `${finding.level}[${finding.rule}]`
  const [first = '', ...rest] = wrap(`${title}: ${oneLine(finding.message)}`, options.width)
  const gutter = ' '.repeat(numberWidth(finding))
  const add = (name: string, text: string): readonly string[] => note(name, text, gutter, options, colors)
  const above =
    finding.rewrite === undefined && told.safer ? 'why, and the safer way, are told above' : 'why is told above'
  return [
    colors.bold(paint(title) + first.slice(title.length)),
    ...rest.map(line => colors.bold(`  ${line}`)),
    `${gutter}${colors.blue('-->')} ${place(finding)}`,
    ...frame(finding, options, paint, colors),
    ...(told.why ? add('note', above) : add('why', finding.why)),
    // Code for this very place says more than the advice for all of them.
    ...(finding.rewrite === undefined
      ? told.safer
        ? []
        : add('safer', finding.fix)
      : told.code === undefined
        ? [...instead(finding.rewrite, gutter, options, colors), ...(told.why ? [] : [''])]
        : add('instead', `the code that stands with ${told.code} above`)),
    ...(told.why
      ? []
      : [`${gutter} ${colors.blue('=')} ${colors.bold('more:')} npx premortem explain ${plain(finding.rule)}`]),
  ].join('\n')
}

function painter(level: Level, colors: Colors): (text: string) => string {
  return level === 'error' ? colors.red : level === 'warning' ? colors.yellow : colors.cyan
}

/** Columns of the widest line number of the frame, so that the gutter stands straight. */
function numberWidth(finding: Finding): number {
  return Math.max(2, String(finding.endLine + 1).length)
}

function place(finding: Finding): string {
  const path = cut(oneLine(finding.path), 300)
  if (wholeFile(finding)) return path
  const removed = finding.side === 'base' ? ' (as it was before the change)' : ''
  return `${path}:${finding.line}:${finding.column}${removed}`
}

/** A finding about a file or a change as a whole stands at its first character and marks nothing. */
function wholeFile(finding: Finding): boolean {
  return finding.line === 1 && finding.column === 1 && finding.endLine === 1 && finding.endColumn === 1
}

function frame(
  finding: Finding,
  options: ReportOptions,
  paint: (text: string) => string,
  colors: Colors,
): readonly string[] {
  const index = wholeFile(finding) ? undefined : options.source(finding.path, finding.side)
  const pad = numberWidth(finding)
  const lines = index ? frameOf(index, finding, options.width - pad - 3) : []
  const bar = `${' '.repeat(pad)} ${colors.blue('|')}`
  const printed = lines.map(line => {
    if (line.kind === 'gap') return `${' '.repeat(pad - 2)}${colors.blue('...')}`
    if (line.kind === 'marks') return `${bar} ${paint(line.text)}`
    return `${colors.blue(`${String(line.number).padStart(pad)} |`)} ${line.text}`.trimEnd()
  })
  return printed.length === 0 ? [] : [bar, ...printed, bar]
}

/** `= name: text`, wrapped and indented below itself; code keeps its lines. */
function note(name: string, text: string, gutter: string, options: ReportOptions, colors: Colors): readonly string[] {
  const indent = `${gutter}   `
  const width = Math.max(30, options.width - indent.length)
  const label = `${name}: `
  return layout(plain(text), width, label).map((line, at) => {
    if (at > 0) return line === '' ? '' : indent + line
    return `${gutter} ${colors.blue('=')} ${colors.bold(line.slice(0, label.length - 1))}${line.slice(label.length - 1)}`
  })
}

/** `= instead:` and the code, which keeps its lines so that it can be copied. */
function instead(rewrite: Rewrite, gutter: string, options: ReportOptions, colors: Colors): readonly string[] {
  const indent = `${gutter}   `
  return shownParts(rewrite).flatMap(({ lead, code }, at) => {
    const lines = code.split('\n').map(line => (line === '' ? '' : `${indent}  ${colors.green(line)}`))
    const leads =
      at === 0
        ? note('instead', lead, gutter, options, colors)
        : ['', ...wrap(lead, Math.max(30, options.width - indent.length)).map(line => indent + line)]
    return [...leads, '', ...lines]
  })
}

function closingLists(report: Report, options: ReportOptions, colors: Colors): readonly string[] {
  const accepted = report.suppressed.map(({ finding, reason, by, addedHere }) => {
    const here = addedHere ? ' [accepted by this very change]' : ''
    return `${finding.rule} at ${finding.path}:${finding.line}: ${reason} (${by})${here}`
  })
  const unread = report.notAnalysed.map(({ path, reason }) => `${path}: ${reason}`)
  return [
    ...list(`accepted: ${counted(accepted.length, 'finding')}`, accepted, options, colors),
    ...list('problems:', report.problems.map(problemText), options, colors),
    ...list(`not analysed: ${counted(unreadFiles(report), 'file')}`, unread, options, colors),
  ]
}

function list(title: string, entries: readonly string[], options: ReportOptions, colors: Colors): readonly string[] {
  if (entries.length === 0) return []
  const lines = entries.flatMap(entry =>
    wrap(oneLine(entry), options.width - 4).map((line, at) => (at === 0 ? `  ${line}` : `    ${line}`)),
  )
  return [[colors.bold(title), ...lines].join('\n')]
}
