import { textAt } from '../../artifact/plain.ts'
import type { Span } from '../../text/lines.ts'
import type { WiringFact } from './index.ts'
import type { Manifest } from './objects.ts'

/** A fact before it is known where to point. */
export interface Draft extends Omit<WiringFact, 'kind' | 'path' | 'side' | 'span' | 'places' | 'kinds'> {
  readonly places?: readonly string[]
  readonly kinds?: readonly string[]
  /** The object that refers, at head. */
  readonly from: Manifest
  /** What the change did lies in this object of a changed file, when the one that refers is unchanged. */
  readonly cause?: Manifest
  readonly at?: Span
  /** Where to point inside of the cause. */
  readonly causeAt?: Span
}

/** What people call an object. */
export function titleOf({ kind, node }: Manifest): string {
  return `${kind} ${textAt(node, 'metadata', 'name') ?? ''}`.trim()
}
