import type { Node } from 'web-tree-sitter'
import type { Language } from '../../artifact/types.ts'

/** What a front end found: a call or command with offsets into the file, before boot and platform are looked at. */
export interface Found {
  readonly start: number
  readonly end: number
  readonly language: Language
  readonly callee: string
  readonly name: string
  readonly receiver: string
  readonly arguments: readonly string[]
  readonly words: readonly string[]
  readonly variables: readonly string[]
  readonly pipedFrom: readonly string[]
  /** Texts of the loops around it, outermost first. */
  readonly loops: readonly string[]
  readonly inFunction: string
  readonly onlyWhenCalled: boolean
  readonly guarded: boolean
  readonly lowerOnly: boolean
  /** Every function around it is itself run when the file is loaded. */
  readonly runsOnLoad: boolean
  readonly httpMethod: string
  readonly url: string
  readonly confirmed: boolean
  readonly remote: string
  readonly fleet: string
  readonly paced: boolean
  readonly targetNamed: boolean
  readonly unsetVariable: string
  readonly runsUrl: string
  readonly productionDefault: string
}

/** A piece of a file that a shell reads. `text` has the length of the piece, so offsets carry over. */
export interface ShellText {
  readonly text: string
  readonly start: number
}

/** What a string handed to a shell inherits from the call or command around it. */
export type Surroundings = Pick<
  Found,
  | 'loops'
  | 'inFunction'
  | 'onlyWhenCalled'
  | 'guarded'
  | 'lowerOnly'
  | 'runsOnLoad'
  | 'confirmed'
  | 'remote'
  | 'fleet'
  | 'paced'
>

export const outside: Surroundings = {
  loops: [],
  inFunction: '',
  onlyWhenCalled: false,
  guarded: false,
  lowerOnly: false,
  runsOnLoad: true,
  confirmed: false,
  remote: '',
  fleet: '',
  paced: false,
}

/** The direct named children of a node that are not comments. */
export function parts(node: Node | null): readonly Node[] {
  return node === null ? [] : node.namedChildren.filter(child => child !== null && child.type !== 'comment')
}

/** `text` on one line, cut to `limit` characters. */
export function brief(text: string, limit = 200): string {
  const line = text
    .slice(0, limit * 4)
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line
}

/** Words by which a function or script shows that it asks first, or can be run without effect. */
export const asksFirst =
  /\bconfirm|are you sure|\bread\s+(-\w+\s+)*-\w*p|\bgets\b|\binput\(|\binquirer\b|prompt\(|dry[-_ ]?run|\bnoop\b|['"]--yes['"]|--yes\)|\bask\(|--i-am-sure|type (the name|yes)|\$CONFIRM|ENV\[['"](CONFIRM|FORCE)|process\.env\.(CONFIRM|FORCE)/i

/** A condition under which production never comes: `Rails.env.test?`, `NODE_ENV !== 'production'`, `unless Rails.env.production?`. */
export const namesLower =
  /Rails\.env\.(test|development|local)\?|Rails\.env\.in\?\([^)]*(test|development)|(unless|!|not)\s*\(?\s*Rails\.env\.production\?|\bDEBUG\b|\bTESTING\b|ENV(IRONMENT)?\b.{0,24}(==?=?|in)\s*[[("' ]*(test|dev|development|local|ci)\b|ENV(IRONMENT)?\b.{0,24}!==?\s*["']?prod/i

/** A stop in production before the code that follows: `abort if Rails.env.production?`, `[ "$ENV" = production ] && exit 1`. */
export const stopsInProduction = new RegExp(
  [
    String.raw`\b(?:raise|abort|return|exit|fail|throw)\b[^\n]{0,80}\bif\b(?![^\n]*(?:!|\bnot\b))[^\n]{0,60}prod`,
    String.raw`\bif\b(?![^\n]*(?:!|\bnot\b))[^\n]{0,80}prod(?:uction)?\b[^\n]{0,40}\n?\s*(?:(?:echo|puts|print|console)[^\n]*\n\s*)?(?:raise|abort|exit|throw|return)\b(?![^\n]*\b(?:if|unless)\b)`,
    String.raw`\[[^\n]{0,60}prod[^\n]{0,30}\]\s*&&[^\n]{0,60}\b(?:exit|return)\b`,
  ].join('|'),
  'i',
)
