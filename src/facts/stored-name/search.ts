import { roleOf } from '../../artifact/classify.ts'
import type { Change } from '../../change/types.ts'

/** Code that may name a value of a database's enumeration. */
export const codeFiles = /\.(rb|py|[cm]?[jt]sx?|go|java|kt|php|rs|exs?|cs|scala|sql|prisma|graphql)$/

/** A value of an enumeration as code names it: in quotes, as a symbol, or as a member of the type. */
export function enumValueNamed(type: string, value: string): RegExp {
  const [container, name] = [quoted(type), quoted(value)]
  return new RegExp(`(?:['"\`]|(?<![\\w:]):)${name}(?:['"\`]|(?![\\w'"\`]))|\\b${container}\\.${name}\\b`)
}

const quoted = (name: string): string => name.replace(/\W/g, '\\$&')

const mostFiles = 3000
const longestMs = 1500
const largest = 400_000
const mostPlaces = 5

/** Lines that match, as `path:line`: of the changed files at base, of all files at head. Tests and migrations left out. */
export async function placesOf(
  pattern: RegExp,
  ending: RegExp,
  change: Change,
  side: 'base' | 'head',
): Promise<readonly string[]> {
  const changed = change.files.flatMap(file =>
    side === 'base' ? (file.basePath ?? []) : file.status === 'deleted' ? [] : file.path,
  )
  const paths = side === 'base' ? changed : await change.trees.head.list()
  const places: string[] = []
  const stopAt = performance.now() + longestMs
  for (const path of paths.filter(one => ending.test(one) && isLive(one)).slice(0, mostFiles)) {
    if (places.length >= mostPlaces || performance.now() > stopAt) break
    const text = await change.trees[side].read(path)
    if (text === undefined || text.length > largest || !pattern.test(text)) continue
    for (const [at, line] of text.split('\n').entries())
      if (pattern.test(line) && !/^\s*(#|\/\/|\*)/.test(line)) places.push(`${path}:${at + 1}`)
  }
  return places.slice(0, mostPlaces)
}

const isLive = (path: string): boolean => roleOf(path) === 'live' && !/(^|\/)[a-z_]*(migrations?|migrate)\//.test(path)

/** A new file of the change that is made to rewrite rows names the word. */
export async function isRewritten(word: string, change: Change): Promise<boolean> {
  const last = word.slice(word.lastIndexOf('::') + (word.includes('::') ? 2 : 0))
  const named = new RegExp(`['"\`]([\\w:]*::)?${last.replace(/\W/g, '\\$&')}['"\`]`)
  for (const file of change.files) {
    if (file.status !== 'added' || !/\.(rb|py|sql|[cm]?[jt]s|rake|exs|php)$/.test(file.path)) continue
    if (!/migrat|backfill|data|script|task|versions|\.rake$|\.sql$/i.test(file.path)) continue
    if (named.test((await change.trees.head.read(file.path)) ?? '')) return true
  }
  return false
}
