import type { Artifact } from '../artifact/types.ts'
import { touches } from '../artifact/types.ts'
import { suggestion } from '../text/distance.ts'
import { lineCount, lineText } from '../text/lines.ts'
import type { Finding, Suppressed } from './types.ts'

/** A `premortem-ignore[rule]: reason` in a changed file. */
interface Mark {
  readonly path: string
  readonly line: number
  readonly rule: string
  readonly wholeFile: boolean
  readonly until: string | undefined
  readonly reason: string
  readonly addedHere: boolean
}

export interface Suppression {
  readonly findings: readonly Finding[]
  readonly suppressed: readonly Suppressed[]
  /** Marks that are unused, expired, unknown or without a reason. */
  readonly problems: readonly { readonly path: string; readonly line: number; readonly message: string }[]
}

/** The mark must stand in a comment: after `#`, `--`, `//`, `/*`, `<!--`, `;`, `%` or `{#`. */
const pattern =
  /(?:#|--|\/\/|\/\*|<!--|;|%)[^\n]*?\bpremortem-ignore(-file)?\[([^\]\n]*)\](?:\s+until\s+(\d{4}-\d{2}-\d{2}))?\s*(?::\s*([^\n]*))?/

/** Takes out the findings that a comment in the same file accepts with a reason. */
export function suppress(
  findings: readonly Finding[],
  artifacts: readonly Artifact[],
  knownRules: ReadonlySet<string>,
  now: Date,
): Suppression {
  const marks = artifacts.flatMap(marksOf)
  const used = new Set<Mark>()
  const kept: Finding[] = []
  const suppressed: Suppressed[] = []
  for (const finding of findings) {
    const mark = marks.find(candidate => covers(candidate, finding) && isInForce(candidate, now))
    if (!mark) {
      kept.push(finding)
      continue
    }
    used.add(mark)
    suppressed.push({ finding, reason: mark.reason, by: `${mark.path}:${mark.line}`, addedHere: mark.addedHere })
  }
  const problems = marks.flatMap(mark => {
    const message = complaintAbout(mark, used.has(mark), knownRules, now)
    return message === undefined ? [] : [{ path: mark.path, line: mark.line, message }]
  })
  return { findings: kept, suppressed, problems }
}

function marksOf(artifact: Artifact): readonly Mark[] {
  const { head } = artifact
  if (!head?.text.includes('premortem-ignore')) return []
  const marks: Mark[] = []
  for (let line = 1; line <= lineCount(head.lines); line++) {
    const match = pattern.exec(lineText(head.lines, line))
    if (!match) continue
    const [, file, rules = '', until, reason = ''] = match
    for (const rule of rules
      .split(',')
      .map(word => word.trim())
      .filter(Boolean))
      marks.push({
        path: artifact.path,
        line,
        rule,
        wholeFile: file !== undefined,
        until,
        reason: reason.replace(/\s*(\*\/|-->|#\})\s*$/, '').trim(),
        addedHere: touches(artifact, 'head', { line, endLine: line }),
      })
  }
  return marks
}

function covers(mark: Mark, finding: Finding): boolean {
  if (mark.path !== finding.path || mark.rule !== finding.rule) return false
  // A finding about the change as a whole (the time of merging) stands on no line that a comment could speak for.
  if (finding.line === finding.endLine && finding.column === finding.endColumn) return false
  if (mark.wholeFile) return true
  const first = finding.side === 'base' ? (finding.headLine ?? finding.line) : finding.line
  const last = finding.side === 'base' ? first : finding.endLine
  // On the line above, or on any line of the finding itself.
  return mark.line >= first - 1 && mark.line <= last
}

function isInForce(mark: Mark, now: Date): boolean {
  return mark.reason !== '' && !isExpired(mark, now)
}

function isExpired(mark: Mark, now: Date): boolean {
  return mark.until !== undefined && now.getTime() >= Date.parse(mark.until) + 86_400_000
}

function complaintAbout(mark: Mark, used: boolean, knownRules: ReadonlySet<string>, now: Date): string | undefined {
  const name = `premortem-ignore[${mark.rule}]`
  if (!knownRules.has(mark.rule)) return `${name}: there is no such rule${suggestion(mark.rule, knownRules)}`
  if (mark.reason === '') return `${name} needs a reason: ${name}: why this is safe here`
  if (isExpired(mark, now)) return `${name} expired on ${mark.until}`
  // An old mark is only idle because this change does not touch what it accepts.
  return used || !mark.addedHere ? undefined : `${name} suppresses nothing here and can go`
}
