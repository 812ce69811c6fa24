import type { LineIndex } from '../../text/lines.ts'
import { lineSpan } from '../../text/lines.ts'
import { excerpt, type Problem } from './problem.ts'

/** A value that another program reads as an expression of its own. */
export interface Slot {
  readonly path: string
  readonly key: string
  readonly text: string
  /** Kind of the Kubernetes object around it; empty elsewhere. */
  readonly object: string
  /** Kind of artifact. */
  readonly artifact: string
  /** First line of the text, below the `|` of a block. */
  readonly line: number
}

interface Expression {
  readonly name: string
  readonly consequence: string
  /** The expression within the value; undefined when the value is none. */
  find(slot: Slot): string | undefined
}

const expressions: readonly Expression[] = [
  {
    name: 'Traefik rule',
    consequence: 'Traefik drops the router, and older versions drop every route when they restart.',
    find: ({ path, key, text, object }) => {
      if (object.startsWith('IngressRoute') && key === 'match') return text
      if (/^traefik\.(http|tcp)\.routers\.[^=]*\.rule$/.test(key) || /\.routers\.[^.]+\.rule$/.test(path)) return text
      return /^traefik\.(?:http|tcp)\.routers\.[^=]*\.rule=([\s\S]*)$/.exec(text)?.[1]
    },
  },
  {
    name: 'PromQL expression',
    consequence: 'Prometheus refuses the whole rule file, so none of its alerts can fire after the next start.',
    find: ({ path, key, text }) =>
      key === 'expr' && /(^|\.)rules\[\]\.expr$/.test(path) ? withoutComments(text) : undefined,
  },
]

/** A value with brackets or quotes that do not close, where the program that reads it cannot do without. */
export function expressionProblem(
  slot: Slot,
  lines: LineIndex,
): (Problem & { readonly consequence: string }) | undefined {
  if (slot.artifact === 'github-workflow') return unclosedGithub(slot, lines)
  for (const { name, consequence, find } of expressions) {
    const text = find(slot)
    if (text === undefined || /\{\{|<%|\$\{/.test(text)) continue
    const wrong = unbalanced(text)
    if (wrong === undefined) continue
    const line = slot.line + text.slice(0, wrong.at).split('\n').length - 1
    const detail = `the ${name} \`${excerpt(text, 70)}\` ${wrong.what}`
    return {
      problem: 'unclosed-expression',
      detail,
      span: lineSpan(lines, Math.min(line, lines.starts.length)),
      key: slot.key,
      consequence,
    }
  }
  return undefined
}

function unclosedGithub(
  { text, line, key }: Slot,
  lines: LineIndex,
): (Problem & { readonly consequence: string }) | undefined {
  for (let at = text.indexOf('${{'); at !== -1; at = text.indexOf('${{', at + 3)) {
    const end = text.indexOf('}}', at)
    const next = text.indexOf('${{', at + 3)
    if (end !== -1 && (next === -1 || end < next)) continue
    const span = lineSpan(lines, Math.min(line + text.slice(0, at).split('\n').length - 1, lines.starts.length))
    const detail = `the expression \`${excerpt(text.slice(at), 50)}\` has no closing \`}}\``
    return {
      problem: 'unclosed-expression',
      detail,
      span,
      key,
      consequence: 'GitHub refuses the workflow: none of its jobs run.',
    }
  }
  return undefined
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** The first bracket or quote that does not match; `at` is its offset. */
export function unbalanced(text: string): { at: number; what: string } | undefined {
  const open: { sign: string; at: number }[] = []
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at)
    if (sign === '"' || sign === "'" || sign === '`') {
      const end = quoteEnd(text, at, sign)
      if (end === -1) return { at, what: `has ${sign === '`' ? 'a backtick' : `a ${sign}`} that is not closed` }
      at = end
    } else if (closing[sign] !== undefined) open.push({ sign, at })
    else if (sign === ')' || sign === ']' || sign === '}') {
      const last = open.pop()
      if (last === undefined || closing[last.sign] !== sign) return { at, what: `has a \`${sign}\` that nothing opens` }
    }
  }
  const last = open.at(-1)
  return last && { at: last.at, what: `has a \`${last.sign}\` that is not closed` }
}

/** Comments begin with # outside of quotes and end with the line; an apostrophe in one opens nothing. */
function withoutComments(text: string): string {
  let plain = ''
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at)
    const last =
      sign === '#'
        ? lineEnd(text, at) - 1
        : sign === '"' || sign === "'" || sign === '`'
          ? quoteEnd(text, at, sign)
          : at
    // What is not closed is left for whoever looks for it.
    if (last === -1) return plain + text.slice(at)
    plain += sign === '#' ? ' '.repeat(last - at + 1) : text.slice(at, last + 1)
    at = last
  }
  return plain
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

function quoteEnd(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\' && quote !== '`') at++
    else if (text[at] === quote) return at
  }
  return -1
}
