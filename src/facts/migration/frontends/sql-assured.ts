import { type LineIndex, lineText } from '../../../text/lines.ts'
import type { Step } from '../operation.ts'

/** Comments with which authors tell other migration checkers that the next statement is all right. */
const next = /^\s*--\s*(squawk-ignore\b(?!-file)|eugene:\s*ignore\b|pgfence-ignore\b|safety-assured\b(?!:))/i
const whole = /^\s*--\s*squawk-ignore-file\b/im
const from = /^\s*--\s*safety-assured:start\b/i
const until = /^\s*--\s*safety-assured:end\b/i

/** Marks the steps that the author has declared safe: between `safety-assured:start` and `:end`, or right below an ignore comment. */
export function markAssured(steps: readonly Step[], lines: LineIndex): readonly Step[] {
  if (!/safety-assured|squawk-ignore|eugene:|pgfence-ignore/i.test(lines.text)) return steps
  const everything = whole.test(lines.text)
  const regions = assuredLines(lines)
  return steps.map(step =>
    step.kind === 'change' && (everything || regions.has(step.span.line)) ? { ...step, assured: true } : step,
  )
}

/** Numbers of the lines on which an assured statement begins. */
function assuredLines(lines: LineIndex): ReadonlySet<number> {
  const found = new Set<number>()
  let inside = false
  let armed = false
  for (let line = 1; line <= lines.starts.length; line++) {
    const text = lineText(lines, line)
    if (from.test(text)) inside = true
    else if (until.test(text)) inside = false
    else if (next.test(text)) armed = true
    else if (inside) found.add(line)
    else if (armed && text.trim() !== '' && !/^\s*--/.test(text)) {
      found.add(line)
      armed = false
    }
  }
  return found
}
