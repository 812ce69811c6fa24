import { indexLines, spanOf } from '../../text/lines.ts'
import type { Setting } from './read.ts'

/** Directives of an nginx configuration, each with the blocks around it. */
export function nginxSettings(text: string): readonly Setting[] {
  const lines = indexLines(text)
  const found: Setting[] = []
  const blocks: string[] = []
  let words: { text: string; start: number; end: number }[] = []
  // Comments, quoted texts, variables in braces, bare words, signs.
  for (const token of text.matchAll(/#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\$\{\w*\}|[^\s;{}])+|[;{}]/g)) {
    const [sign] = token
    if (sign.startsWith('#')) continue
    if (sign === ';') {
      const [name, ...rest] = words
      if (name)
        found.push({
          program: 'nginx',
          name: name.text,
          within: blocks.join(' ').slice(0, 120),
          value: rest.map(word => word.text).join(' '),
          span: spanOf(lines, name.start, (rest.at(-1) ?? name).end),
        })
      words = []
    } else if (sign === '{') {
      blocks.push(words.map(word => word.text).join(' '))
      words = []
    } else if (sign === '}') {
      blocks.pop()
      words = []
    } else words.push({ text: sign, start: token.index, end: token.index + sign.length })
  }
  return found
}
