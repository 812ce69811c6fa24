import type { Node } from 'web-tree-sitter'
import type { Grammar } from '../../artifact/trees.ts'

/** The parts of one call. */
export interface CallParts {
  readonly callee: string
  readonly name: string
  readonly receiver: Node | null
  /** Where the name stands; a long chain is pointed at there, not at its first link. */
  readonly nameStart: number
  readonly arguments: Node | null
}

/**
 * What differs between languages. The query captures `@call`, `@function` (named), `@callback` (block, lambda, arrow),
 * `@loop`, `@condition`, `@shell` (backticks), `@bare` (a word that may be a call), `@target` and `@value` (assignments).
 */
export interface FrontEnd {
  readonly grammars: readonly Grammar[]
  readonly query: string
  parts(call: Node): CallParts | undefined
  /** Name of a function or of the variable a lambda is kept in; '' when it has none. */
  functionName(node: Node): string
  /** Is the callback handed to the call itself (rather than kept in an option of it)? */
  isDirect(callback: Node, owner: Node): boolean
  /** Does the call run its block or callback later, or never, rather than at once? */
  defers(name: string, receiver: string): boolean
  /** Names of calls that run their block or callback once per element. */
  readonly repeats: RegExp
  /** Functions that the framework calls when the process starts. */
  readonly startHooks: RegExp
  /** Callees that hand their text to a shell. */
  readonly runsShell: RegExp
  /** Node types of strings, of the placeholders in them, and of lists. */
  readonly strings: readonly string[]
  readonly placeholders: readonly string[]
  readonly lists: readonly string[]
  /** Node types of named arguments and option objects, which a shell never sees. */
  readonly options: readonly string[]
}
