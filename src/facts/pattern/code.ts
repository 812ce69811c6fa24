import { type Node, Query } from 'web-tree-sitter'
import { type Grammar, treeOf } from '../../artifact/trees.ts'
import type { Language, Source } from '../../artifact/types.ts'
import type { Pattern } from './found.ts'

const grammars: Partial<Record<Language, Grammar>> = {
  javascript: 'javascript',
  typescript: 'typescript',
  tsx: 'tsx',
  ruby: 'ruby',
  python: 'python',
}

const javascript = `(regex) @literal
  (new_expression constructor: (identifier) @name arguments: (arguments . (string) @text)) @call
  (call_expression function: (identifier) @name arguments: (arguments . (string) @text)) @call`

const queries: Readonly<Record<string, string>> = {
  javascript,
  typescript: javascript,
  tsx: javascript,
  ruby: `(regex) @literal
    (call receiver: (constant) @name arguments: (argument_list . (string) @text)) @call`,
  python: `(call function: (attribute object: (identifier) @name) arguments: (argument_list . (string) @text)) @call`,
}
const compiled = new Map<Grammar, Query>()

const takesPattern = /^(RegExp|Regexp|re|regex)$/

/** Regular expressions in code: literals, and strings handed to the constructor. Interpolated ones are left out. */
export async function patternsInCode(source: Source, language: Language): Promise<readonly Pattern[]> {
  if (language === 'php') return phpPatterns(source.text)
  const grammar = grammars[language]
  if (grammar === undefined) return []
  const tree = await treeOf(source, grammar)
  if (tree === undefined) throw new Error('parsing takes too long')
  const query = compiled.get(grammar) ?? new Query(tree.language, queries[grammar] ?? '')
  compiled.set(grammar, query)
  const engine = language === 'ruby' ? 'ruby' : language === 'python' ? 'python' : 'javascript'
  const found: Pattern[] = []
  for (const { captures } of query.matches(tree.rootNode)) {
    const node = (name: string): Node | undefined => captures.find(capture => capture.name === name)?.node
    const literal = node('literal')
    const text = node('text')
    const read =
      literal === undefined
        ? text !== undefined && takesPattern.test(node('name')?.text ?? '')
          ? fromString(text, node('call'), engine)
          : undefined
        : fromLiteral(literal)
    const at = literal ?? text
    if (read === undefined || at === undefined) continue
    found.push({ ...read, engine, place: 'code', start: at.startIndex, end: at.endIndex })
  }
  return found
}

type Read = Pick<Pattern, 'source' | 'flags'>

function fromLiteral(node: Node): Read | undefined {
  const text = node.text
  const match = /^(?:\/([\s\S]*)\/|%r[{[(<|!]([\s\S]*)[}\])>|!])([a-z]*)$/.exec(text)
  if (match === null || node.namedChildren.some(child => child?.type === 'interpolation')) return undefined
  return { source: (match[1] ?? match[2] ?? '').replaceAll('\\/', '/'), flags: match[3] ?? '' }
}

function fromString(node: Node, call: Node | undefined, engine: Pattern['engine']): Read | undefined {
  if (node.namedChildren.some(child => child?.type === 'interpolation')) return undefined
  const match = /^([a-zA-Z]*)("""|'''|"|')([\s\S]*)\2$/.exec(node.text)
  const body = match?.[3]
  if (body === undefined) return undefined
  const raw = /r/i.test(match?.[1] ?? '') || (engine === 'ruby' && match?.[2] === "'")
  const after = call === undefined ? '' : call.text.slice(node.endIndex - call.startIndex)
  return { source: raw ? body : unescaped(body), flags: flagsAfter(after, engine) }
}

/** A string's escapes as the language reads them, as far as expressions need them. */
function unescaped(body: string): string {
  return body.replace(/\\(["'\\])/g, '$1')
}

function flagsAfter(text: string, engine: Pattern['engine']): string {
  if (engine === 'javascript') return /^\s*,\s*["']([a-z]*)["']/.exec(text)?.[1] ?? ''
  const names =
    engine === 'python'
      ? /\bre(?:gex)?\.(I|IGNORECASE|X|VERBOSE|S|DOTALL|M|MULTILINE)\b/g
      : /\b(IGNORECASE|EXTENDED|MULTILINE)\b/g
  return [...new Set([...text.matchAll(names)].map(match => letter(match[1] ?? '')))].join('')
}

function letter(name: string): string {
  return name === 'VERBOSE' || name === 'EXTENDED' ? 'x' : name === 'DOTALL' ? 's' : name.charAt(0).toLowerCase()
}

function phpPatterns(text: string): readonly Pattern[] {
  const found: Pattern[] = []
  const call = /\bpreg_\w+\(\s*(["'])([/#~@%])((?:\\.|(?!\2).)+?)\2([a-zA-Z]*)\1/g
  for (const match of text.matchAll(call)) {
    const [, quote = '', , source = '', flags = ''] = match
    if (quote === '"' && /\$\w|\{\$/.test(source)) continue
    const start = match.index + match[0].indexOf(quote)
    const end = match.index + match[0].length
    found.push({ source: unescaped(source), flags, engine: 'php', place: 'code', start, end })
  }
  return found
}
