import { Lexer } from 'yaml'

/** Most places that are mended; a file with more of them is left as it is. */
const most = 40

/**
 * libyaml and go-yaml let quoted text and the inside of brackets go on in lines of any indentation, the `yaml` package
 * wants them indented. Gives the text with the line ends in such places blanked, every offset unchanged; undefined when
 * there are none.
 */
export function joinLines(text: string): string | undefined {
  let mended = text
  for (let round = 0; round < most; round++) {
    const open = unclosed(mended)
    const end = open === undefined ? undefined : closing(mended, open)
    if (open === undefined || end === undefined) return mended === text ? undefined : mended
    mended = mended.slice(0, open) + mended.slice(open, end).replace(/[\r\n]/g, ' ') + mended.slice(end)
  }
  return undefined
}

/** Offset of the first quote or bracket that the lexer does not see closed. */
function unclosed(text: string): number | undefined {
  let offset = 0
  let scalar = false
  const brackets: number[] = []
  for (const token of new Lexer().lex(text)) {
    if (token === '\x18') return brackets[0]
    if (token === '\x02' || token === '\x1f') {
      scalar = token === '\x1f'
      continue
    }
    if (!scalar && /^["']/.test(token) && !isClosed(token)) return offset
    if (!scalar && (token === '[' || token === '{')) brackets.push(offset)
    if (!scalar && (token === ']' || token === '}')) brackets.pop()
    offset += token.length
    scalar = false
  }
  return undefined
}

function isClosed(token: string): boolean {
  return token.startsWith('"') ? /^"[^"\\]*(?:\\[\s\S][^"\\]*)*"$/.test(token) : /^'[^']*(?:''[^']*)*'$/.test(token)
}

/** Offset behind what closes the quote or bracket at `open`, where the value can end there. */
function closing(text: string, open: number): number | undefined {
  const end = /["']/.test(text.charAt(open)) ? quoteEnd(text, open) : bracketEnd(text, open)
  if (end === undefined) return undefined
  const inside = text.slice(open, end)
  if (!inside.includes('\n') || /\n(---|\.\.\.)(\s|$)/.test(inside)) return undefined
  return /^[ \t]*(?:$|\r?\n|#|[,\]}])/.test(text.slice(end, end + 200)) ? end : undefined
}

function quoteEnd(text: string, open: number): number | undefined {
  const pattern = text.charAt(open) === '"' ? /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y : /'[^']*(?:''[^']*)*'/y
  pattern.lastIndex = open
  const found = pattern.exec(text)?.[0]
  return found === undefined ? undefined : open + found.length
}

/** Comments inside brackets would swallow what follows once the lines are joined: such a place is left alone. */
function bracketEnd(text: string, open: number): number | undefined {
  const stack: string[] = []
  for (let at = open; at < text.length; at++) {
    const sign = text.charAt(at)
    if ((sign === '"' || sign === "'") && /[\s,:[{]/.test(text.charAt(at - 1))) {
      const end = quoteEnd(text, at)
      if (end === undefined) return undefined
      at = end - 1
    } else if (sign === '#' && /\s/.test(text.charAt(at - 1))) return undefined
    else if (sign === '[' || sign === '{') stack.push(sign === '[' ? ']' : '}')
    else if (sign === ']' || sign === '}') {
      if (stack.pop() !== sign) return undefined
      if (stack.length === 0) return at + 1
    }
  }
  return undefined
}
