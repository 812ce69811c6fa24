import { documentsOf } from '../../artifact/documents.ts'
import type { Plain } from '../../artifact/plain.ts'
import type { Source } from '../../artifact/types.ts'
import type { Span } from '../../text/lines.ts'

/** A text of a translation file. */
export interface Text {
  readonly text: string
  readonly span: Span
}

/** The texts of a file by their dotted keys, without the language at the top; undefined when it cannot be read. */
export async function textsOf(source: Source, language: string): Promise<ReadonlyMap<string, Text> | undefined> {
  const documents = await documentsOf(source, source.path.endsWith('.json') ? 'json' : 'yaml')
  const root = documents?.[0]?.root
  if (root?.type !== 'map') return undefined
  const [only, ...more] = root.entries
  const top = only !== undefined && more.length === 0 && only.key.toLowerCase() === language ? only.value : root
  const found = new Map<string, Text>()
  const walk = (node: Plain, key: string, depth: number): void => {
    if (depth > 30) return
    if (node.type === 'scalar' && typeof node.value === 'string') found.set(key, { text: node.value, span: node.span })
    if (node.type === 'map')
      for (const entry of node.entries) walk(entry.value, key === '' ? entry.key : `${key}.${entry.key}`, depth + 1)
  }
  walk(top, '', 0)
  return found
}

/** The language of a file by its path: `config/locales/de.yml`, `locales/de/common.json`, `de-AT.json`. */
export function languageOf(path: string): string {
  const code = /(?:^|[/._-])([a-z]{2}(?:[-_][A-Za-z]{2,4})?)(?=\/[^/]+$|\.(?:ya?ml|json)$)/.exec(path)
  return code?.[1]?.toLowerCase() ?? ''
}

/** Placeholders of a text: `%{name}`, `{{name}}`, and `{name}`; of `{n, plural, one {…} other {…}}` the `n` and those of its texts. */
export function placeholdersIn(text: string): readonly string[] {
  const found = [
    ...withoutChoices(text).matchAll(/%\{(\w+)\}|\{\{-?\s*(\w+)(?:\s*,[^}]*)?\s*\}\}|(?<![{%$\\])\{(\w+)\}(?!\})/g),
  ]
  return [...new Set(found.map(([written]) => written))]
}

const choice = /(?<!\{)\{\s*(\w+)\s*,\s*(?:plural|select|selectordinal)\s*,/
const mostChoices = 20

/** Choices of ICU's message format, by a number or a word: what decides and what it chooses from, without their braces. */
function withoutChoices(text: string): string {
  let rest = text
  for (let left = mostChoices; left > 0; left--) {
    const [whole, name] = choice.exec(rest) ?? []
    if (whole === undefined) break
    const start = rest.indexOf(whole)
    const texts: string[] = []
    let depth = 1
    let at = start + whole.length
    for (let from = at; at < rest.length && depth > 0; at++) {
      if (rest[at] === '{' && ++depth === 2) from = at + 1
      else if (rest[at] === '}' && --depth === 1) texts.push(rest.slice(from, at))
    }
    rest = `${rest.slice(0, start)}{${name}} ${texts.join(' ')} ${rest.slice(at)}`
  }
  return rest
}

/** Without its braces and formats. */
export const nameOf = (placeholder: string): string => /\w+/.exec(placeholder)?.[0] ?? ''

/** The key that code asks for: plural forms are chosen by the library. */
export const asked = (key: string): string =>
  key.replace(/\.(zero|one|two|few|many|other)$|_(zero|one|two|few|many|other|plural|\d)$/, '')
