import type { Fact } from '../facts/types.ts'

/** A test that every fact passes for which a condition can hold. */
export type Guard = (fact: Fact) => boolean

/** A condition and where it is read. */
interface Reading {
  readonly text: string
  at: number
}

/**
 * A cheap test that comes before CEL: most rules are about one operation out of forty, or about numbers that few values
 * have. It knows comparisons of a field with fixed words and numbers, lists of words, patterns and flags, joined by
 * `&&`, `||` and parentheses; whatever else a condition asks counts as true.
 */
export function guardOf(condition: string): Guard {
  return choiceOf(condition) ?? (() => true)
}

/**
 * The words that a field must have for the condition to hold, of each field that is tied to words: by them the rules for
 * a fact are looked up, rather than asked in turn.
 */
export function tiesOf(condition: string): ReadonlyMap<string, ReadonlySet<string>> {
  const [first = [], ...others] = split(condition) ?? []
  const ties = tiedIn(first)
  for (const choice of others.map(tiedIn))
    for (const [name, words] of ties) {
      const more = choice.get(name)
      if (more === undefined) ties.delete(name)
      else ties.set(name, new Set([...words, ...more]))
    }
  return ties
}

/** The flags that must be set (or not) for the condition to hold, whatever else is true. */
export function flagsOf(condition: string): ReadonlyMap<string, boolean> {
  const [first = [], ...others] = split(condition) ?? []
  const flags = flagsIn(first)
  for (const choice of others.map(flagsIn))
    for (const [name, wanted] of flags) if (choice.get(name) !== wanted) flags.delete(name)
  return flags
}

function flagsIn(conjuncts: readonly string[]): Map<string, boolean> {
  return new Map(
    conjuncts.flatMap(part => {
      const [, not = '', name = ''] = /^(!?)([A-Za-z]\w*)$/.exec(part) ?? []
      return name === '' || name === 'true' || name === 'false' ? [] : [[name, not === ''] as const]
    }),
  )
}

function tiedIn(conjuncts: readonly string[]): Map<string, ReadonlySet<string>> {
  return new Map(
    conjuncts.flatMap(part => {
      const [, name = '', word, list] = /^([A-Za-z]\w*) (?:== (.*)|in (\[.*\]))$/s.exec(part) ?? []
      const one = wordIn(word ?? '')
      const words = one === undefined ? wordsIn(list ?? '') : new Set([one])
      return words === undefined ? [] : [[name, words] as const]
    }),
  )
}

/** Undefined when nothing is known. */
function choiceOf(condition: string): Guard | undefined {
  const parts = split(condition)
  if (parts === undefined) return undefined
  const choices = parts.map(conjuncts => all(cheapFirst(conjuncts).flatMap(part => termOf(part) ?? [])))
  const [first] = choices
  if (choices.length === 1) return first
  const known = choices.filter(choice => choice !== undefined)
  return known.length < choices.length ? undefined : fact => known.some(choice => choice(fact))
}

/** Patterns last: what comes before them mostly settles the matter. */
function cheapFirst(conjuncts: readonly string[]): readonly string[] {
  const isSlow = (part: string): boolean => part.includes('.matches(')
  return [...conjuncts.filter(part => !isSlow(part)), ...conjuncts.filter(isSlow)]
}

function all(guards: readonly Guard[]): Guard | undefined {
  if (guards.length < 2) return guards[0]
  return fact => guards.every(guard => guard(fact))
}

/** The parts of `a && b || c && d`: choices of conjuncts. Undefined for a conditional or a text that is left to CEL. */
function split(condition: string): readonly (readonly string[])[] | undefined {
  const choices: string[][] = [[]]
  const reading: Reading = { text: condition, at: 0 }
  let start = 0
  let depth = 0
  const end = (): void => void choices.at(-1)?.push(condition.slice(start, reading.at).trim())
  for (; reading.at < condition.length; reading.at++) {
    const char = condition.charAt(reading.at)
    if (char === '"' || char === "'") {
      if (!skipText(reading)) return undefined
    } else if (char === '(' || char === '[' || char === '{') depth++
    else if (char === ')' || char === ']' || char === '}') depth--
    else if (depth > 0) continue
    else if (char === '?') return undefined
    else if ((char === '&' || char === '|') && condition.charAt(reading.at + 1) === char) {
      end()
      if (char === '|') choices.push([])
      start = reading.at + 2
      reading.at++
    }
  }
  end()
  return choices
}

/** Goes to the closing quote. False for what CEL reads differently: raw, triple and unclosed texts. */
function skipText(reading: Reading): boolean {
  const { text, at } = reading
  const quote = text.charAt(at)
  if (/[rRbB]/.test(text.charAt(at - 1)) || text.startsWith(quote.repeat(3), at)) return false
  for (let next = at + 1; next < text.length; next++) {
    if (text.charAt(next) === '\\') next++
    else if (text.charAt(next) === quote) {
      reading.at = next
      return true
    }
  }
  return false
}

/** One part of a conjunction; undefined when it is of no form that is known here. */
function termOf(part: string): Guard | undefined {
  if (part.startsWith('(') && part.endsWith(')')) return closesAtEnd(part) ? choiceOf(part.slice(1, -1)) : undefined
  const [, not = '', name = '', rest = ''] =
    /^(!?)([A-Za-z]\w*(?:\.\w+)*?)(\.matches\(.*\)| ?(?:[=!<>]=?|in\b).*)?$/s.exec(part) ?? []
  if (name === '' || name === 'true' || name === 'false' || /^file\b/.test(name)) return undefined
  const holds =
    rest === ''
      ? isFlag(not === '')
      : rest.startsWith('.')
        ? matching(rest, not === '')
        : not === ''
          ? comparing(rest.trim())
          : undefined
  if (holds === undefined) return undefined
  const [key = '', ...keys] = name.split('.')
  return keys.length === 0 ? fact => holds(Reflect.get(fact, key)) : fact => holds(valueAtKeys(fact, [key, ...keys]))
}

/** Whether the parenthesis at the start is closed by the one at the end. */
function closesAtEnd(part: string): boolean {
  const reading: Reading = { text: part, at: 0 }
  let depth = 0
  for (; reading.at < part.length; reading.at++) {
    const char = part.charAt(reading.at)
    if (char === '"' || char === "'") {
      if (!skipText(reading)) return false
    } else if (char === '(') depth++
    else if (char === ')' && --depth === 0) return reading.at === part.length - 1
  }
  return false
}

function valueAtKeys(fact: Fact, keys: readonly string[]): unknown {
  let value: unknown = fact
  for (const key of keys) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return value
}

type Holds = (value: unknown) => boolean

/** What is absent is for CEL to decide. */
function isFlag(wanted: boolean): Holds {
  return value => typeof value !== 'boolean' || value === wanted
}

/** `.matches("…")`: of what is no text CEL makes an error, and then the condition does not hold. */
function matching(call: string, wanted: boolean): Holds | undefined {
  const pattern = wordIn(/^\.matches\((.*)\)$/s.exec(call)?.[1] ?? '')
  if (pattern === undefined) return undefined
  let expression: RegExp | undefined
  return value => {
    if (typeof value !== 'string') return false
    // Most patterns are never asked for, and compiling them all would cost more than the rest.
    expression ??= patternOf(pattern)
    return expression.test(value) === wanted
  }
}

/** What is no pattern matches everything: the error is CEL's to tell. */
function patternOf(source: string): RegExp {
  try {
    return new RegExp(source)
  } catch {
    return /(?:)/
  }
}

/** `== "word"`, `in ["a", "b"]`, `>= 2`, `!= null`. */
function comparing(rest: string): Holds | undefined {
  const [, sign = '', operand = ''] = /^([=!<>]=?|in\b) ?(.*)$/s.exec(rest) ?? []
  if (sign === 'in') {
    const words = wordsIn(operand)
    return words && (value => typeof value === 'string' && words.has(value))
  }
  if (operand === 'null') return sign === '!=' ? value => value !== null && value !== undefined : undefined
  const number = /^-?\d+(\.\d+)?$/.test(operand) ? Number(operand) : undefined
  if (number !== undefined) return comparingNumbers(sign, number)
  const word = wordIn(operand)
  if (word === undefined) return undefined
  if (sign === '==') return value => value === word
  return sign === '!=' ? value => value !== word : undefined
}

/** A comparison with what is absent is an error in CEL, and then the condition does not hold. */
function comparingNumbers(sign: string, number: number): Holds | undefined {
  const tests: Readonly<Record<string, (value: number) => boolean>> = {
    '<': value => value < number,
    '<=': value => value <= number,
    '>': value => value > number,
    '>=': value => value >= number,
    '==': value => value === number,
  }
  const test = tests[sign]
  return test && (value => (typeof value === 'number' ? test(value) : value !== null && value !== undefined))
}

function wordsIn(list: string): ReadonlySet<string> | undefined {
  if (!/^\[\s*(?:(?:"[^"\\]*"|'[^'\\]*')\s*,?\s*)+\]$/.test(list)) return undefined
  return new Set([...list.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, one, other]) => one ?? other ?? ''))
}

/** The content of a text in quotes, if it is nothing but that. */
function wordIn(literal: string): string | undefined {
  if (/^'[^'\\]*'$/.test(literal)) return literal.slice(1, -1)
  if (!/^"(?:[^"\\]|\\.)*"$/s.test(literal)) return undefined
  try {
    const text: unknown = JSON.parse(literal)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}
