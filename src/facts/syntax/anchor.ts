import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import { lineSpan, lineText } from '../../text/lines.ts'
import { excerpt, type Problem } from './problem.ts'

/** Mistakes that a parser often notices only below their cause. */
const late: ReadonlySet<string> = new Set(['bad-indent', 'missing-colon', 'other'])

/**
 * The problem on a line of the change. A file that was well-formed before was broken by what changed: when the parser
 * stops at an untouched line, the cause is above it, in the last changed lines there.
 */
export function onChangedLine(problem: Problem, artifact: Artifact, head: Source): Problem {
  const { line } = problem.span
  if (!late.has(problem.problem) || touches(artifact, 'head', problem.span)) return problem
  const above = artifact.hunks.filter(hunk => hunk.headStart <= line).at(-1)
  if (above === undefined || above.headCount === 0) return problem
  const cause = outermost(head, above.headStart, above.headStart + above.headCount)
  if (cause === undefined) return problem
  const detail = `since \`${excerpt(lineText(head.lines, cause))}\` stands as it does here, \`${excerpt(lineText(head.lines, line), 40)}\` on line ${line} does not fit any more`
  return { problem: problem.problem, detail, span: lineSpan(head.lines, cause) }
}

/** The first of the least indented lines from `start` up to, not including, `end`. */
function outermost({ lines }: Source, start: number, end: number): number | undefined {
  let best: number | undefined
  let least = Number.POSITIVE_INFINITY
  for (let line = start; line < end; line++) {
    const text = lineText(lines, line)
    const indent = text.length - text.trimStart().length
    if (text.trim() === '' || text.trimStart().startsWith('#') || indent >= least) continue
    best = line
    least = indent
  }
  return best
}
