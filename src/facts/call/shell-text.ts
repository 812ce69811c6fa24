import type { Node } from 'web-tree-sitter'
import { parts, type ShellText } from './found.ts'
import type { FrontEnd } from './front-end.ts'

/** Longest piece that is read as shell. */
const limit = 20_000

/** The shell text in the arguments of `system(…)`, `subprocess.run([…])`, `exec(…)`; undefined when there is no literal. */
export function shellTextOf(language: FrontEnd, args: Node, source: string): ShellText | undefined {
  const words = parts(args).filter(node => !language.options.includes(node.type))
  const [first] = words
  if (first === undefined) return undefined
  if (words.length === 1 && language.strings.includes(first.type)) return stringText(language, first, source)
  // A list of words: quotes stay, brackets and commas become blanks, so that it reads as a command line.
  const last =
    words.findLast(node => language.strings.includes(node.type) || language.lists.includes(node.type)) ?? first
  if (last.endIndex - first.startIndex > limit) return undefined
  const text = source.slice(first.startIndex, last.endIndex).split('')
  const strings =
    first.parent === null ? [] : args.descendantsOfType([...language.strings]).filter(node => node !== null)
  if (strings.length === 0) return undefined
  let at = first.startIndex
  const end = last.endIndex
  for (const string of [...strings, undefined]) {
    const stop = Math.min(string?.startIndex ?? end, end)
    for (; at < stop; at++)
      if (/[[\],()*\n:]/.test(text[at - first.startIndex] ?? '')) text[at - first.startIndex] = ' '
    if (string === undefined || string.startIndex >= end) break
    quote(text, string, first.startIndex, language)
    at = Math.max(at, string.endIndex)
  }
  return { text: text.join(''), start: first.startIndex }
}

/** The contents of one string, with the language's placeholders turned into shell variables of equal length. */
export function stringText(language: FrontEnd, string: Node, source: string): ShellText | undefined {
  const inner = parts(string).filter(node => node.type !== 'string_start' && node.type !== 'string_end')
  const from = inner[0]?.startIndex
  const to = inner.at(-1)?.endIndex
  if (from === undefined || to === undefined || to - from > limit) return undefined
  const text = source.slice(from, to).split('')
  for (const node of inner) placeholders(text, node, from, language)
  return { text: text.join(''), start: from }
}

function placeholders(text: string[], node: Node, from: number, language: FrontEnd): void {
  if (language.placeholders.includes(node.type)) variable(text, node.startIndex - from, node.endIndex - from)
  else if (node.type === 'string') {
    // A part of Python's implicit concatenation: its quotes are not the shell's.
    for (const part of parts(node)) placeholders(text, part, from, language)
    for (const part of parts(node)) {
      if (part.type === 'string_start' || part.type === 'string_end')
        text.fill(' ', part.startIndex - from, part.endIndex - from)
    }
  }
}

/** `#{a.b}`, `${a.b}` and `{a.b}` become `${a_b}` or `$_a_b` of the same length. */
function variable(text: string[], start: number, end: number): void {
  const inner = text
    .slice(start, end)
    .join('')
    .replace(/^[#$]?\{/, '')
    .replace(/\}$/, '')
  const name = inner.replace(/\W/g, '_')
  const long = text[start] !== '{'
  const shown = long ? `\${${name.replace(/^(?=\d)/, '_').slice(0, end - start - 3)}}` : `$_${name}`
  for (let at = start; at < end; at++) text[at] = shown[at - start] ?? '_'
}

function quote(text: string[], string: Node, from: number, language: FrontEnd): void {
  const start = string.startIndex - from
  const end = string.endIndex - from
  if (start < 0 || end > text.length) return
  for (const node of parts(string))
    if (node.type !== 'string_start' && node.type !== 'string_end') placeholders(text, node, from, language)
  let open = start
  while (open < end && !/["'`]/.test(text[open] ?? '')) text[open++] = ' '
  if (text[open] === '`') text[open] = '"'
  if (text[end - 1] === '`') text[end - 1] = '"'
}
