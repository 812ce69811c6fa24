import { Lexer } from 'yaml'
import { type LineIndex, lineSpan, lineText, positionAt, spanOf } from '../../text/lines.ts'
import { excerpt, lineAt, type Problem, restOfLine } from './problem.ts'
import { quoteRest, quoteWord, untab } from './quote.ts'

/*
 * What libyaml (Ruby, PyYAML) and go-yaml refuse while the `yaml` package lets it pass: names of anchors and aliases
 * with other characters than letters, digits, _ and -, aliases nothing defines, a tab after the dash of a list, a
 * value without a key, text after the end of a document, control characters.
 */

/** An alias or anchor as libyaml reads it: the name must be followed by a blank or one of few indicators. */
const goodName = /^[A-Za-z0-9_-]+(?=$|[?,\]}]|:$)/
const control = /[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]/
/** Indicators where a value may begin, and what else only a second look at the text can judge. */
const suspicious =
  /(?:^|[-:?,[{]|(?:^|[\s[{,])[!&][^\s,[{]*[ \t])[ \t]*[*&]|^\.\.\.|^[ \t-]*:(\s|$)|^[ -]*\t|^[^\n:]*:[^\n]*[\]}"'] *:/m

/** After an anchor a colon may begin the value. */
const goodAnchor = /^[A-Za-z0-9_-]+(?=$|[?:,\]}])/

/** Most problems of one document; one is reported. */
const most = 50

/** Problems in the order of the text, at most one per line of cause. */
export function strictProblems(lines: LineIndex): readonly { readonly offset: number; readonly problem: Problem }[] {
  const { text } = lines
  const bad = control.exec(text)
  if (bad) return [{ offset: bad.index, problem: controlCharacter(lines, bad.index) }]
  return suspicious.test(text) ? lexed(lines) : []
}

function controlCharacter(lines: LineIndex, offset: number): Problem {
  const code = lines.text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, '0')
  return {
    problem: 'control-character',
    detail: `an invisible control character (U+${code}) is in this line`,
    span: spanOf(lines, offset, offset + 1),
  }
}

interface State {
  /** Anchors of the current document. */
  anchors: Set<string>
  /** Nesting of `[` and `{`. */
  flow: number
  /** Only blanks and dashes so far in this line. */
  lineStart: boolean
  afterDash: boolean
  explicitKey: boolean
  /** Colons after keys so far in this line. */
  colons: number
  /** A `|` or `>` without a number was read; its text comes next. */
  blockNext: boolean
  ended: boolean
  problems: number
}

function freshDocument(): State {
  return {
    anchors: new Set(),
    flow: 0,
    lineStart: true,
    afterDash: false,
    explicitKey: false,
    colons: 0,
    blockNext: false,
    ended: false,
    problems: 0,
  }
}

function lexed(lines: LineIndex): readonly { offset: number; problem: Problem }[] {
  const found: { offset: number; problem: Problem }[] = []
  let state = freshDocument()
  let offset = 0
  let scalarNext = false
  const tokens = [...new Lexer().lex(lines.text)]
  for (const [index, token] of tokens.entries()) {
    // Marks of the lexer itself have no length in the text.
    if (token === '\x02' || token === '\x18' || token === '\x1f') {
      scalarNext = token === '\x1f'
      continue
    }
    const plain = scalarNext && !state.ended
    const next = tokens[index + 1] ?? ''
    const problem =
      state.problems >= most
        ? undefined
        : !plain
          ? problemAt(token, offset, state, lines, next)
          : state.blockNext
            ? blockTab(token, offset, lines)
            : undefined
    if (problem) found.push({ offset, problem })
    if (problem) state.problems++
    if (!scalarNext && token === '---') state = freshDocument()
    else if (!scalarNext && token === '...') state = { ...freshDocument(), ended: true }
    else follow(state, token, scalarNext)
    offset += token.length
    scalarNext = false
  }
  return found
}

/** Keeps track of where in the document the lexer is. */
function follow(state: State, token: string, scalar: boolean): void {
  const first = scalar ? 'x' : token.charAt(0)
  const blank = !scalar && /^[ \t]*$/.test(token)
  if (!scalar && (token === '[' || token === '{')) state.flow++
  if (!scalar && (token === ']' || token === '}')) state.flow = Math.max(0, state.flow - 1)
  if (!scalar && token === '?') state.explicitKey = true
  if (first === '\n' || first === '\r') {
    state.lineStart = true
    state.colons = 0
    state.afterDash = false
    return
  }
  if (blank) return
  if (!scalar && token === ':' && state.flow === 0) state.colons++
  state.blockNext = !scalar && /^[|>][+-]?$/.test(token)
  const dash = !scalar && token === '-'
  state.afterDash = dash
  if (!dash) state.lineStart = false
  if (first !== '#' && first !== '%') state.ended = false
}

function problemAt(token: string, offset: number, state: State, lines: LineIndex, next: string): Problem | undefined {
  const first = token.charAt(0)
  if (state.ended && !/^[\s#%]/.test(token) && token !== '---' && token !== '...' && token !== '')
    return {
      problem: 'other',
      detail: 'there is text after the end of the document (`...`) without a new `---`',
      span: lineSpan(lines, lineAt(lines, offset)),
    }
  if (first === '*') return alias(token, offset, state, lines)
  if (first === '&') return anchor(token, offset, state, lines)
  if (state.lineStart && state.flow === 0 && /^ *\t/.test(token) && !/^(?:[\n\r#]|$)/.test(next))
    return tab(offset, state, lines)
  if (token === ':' && state.flow === 0 && state.colons > 0 && !state.explicitKey) {
    const detail = 'a second colon in this line starts another key'
    return { problem: 'unquoted-colon', detail, span: lineSpan(lines, lineAt(lines, offset)) }
  }
  if (token === ':' && state.lineStart && state.flow === 0 && !state.explicitKey)
    return {
      problem: 'missing-colon',
      detail: 'there is no key before the colon',
      span: lineSpan(lines, lineAt(lines, offset)),
    }
  return undefined
}

function tab(offset: number, state: State, lines: LineIndex): Problem {
  const line = lineAt(lines, offset)
  const text = lineText(lines, line)
  const span = lineSpan(lines, line)
  if (!state.afterDash)
    return {
      problem: 'tab-indent',
      detail: `\`${excerpt(text)}\` is indented with a tab; YAML allows only spaces`,
      span,
      quickFix: untab(lines, line),
    }
  return {
    problem: 'tab-indent',
    detail: 'a tab follows the dash',
    span,
    quickFix: text.replace(/^(\s*(?:- *)*-) *\t\s*/, '$1 '),
  }
}

/** The first line of a text block tells its indentation, so it cannot begin with a tab. */
function blockTab(token: string, offset: number, lines: LineIndex): Problem | undefined {
  const found = /^(?: *\r?\n)* *\t/.exec(token)
  if (!found) return undefined
  const line = lineAt(lines, offset + found[0].length - 1)
  const detail = `the text block begins with a tab: \`${excerpt(lineText(lines, line))}\` needs spaces in front of it`
  return { problem: 'tab-indent', detail, span: lineSpan(lines, line) }
}

function alias(token: string, offset: number, state: State, lines: LineIndex): Problem | undefined {
  const name = goodName.exec(token.slice(1))?.[0]
  if (name !== undefined && state.anchors.has(name)) return undefined
  const span = restOfLine(lines, offset)
  const { line, column } = positionAt(lines, offset)
  const text = lineText(lines, line)
  // In a list of names `[*a, b]` only the alias itself is meant, never the rest of the line.
  const fix = state.flow > 0 ? quoteWord(text, column, token) : quoteRest(text, column)
  if (name === undefined)
    return {
      problem: 'unquoted-alias',
      detail: `\`${excerpt(text.slice(column - 1))}\` begins with \`*\`, which starts an alias in YAML`,
      span,
      quickFix: fix,
    }
  return {
    problem: 'unknown-alias',
    detail: `\`*${name}\` refers to an anchor \`&${name}\` that is not defined before it in this document`,
    span,
    key: name,
    quickFix: '',
  }
}

function anchor(token: string, offset: number, state: State, lines: LineIndex): Problem | undefined {
  const name = goodAnchor.exec(token.slice(1))?.[0]
  if (name !== undefined) {
    state.anchors.add(name)
    return undefined
  }
  const { line, column } = positionAt(lines, offset)
  const text = lineText(lines, line)
  const fix = state.flow > 0 ? quoteWord(text, column, token) : quoteRest(text, column)
  const detail = `\`${excerpt(text.slice(column - 1))}\` begins with \`&\`, which starts an anchor in YAML`
  return { problem: 'invalid-anchor-name', detail, span: restOfLine(lines, offset), quickFix: fix }
}
