import type { Source } from '../../../artifact/types.ts'
import type { Step } from '../operation.ts'

/** The one step of a file that cannot be read at all. */
export function unreadableFile(source: Source, reason = 'takes too long to parse'): Step {
  const span = { line: 1, column: 1, endLine: source.lines.starts.length, endColumn: 1 }
  return { kind: 'unreadable', reason, text: '', span }
}
