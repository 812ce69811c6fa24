import type { Side } from '../../change/types.ts'
import type { Span } from '../../text/lines.ts'
import type { ContractFact } from './index.ts'

/** A difference between two versions of a description, before it is placed in a file. */
export type Draft = Pick<ContractFact, 'what' | 'name' | 'owner'> &
  Partial<Pick<ContractFact, 'before' | 'after' | 'reserved' | 'usedAt'>> & {
    readonly side: Side
    readonly span: Span
  }
