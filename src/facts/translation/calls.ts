import { roleOf } from '../../artifact/classify.ts'
import type { Tree } from '../../change/types.ts'
import { escapePattern } from '../../text/pattern.ts'

/** A call that asks for a text by its literal key. */
export interface Call {
  readonly place: string
  /** Names of the values that it passes. */
  readonly passes: readonly string[]
  /** It hands over values that cannot be told: a splat or a variable. */
  readonly open: boolean
}

const mostFiles = 4000
const longestMs = 2000
const largest = 400_000
const code = /\.(rb|erb|haml|slim|rake|jbuilder|[cm]?[jt]sx?|vue|svelte|py|php|hbs|ex|exs|heex)$/

/** The calls of each key in the code of a tree. */
export async function callsOf(keys: ReadonlySet<string>, tree: Tree): Promise<ReadonlyMap<string, readonly Call[]>> {
  const found = new Map<string, Call[]>()
  if (keys.size === 0) return found
  const stopAt = performance.now() + longestMs
  const paths = (await tree.list()).filter(path => code.test(path) && roleOf(path) === 'live').slice(0, mostFiles)
  for (const path of paths) {
    if (performance.now() > stopAt) break
    const text = await tree.read(path)
    if (text === undefined || text.length > largest) continue
    for (const key of keys) {
      if (!text.includes(key)) continue
      for (const call of callsIn(text, key, path)) found.set(key, [...(found.get(key) ?? []), call])
    }
  }
  return found
}

function callsIn(text: string, key: string, path: string): readonly Call[] {
  const named = escapePattern(key)
  const pattern = new RegExp(
    `(?<![\\w.])(?:I18n\\.|i18n\\.|i18next\\.|this\\.|\\$)?(?:t|tc|translate|trans|__)!?[( ]\\s*["'\`]${named}["'\`]`,
    'g',
  )
  return [...text.matchAll(pattern)].flatMap((found): readonly Call[] => {
    const from = found.index + found[0].length
    const line = text.slice(text.lastIndexOf('\n', found.index) + 1, found.index)
    if (/^\s*(#|\/\/|\*)/.test(line)) return []
    const rest = argumentsAt(text, from, found[0].includes('('))
    const passes = [...rest.matchAll(/(?<![\w.:]):?["']?(\w+)["']?\s*(?:=>|:(?!:))|[{,]\s*(\w+)\s*(?=[,}])/g)]
    return [
      {
        place: `${path}:${text.slice(0, found.index).split('\n').length}`,
        passes: passes.map(([, one, other]) => one ?? other ?? ''),
        open: /\*\*|\.\.\./.test(rest) || /^\s*,\s*[\w.@$]+\s*[,)]/.test(rest),
      },
    ]
  })
}

/** What stands behind the key, up to the end of the call. */
function argumentsAt(text: string, from: number, inBrackets: boolean): string {
  if (!inBrackets) return /^[^\n%]*/.exec(text.slice(from, from + 400))?.[0] ?? ''
  let depth = 1
  let at = from
  for (; at < Math.min(text.length, from + 800) && depth > 0; at++) {
    const character = text[at]
    if (character === '(' || character === '[' || character === '{') depth++
    else if (character === ')' || character === ']' || character === '}') depth--
  }
  return text.slice(from, at)
}
