import { type Artifact, type Source, touches } from '../../artifact/types.ts'
import { type Span, spanOf } from '../../text/lines.ts'
import type { Extraction, FactContext } from '../types.ts'
import type { NameFact } from './index.ts'
import { phpFunctions } from './php.ts'
import { pythonFunctions } from './python.ts'

/** Most files of the repository that are searched for a definition; with more of them nothing is said. */
const mostFiles = 8000

export async function extractNames(context: FactContext, artifacts: readonly Artifact[]): Promise<Extraction> {
  const facts: NameFact[] = []
  for (const artifact of artifacts) {
    const source = artifact.head
    if (source === undefined || source.text.length > 1_000_000) continue
    for (const { name, span, builtin } of slipsIn(artifact, source)) {
      if (artifact.base?.text.includes(name)) continue
      if (artifact.language === 'php' && (await isDefined(context, name))) continue
      facts.push({ kind: 'name', path: artifact.path, side: 'head', span, name, builtin })
    }
  }
  return { facts, notAnalysed: [] }
}

interface Slip {
  readonly name: string
  readonly span: Span
  readonly builtin: string
}

function slipsIn(artifact: Artifact, source: Source): readonly Slip[] {
  const { text, lines } = source
  const php = artifact.language === 'php'
  if (!php && /^\s*from\s+\S+\s+import\s+\*/m.test(text)) return []
  const slips: Slip[] = []
  for (const { headStart, headCount } of artifact.hunks) {
    const from = lines.starts[headStart - 1] ?? text.length
    const to = lines.starts[headStart - 1 + headCount] ?? text.length
    for (const match of text
      .slice(from, to)
      .matchAll(/(?<![\w$>:.\\@])([A-Za-z_]\w{3,})\(|(?<![\w$>:.\\@])(array|arr\w*y)\s*\(/g)) {
      const name = match[1] ?? match[2] ?? ''
      const at = from + match.index
      const builtin = slipOf(php ? name.toLowerCase() : name, php ? phpFunctions : pythonFunctions)
      if (builtin === undefined || !isCode(text, at, php) || isBound(text, name)) continue
      const span = spanOf(lines, at, at + name.length)
      if (touches(artifact, 'head', span)) slips.push({ name, span, builtin })
    }
  }
  return slips
}

/** The function meant: one letter dropped, put in twice or by mistake, or two neighbours swapped; not a plural. */
function slipOf(name: string, known: ReadonlySet<string>): string | undefined {
  if (name.length < 4 || known.has(name)) return undefined
  for (let at = 1; at < name.length; at++) {
    const swapped = `${name.slice(0, at)}${name.charAt(at + 1)}${name.charAt(at)}${name.slice(at + 2)}`
    if (at + 1 < name.length && known.has(swapped)) return swapped
    const shorter = name.slice(0, at) + name.slice(at + 1)
    // A plural, a number or an ending make another word; a letter typed twice does not.
    const isDoubled = name.charAt(at) === name.charAt(at - 1)
    if (shorter.length >= 4 && isDoubled && known.has(shorter)) return shorter
  }
  if (name.length < 5) return undefined
  for (const candidate of known) {
    if (candidate.length !== name.length + 1 || candidate.length < 6 || candidate.charAt(0) !== name.charAt(0)) continue
    for (let at = 1; at < candidate.length - 1; at++)
      if (candidate.slice(0, at) + candidate.slice(at + 1) === name) return candidate
  }
  return undefined
}

/** Not in a comment, a string, or the page around PHP. */
function isCode(text: string, at: number, php: boolean): boolean {
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
  if (/^\s*(\/\/|#|\*|\/\*)|\s(\/\/|#)\s/.test(before) || /\b(function|def|class|new|use)\s+&?$/.test(before))
    return false
  const quotes = before.replace(/\\./g, '')
  if ((quotes.split("'").length - 1) % 2 === 1 || (quotes.split('"').length - 1) % 2 === 1) return false
  if (!php) return (text.slice(0, at).split(/"""|'''/).length - 1) % 2 === 0
  return (
    text.lastIndexOf('<?', at) > text.lastIndexOf('?>', at) && text.lastIndexOf('/*', at) <= text.lastIndexOf('*/', at)
  )
}

/** Does the file itself give the name a meaning, other than by calling it? */
function isBound(text: string, name: string): boolean {
  return new RegExp(
    `(?<![\\w$])${name}(?!\\w|\\s*\\()|\\b(?:def|class|function)\\s+&?${name}\\b|['"]${name}['"]`,
    'i',
  ).test(text)
}

const searched = new WeakMap<FactContext, Map<string, Promise<boolean>>>()

function isDefined(context: FactContext, name: string): Promise<boolean> {
  const known = searched.get(context) ?? new Map<string, Promise<boolean>>()
  searched.set(context, known)
  const answer = known.get(name) ?? search(context, name)
  known.set(name, answer)
  return answer
}

/** Is a function of this name defined, or the name mentioned as a text, in any PHP file of head? */
async function search(context: FactContext, name: string): Promise<boolean> {
  const { head } = context.change.trees
  const files = (await head.list()).filter(path => /\.(php|inc|module|install|theme|phtml)$/.test(path))
  if (files.length > mostFiles) return true
  const defines = new RegExp(`\\bfunction\\s+&?${name}\\b|['"\\\\]${name}['";]`, 'i')
  for (const path of files) {
    const text = await head.read(path)
    if (text !== undefined && defines.test(text)) return true
  }
  return false
}
