import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import { lineText, spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import { type DateForm, forms } from './forms.ts'
import type { DateFact } from './index.ts'

/** Longest line that is read: longer ones are generated. */
const longestLine = 2000

export async function extractDates(_context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts = artifacts.flatMap(artifact => {
    const source = artifact.head
    if (source === undefined || source.text.split('\n').some(line => line.length > longestLine)) return []
    return forms
      .filter(form => form.languages.includes(artifact.language))
      .flatMap(form => factsOf(artifact, source, form))
  })
  return { facts, notAnalysed: [] }
}

function factsOf(artifact: Artifact, source: Source, form: DateForm): readonly DateFact[] {
  const facts: DateFact[] = []
  for (const match of source.text.matchAll(form.pattern)) {
    const { kept = '', of = '' } = match.groups ?? {}
    if (form.unless?.test(match[0]) === true) continue
    const whole = match[0]
    const shown = (form.at === undefined ? undefined : form.at.exec(whole)?.[0]) ?? whole
    const start = match.index + whole.lastIndexOf(shown)
    const span = spanOf(source.lines, start, start + shown.length)
    if (!touches(artifact, 'head', span) || isComment(lineText(source.lines, span.line), span.column)) continue
    if (form.unit === 'year' && /\b(day|month)\s*=/.test(kept)) continue
    if (form.unit === 'month' && /\bday\s*=/.test(kept) && /%/.test(kept)) continue
    if (startsOnFirst(source.text, of)) continue
    const expression = shown.replace(/\s+/g, ' ')
    if (artifact.base?.text.includes(whole)) continue
    facts.push({
      kind: 'date',
      path: artifact.path,
      side: 'head',
      span,
      expression,
      unit: form.unit,
      fromSameDate: kept === '' || /\byear\s*=[^,]*\byear\b(\(\))?\s*[+-]|\bmonth\s*=[^,]*[+-]/.test(kept),
      raises: form.raises,
      guarded: isGuarded(source, span.line),
    })
  }
  return facts
}

function isComment(line: string, column: number): boolean {
  return /^\s*(#|\/\/|\*|""")|\s#\s|\s\/\/\s/.test(line.slice(0, column - 1))
}

/** A date known to be the first of a month, or the new year, exists in every year. */
function startsOnFirst(text: string, name: string): boolean {
  if (/first|start_of|month_start|begin|jan/i.test(name)) return true
  const last = name.replace(/\(\)$/, '').split('.').at(-1) ?? ''
  if (!/^\w+$/.test(last)) return false
  return new RegExp(`\\b${last}\\s*=[^\\n=]*(\\bday=1\\b|,\\s*1\\s*[,)]|beginning_of|first_day)`).test(text)
}

const handles =
  /\bexcept\b[^\n]*\b(ValueError|Exception)\b|\bexcept\s*:|\brescue\b|\bcatch\b|is_?leap|leap\?|IsLeapYear|\b(29|28)\b|DaysInMonth|days_in_month|monthrange|lengthOfMonth|==\s*12\b|%\s*12|>\s*11|>=\s*12|\bmin\(/i

/** Does the code around treat the missing day? Judged by the lines near it. */
function isGuarded(source: Source, line: number): boolean {
  for (let at = Math.max(1, line - 6); at <= line + 6; at++) if (handles.test(lineText(source.lines, at))) return true
  return false
}
