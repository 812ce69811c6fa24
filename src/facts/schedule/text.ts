import type { Source } from '../../artifact/types.ts'
import type { Entry } from './entry.ts'

/** Longest line searched; minified code has no schedules worth reading. */
const longestLine = 2000

/** Lines of a text that are short enough to be searched, with the offset of each. */
export function* linesOf(source: Source): Generator<{ readonly text: string; readonly start: number }> {
  const { text, lines } = source
  for (const [index, start] of lines.starts.entries()) {
    const line = text.slice(start, (lines.starts[index + 1] ?? text.length + 1) - 1)
    if (line.length <= longestLine) yield { text: line, start }
  }
}

/** An entry found in a text. */
export function textEntry(
  fields: Pick<Entry, 'id' | 'name' | 'expression' | 'dialect' | 'start' | 'command'> & Partial<Entry>,
): Entry {
  const end = fields.start + fields.expression.length
  return { end, from: fields.start, to: end, suspended: false, concurrency: '', ...fields }
}
