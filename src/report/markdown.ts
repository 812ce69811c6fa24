import type { Rewrite } from '../facts/rewrite.ts'
import type { Finding, Suppressed } from '../rule/types.ts'
import { codeMarkdown, escapeMarkdown, fence, sentenceMarkdown } from './escape.ts'
import type { Report, Reporter, ReportOptions } from './model.ts'
import { counted, cut, plain } from './plain.ts'
import { blocksOf } from './prose.ts'
import { repeats, shownParts } from './rewrite.ts'
import { problemText, summaryLine } from './summary.ts'

/** GitHub refuses the whole summary of a step above 1 MiB; some room is left for others in the same step. */
const mostBytes = 1_000_000
const mostRows = 500
const mostListed = 200
/** Lines of code that stand open. */
const mostOpen = 25

/** The job summary: a table, one section per finding, and the lists of what was accepted and what could not be read. */
export const markdown: Reporter = (report, options) => {
  const head = [`## premortem: ${escapeMarkdown(summaryLine(report))}`, ...table(report)]
  const tail = [...acceptedList(report.suppressed), ...notAnalysedList(report), ...problemList(report)]
  const shownWith = repeats()
  const sections = report.findings.map((finding, at) =>
    section(finding, first(report, at), shownWith(finding), options),
  )
  return fit(head, sections, tail)
}

/** Leaves out whole sections at the end until the rest fits, and says so. */
function fit(head: readonly string[], sections: readonly string[], tail: readonly string[]): string {
  let room = mostBytes - bytes([...head, ...tail].join('\n\n')) - 200
  const kept: string[] = []
  for (const text of sections) {
    room -= bytes(text) + 2
    if (room < 0) break
    kept.push(text)
  }
  const left = sections.length - kept.length
  const marker =
    left === 0 ? [] : [`_${counted(left, 'more finding')} did not fit here. Use \`--format json\` for all of them._`]
  return `${[...head, ...kept, ...marker, ...tail].join('\n\n')}\n`
}

function bytes(text: string): number {
  return Buffer.byteLength(text)
}

function table(report: Report): readonly string[] {
  if (report.findings.length === 0) return []
  const rows = report.findings.slice(0, mostRows).map(finding => {
    return `| ${finding.level} | ${place(finding)} | ${sentenceMarkdown(finding.message, 300)} | ${ruleLink(finding)} |`
  })
  const more = report.findings.length - rows.length
  const rest = more > 0 ? [`| | | and ${more} more | |`] : []
  return [['| Level | Where | What | Rule |', '| --- | --- | --- | --- |', ...rows, ...rest].join('\n')]
}

function place(finding: Finding): string {
  const path = codeMarkdown(cut(`${finding.path}`, 300))
  return `${path} line ${finding.line}${finding.side === 'base' ? ' (removed)' : ''}`
}

function ruleLink({ rule, docs }: Finding): string {
  return /^https?:\/\/[\w./#%?&=-]+$/.test(docs) ? `[${escapeMarkdown(rule)}](${docs})` : escapeMarkdown(rule)
}

/** Is this the first finding of its rule? Only that one explains. */
function first(report: Report, at: number): boolean {
  return report.findings.findIndex(finding => finding.rule === report.findings[at]?.rule) === at
}

function section(finding: Finding, explain: boolean, shownWith: string | undefined, options: ReportOptions): string {
  const title = options.rule(finding.rule)?.title ?? finding.rule
  const what = [`### ${finding.level}: ${sentenceMarkdown(title)}`, place(finding), sentenceMarkdown(finding.message)]
  const code =
    finding.rewrite === undefined
      ? []
      : [shownWith === undefined ? instead(finding.rewrite) : `**Instead** see ${escapeMarkdown(shownWith)} above.`]
  if (!explain)
    return [...what, ...code, `Why, and the safer way: see the first finding of ${ruleLink(finding)} above.`].join(
      '\n\n',
    )
  const suppress = `To accept it, put a comment on the line or the one above: ${codeMarkdown(`premortem-ignore[${finding.rule}]: reason`)}`
  return [
    ...what,
    `**Why** ${prose(finding.why)}`,
    `**Safer** ${prose(finding.fix)}`,
    ...code,
    suppress,
    `More: ${ruleLink(finding)}`,
  ].join('\n\n')
}

/** The code for this very place; folded when it is long. */
function instead(rewrite: Rewrite): string {
  const parts = shownParts(rewrite).map(({ lead, language, code }, at) => {
    const ticks = fence(code)
    const title = at === 0 ? '' : `${sentenceMarkdown(lead)}\n\n`
    return `${title}${ticks}${/^[a-z]+$/.test(language) ? language : ''}\n${cut(code, 8000)}\n${ticks}`
  })
  const first = sentenceMarkdown(shownParts(rewrite)[0]?.lead ?? '')
  const lines = parts.join('\n').split('\n').length
  if (lines <= mostOpen) return [`**Instead** ${first}`, ...parts].join('\n\n')
  return `<details><summary><b>Instead</b> ${first}</summary>\n\n${parts.join('\n\n')}\n\n</details>`
}

function prose(text: string): string {
  return blocksOf(plain(cut(text, 8000)))
    .map((block, at) => {
      if (block.kind === 'code')
        return `${at === 0 ? '\n\n' : ''}${fence(block.text)}\n${block.text}\n${fence(block.text)}`
      if (block.kind === 'item')
        return `${at === 0 ? '\n\n' : ''}- ${sentenceMarkdown(block.text.replace(/^([-*]|\d+[.)])\s+/, ''))}`
      return sentenceMarkdown(block.text)
    })
    .join('\n\n')
}

function acceptedList(suppressed: readonly Suppressed[]): readonly string[] {
  const entries = suppressed.map(({ finding, reason, by, addedHere }) => {
    const here = addedHere ? ' **Accepted by this very change.**' : ''
    return `- ${ruleLink(finding)} at ${place(finding)}: ${sentenceMarkdown(reason, 500)} (${escapeMarkdown(by)})${here}`
  })
  return listed('### Accepted findings', entries)
}

function notAnalysedList(report: Report): readonly string[] {
  const entries = report.notAnalysed.map(
    ({ path, reason }) => `- ${codeMarkdown(cut(path, 300))}: ${sentenceMarkdown(reason, 500)}`,
  )
  return listed('### Not analysed', entries)
}

function problemList(report: Report): readonly string[] {
  return listed(
    '### Problems',
    report.problems.map(problem => `- ${sentenceMarkdown(problemText(problem), 500)}`),
  )
}

function listed(title: string, entries: readonly string[]): readonly string[] {
  if (entries.length === 0) return []
  const more = entries.length > mostListed ? [`- and ${entries.length - mostListed} more`] : []
  return [title, [...entries.slice(0, mostListed), ...more].join('\n')]
}
