import type { Level } from '../config/types.ts'
import type { Problem, Report } from './model.ts'
import { counted } from './plain.ts'

const levels = ['error', 'warning', 'notice'] as const satisfies readonly Level[]

export function countOf(report: Report, level: Level): number {
  return report.findings.filter(finding => finding.level === level).length
}

/** `1 error, 2 warnings in 3 files` or `No findings in 12 changed files`, and what could not be read. */
export function summaryLine(report: Report): string {
  const unread = report.notAnalysed.length === 0 ? '' : `; ${counted(unreadFiles(report), 'file')} not analysed`
  if (report.findings.length === 0) return `No findings in ${counted(report.files, 'changed file')}${unread}`
  return `${levelCounts(report)} in ${counted(new Set(report.findings.map(finding => finding.path)).size, 'file')}${unread}`
}

/** Files of which something was not analysed; one of them can have several reasons. */
export function unreadFiles({ notAnalysed }: Report): number {
  return new Set(notAnalysed.map(({ path }) => path)).size
}

export function levelCounts(report: Report): string {
  return levels
    .flatMap(level => (countOf(report, level) === 0 ? [] : [counted(countOf(report, level), level)]))
    .join(', ')
}

/** A problem with its place in front. */
export function problemText({ path, line, message }: Problem): string {
  const where = path === undefined ? '' : line === undefined ? `${path}: ` : `${path}:${line}: `
  return where + message
}
