import type { PhpCall, PhpValue } from '../../../artifact/php.ts'

/** `root->one(…)->two(…)`, the calls in the order in which they run. */
export interface PhpChain {
  readonly root: PhpValue
  readonly links: readonly PhpCall[]
}

export function chainOf(call: PhpCall): PhpChain {
  const links: PhpCall[] = []
  let at: PhpValue = call
  while (at.kind === 'call' && at.receiver && links.length < 200) {
    links.unshift(at)
    at = at.receiver
  }
  return { root: at, links }
}

/** Name of the class, variable or function that a chain begins with. */
export function rootName({ root }: PhpChain): string {
  if (root.kind === 'name') return root.name
  if (root.kind === 'member') return `${root.of.kind === 'name' ? root.of.name : ''}->${root.name}`
  return root.kind === 'call' ? `${root.name}()` : ''
}
