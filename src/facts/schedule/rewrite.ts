import type { Source } from '../../artifact/types.ts'
import { lineCount, lineSpan, lineText, positionAt, spanOf } from '../../text/lines.ts'
import { inPlace, type Rewrite, replacing } from '../rewrite.ts'
import type { Fact } from '../types.ts'
import type { ScheduleFact } from './index.ts'

/** Works out the rewrite of a schedule: always a change of the line itself. */
export async function rewriteSchedule(name: string, found: Fact, source: Source): Promise<Rewrite | undefined> {
  const fact = found as ScheduleFact
  const { expression, suggestion } = fact
  switch (name) {
    case 'expression':
      return suggestion === '' ? undefined : otherExpression(`Say \`${suggestion}\``, fact, source, suggestion)
    case 'weekday-names':
      return otherExpression('Name the weekdays', fact, source, namedDays(expression))
    case 'five-fields':
      return otherExpression('Leave out the surplus field', fact, source, fiveFields(expression))
    case 'newline': {
      const { line, column } = positionAt(source.lines, source.text.length)
      const end = { line, column, endLine: line, endColumn: column }
      return inPlace('End the line', 'text', source, [replacing(end, '\n')])
    }
    case 'percent': {
      const text = lineText(source.lines, fact.span.line)
      const escaped = text.trim().replace(/(?<!\\)%/g, '\\%')
      return inPlace('Escape the percent signs', 'text', source, [
        replacing(lineSpan(source.lines, fact.span.line), escaped),
      ])
    }
    default:
      return undefined
  }
}

function namedDays(expression: string): string {
  const days: Readonly<Record<string, string>> = {
    '1-5': 'MON-FRI',
    '6-7': 'SAT,SUN',
    '6,7': 'SAT,SUN',
    '0,6': 'SUN,SAT',
    '6,0': 'SAT,SUN',
  }
  // The weekday stands behind day and month, of which a day can look like it.
  return expression.replace(/(?<=\s)(1-5|6-7|6,7|0,6|6,0)(?=(\s+\S+)?\s*\)?$)/, found => days[found] ?? found)
}

function fiveFields(expression: string): string {
  // A time zone may follow the six fields.
  const fields = expression
    .trim()
    .split(/\s+/)
    .filter((_, at) => at !== 5)
  return fields.map(field => field.replace(/^0(?=\d)/, '')).join(' ')
}

/** The expression in its own line replaced by another; with quotes where YAML would not read it as text. */
function otherExpression(title: string, { expression, span }: ScheduleFact, source: Source, wanted: string) {
  if (wanted === expression) return undefined
  const { line } = span
  const text = lineText(source.lines, line)
  // The span may mark only the faulty part of the expression.
  const starts = [...occurrences(text, expression)].filter(
    start => span.endLine > line || (start < span.endColumn && start + expression.length >= span.column - 1),
  )
  const [at] = starts
  if (at === undefined || line > lineCount(source.lines)) return undefined
  const from = (source.lines.starts[line - 1] ?? 0) + at
  const yaml = /\.ya?ml$/.test(source.path)
  const bare = yaml && !/["'([{]/.test(text[at - 1] ?? '') && /^[*&@!%|>?`]/.test(wanted)
  const place = spanOf(source.lines, from, from + expression.length)
  return inPlace(title, yaml ? 'yaml' : 'text', source, [replacing(place, bare ? `"${wanted}"` : wanted)])
}

function* occurrences(text: string, part: string): Generator<number> {
  if (part === '') return
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) yield at
}
