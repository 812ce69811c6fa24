import { type Block, isProtected } from './blocks.ts'
import type { TerraformFact } from './index.ts'
import { lossOf } from './losses.ts'

/** A fact before the extractor puts its kind to it. */
export type Draft = Omit<TerraformFact, 'kind'>

/** What the change does to one block; `more` says what is special about it. */
export function draft(block: Block, change: TerraformFact['change'], more: Partial<Draft>): Draft {
  return {
    path: block.path,
    side: block.source.side,
    span: block.span,
    change,
    address: block.address,
    resource: block.type,
    from: '',
    to: '',
    attribute: '',
    loses: lossOf(block.type),
    others: [],
    room: '',
    certain: true,
    protected: isProtected(block),
    ...more,
  }
}
