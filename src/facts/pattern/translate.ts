import type { Pattern } from './found.ts'

/** An expression in JavaScript's own syntax, for the analysis. */
export interface Translated {
  readonly source: string
  readonly flags: string
}

const posix: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9a-fA-F',
  word: '\\w',
  cntrl: '\\x00-\\x1f',
  print: '\\x20-\\x7e',
  graph: '\\x21-\\x7e',
}

/** Puts an expression of another engine into JavaScript's syntax; undefined where JavaScript has nothing like it. */
export function translate(pattern: Pattern): Translated | undefined {
  const { engine } = pattern
  let { source } = pattern
  let flags = pattern.flags
  if (engine === 'javascript') return { source, flags: flags.replace(/[^imsuvy]/g, '') }
  const leading = /^\(\?([a-zA-Z]+)\)/.exec(source)
  if (leading !== null) {
    flags += leading[1] ?? ''
    source = source.slice(leading[0].length)
  }
  // Possessive quantifiers and atomic groups exist to end backtracking; the rest has no counterpart.
  if (/\(\?>|[*+?}]\+|&&|\\[pPGKRX]|\(\?\(|\(\?[a-zA-Z-]+[:)]|\(\?[R0-9&]|\\g/.test(source)) return undefined
  if (flags.includes('x')) source = withoutBlanks(source)
  source = source
    .replace(/\(\?P<(\w+)>/g, '(?<$1>')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\(\?#[^)]*\)/g, '')
    .replace(/\[:(\w+):\]/g, (all, name: string) => posix[name] ?? all)
    .replace(/(?<!\\)((?:\\\\)*)\\h/g, engine === 'ruby' ? '$1[0-9a-fA-F]' : '$1[ \\t]')
  const hasLineAnchors = /(^|[^\\[])[\^$]/.test(source)
  const multiline = (engine === 'ruby' && hasLineAnchors) || (engine !== 'ruby' && flags.includes('m'))
  source = source
    .replace(/(?<!\\)((?:\\\\)*)\\A/g, multiline ? '$1(?<![\\s\\S])' : '$1^')
    .replace(/(?<!\\)((?:\\\\)*)\\[zZ]/g, multiline ? '$1(?![\\s\\S])' : '$1$$')
  const dotAll = engine === 'ruby' ? flags.includes('m') : flags.includes('s')
  return { source, flags: `${flags.includes('i') ? 'i' : ''}${multiline ? 'm' : ''}${dotAll ? 's' : ''}` }
}

function withoutBlanks(source: string): string {
  return source.replace(/\\[\s\S]|\[(?:\\.|[^\]\\])*\]|\s+|#[^\n]*/g, part => (/^[\s#]/.test(part) ? '' : part))
}

/**
 * Can the expression be slow at all? It needs a repetition without upper bound that something must follow or repeat.
 * A cheap test, to keep the analysis (hundreds of milliseconds) for the few that may be.
 */
export function mayBeSlow(source: string): boolean {
  const plain = source.replace(/\\[\s\S]/g, 'e').replace(/\[(?:[^\]])*\]/g, 'c')
  const repeats = plain.match(/[*+]|\{\d+,\}/g)?.length ?? 0
  if (repeats === 0 || source.length > 2000) return false
  // A repetition inside a repeated group.
  if (/[*+}]\??[^()]*\)[*+{]/.test(plain) || /\)[*+]|\)\{\d+,/.test(plain)) return true
  if (repeats >= 2) return true
  // `x+$` and `x+y` that may begin anywhere are tried again from each place.
  return !/^\(?\^/.test(plain) && !/[*+]\??\)?$/.test(plain)
}
