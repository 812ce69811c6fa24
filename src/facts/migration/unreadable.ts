import { type Artifact, touches } from '../../artifact/types.ts'
import type { NotAnalysed } from '../../change/types.ts'
import type { Program, Step } from './operation.ts'

/** One line for all steps of a file that could not be read and that the change touches. */
export function unreadableIn(artifact: Artifact, steps: readonly Step[]): NotAnalysed | undefined {
  const unread = steps.filter(step => step.kind === 'unreadable' && touches(artifact, 'head', step.span))
  const [first] = unread
  if (first?.kind !== 'unreadable') return undefined
  const more = unread.length === 1 ? '' : ` (and ${unread.length - 1} more)`
  return { path: artifact.path, reason: `line ${first.span.line}: ${first.reason}${more}` }
}

/** All that somebody wrote as SQL, both ways: the part that takes the migration back may stand in the same file. */
export function stepsWritten(artifact: Artifact, { up, down = [] }: Program): readonly Step[] {
  return artifact.language === 'sql' ? [...up, ...down] : up
}
