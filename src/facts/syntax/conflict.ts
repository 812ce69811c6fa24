import { type LineIndex, lineSpan } from '../../text/lines.ts'
import type { Problem } from './problem.ts'
import { lineAt } from './problem.ts'

const start = /^<{7} \S.*$/m
const middle = /^={7}\r?$/m
const end = /^>{7} \S.*$/m
/** A lone marker counts when it says what git writes there. */
const alone =
  /^(?:<{7} (?:HEAD|Updated upstream|ours)\b.*|>{7} (?:[0-9a-f]{7,40}\b.*|Stashed changes|theirs|(?:origin|upstream)\/\S+))$/m

/** Offset of the first line left over from a merge; -1 when there is none. One underline of `=` alone proves nothing. */
export function conflictStart(text: string): number {
  if (!text.includes('<<<<<<< ') && !text.includes('>>>>>>> ')) return -1
  const found = [start, middle, end].map(pattern => pattern.exec(text)?.index)
  const present = found.filter(index => index !== undefined)
  if (present.length >= 2 && (found[0] !== undefined || found[2] !== undefined)) return found[0] ?? Math.min(...present)
  return alone.exec(text)?.index ?? -1
}

/** The merge conflict that was committed with the file. */
export function conflictIn(lines: LineIndex): Problem | undefined {
  const at = conflictStart(lines.text)
  if (at === -1) return undefined
  const span = lineSpan(lines, lineAt(lines, at))
  const marker = lines.text.slice(at, at + 7)
  return {
    problem: 'conflict-marker',
    detail: `a merge conflict was committed: the line begins with \`${marker}\``,
    span,
  }
}
