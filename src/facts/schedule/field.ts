import type { Dialect, FieldName } from './dialects.ts'

/** Something in an expression that its scheduler does not accept. Columns count from 1 within the expression. */
export interface CronProblem {
  readonly column: number
  readonly length: number
  readonly message: string
}

/** Days that depend on the month: the last one, the working day next to one, the nth or last of a weekday. */
export type DayRule =
  | { readonly kind: 'last'; readonly back: number }
  | { readonly kind: 'workday'; readonly day: number | 'last' }
  | { readonly kind: 'nth'; readonly weekday: number; readonly nth: number }

/** One field of an expression, with what it selects. */
export interface CronField {
  readonly name: FieldName
  readonly text: string
  readonly column: number
  /** Selected values, ascending; weekdays count from 0 = Sunday whatever the dialect. */
  readonly values: readonly number[]
  readonly rules: readonly DayRule[]
  /** Every value is selected. */
  readonly full: boolean
  /** The scheduler takes the field as unset when it decides between day of month and day of week. */
  readonly star: boolean
  /** The numbers after a slash. */
  readonly steps: readonly number[]
}

interface Range {
  readonly low: number
  readonly high: number
}

const ranges = {
  second: { low: 0, high: 59 },
  minute: { low: 0, high: 59 },
  hour: { low: 0, high: 23 },
  day: { low: 1, high: 31 },
  month: { low: 1, high: 12 },
  weekday: { low: 0, high: 6 },
  year: { low: 1970, high: 2199 },
} satisfies Record<FieldName, Range>

export const fieldWords = {
  second: 'second',
  minute: 'minute',
  hour: 'hour',
  day: 'day of the month',
  month: 'month',
  weekday: 'day of the week',
  year: 'year',
} satisfies Record<FieldName, string>

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** The range of numbers that may be written in a field. */
export function rangeOf(name: FieldName, dialect: Dialect): Range {
  if (name === 'weekday') return { low: dialect.sunday % 6, high: dialect.lastWeekday }
  if (name === 'hour' && dialect.hour24) return { low: 0, high: 24 }
  return ranges[name]
}

/** Reads one field; problems are added to `problems`. */
export function parseField(
  name: FieldName,
  text: string,
  column: number,
  dialect: Dialect,
  problems: CronProblem[],
): CronField {
  const values = new Set<number>()
  const rules: DayRule[] = []
  const steps: number[] = []
  let star = dialect.bothDays === 'leading-star' && text.startsWith('*')
  let at = column
  for (const part of text.split(',')) {
    const range = rangeOf(name, dialect)
    const result = parsePart(name, part, dialect, range)
    if (typeof result === 'string') {
      if (part !== '' || !dialect.strayComma)
        problems.push({ column: at, length: Math.max(1, part.length), message: result })
    } else {
      for (const value of result.values ?? []) values.add(value)
      if (result.rule) rules.push(result.rule)
      if (result.step !== undefined) steps.push(result.step)
      if (result.star && dialect.bothDays !== 'leading-star') star = true
    }
    at += part.length + 1
  }
  const { low, high } = ranges[name]
  const full = values.size === high - low + 1
  return { name, text, column, values: [...values].sort((a, b) => a - b), rules, full, star, steps }
}

interface Part {
  readonly values?: readonly number[]
  readonly rule?: DayRule
  readonly step?: number
  readonly star?: boolean
}

function parsePart(name: FieldName, part: string, dialect: Dialect, range: Range): Part | string {
  const word = fieldWords[name]
  if (part === '') return `the ${word} is empty`
  const rule = dayRule(name, part, dialect, range)
  if (rule) return rule
  const [body = '', stepText, ...more] = part.split('/')
  if (more.length > 0) return `\`${part}\` has more than one step`
  const step = stepText === undefined ? undefined : readStep(name, stepText, dialect, range)
  if (typeof step === 'string') return step
  const isStar = body === '*' || (body === '?' && allowsQuestion(name, dialect))
  if (isStar)
    return {
      values: spread(name, range.low, star(name, range), step ?? 1, dialect, range),
      star: (step ?? 1) === 1,
      ...(step === undefined ? {} : { step }),
    }
  if (body === '?') return `\`?\` has no meaning to ${dialect.reader}; write \`*\``
  if (body.startsWith('H') && dialect.hash) return hashPart(name, body, step, dialect, range)
  const bounds = splitRange(name, body)
  const low = readNumber(name, bounds[0] ?? '', dialect, range, part)
  if (typeof low === 'string') return low
  if (bounds.length === 1) {
    if (step === undefined) return { values: [normal(name, low, dialect)] }
    if (!dialect.stepFromNumber)
      return `\`${part}\`: ${dialect.reader} takes a step only after \`*\` or a range, as in \`${body}-${range.high}/${stepText}\``
    return { values: spread(name, low, star(name, range), step, dialect, range), step }
  }
  if (bounds.length > 2) return `\`${part}\` is not a range`
  const high = readNumber(name, bounds[1] ?? '', dialect, range, part)
  if (typeof high === 'string') return high
  if (low > high && dialect.wrap === undefined)
    return `the range \`${body}\` goes backwards, which ${dialect.reader} does not take`
  if (low > high && dialect.wrap === 'taken') return { values: [], ...(step === undefined ? {} : { step }) }
  return {
    values: spread(name, low, high, step ?? 1, dialect, range),
    ...(step === undefined ? {} : { step }),
    star: !dialect.question && low === range.low && high === range.high && (step ?? 1) === 1,
  }
}

function allowsQuestion(name: FieldName, dialect: Dialect): boolean {
  if (dialect.question === 'star') return true
  return dialect.question !== undefined && (name === 'day' || name === 'weekday')
}

/** The last value `*` reaches: 7 and 24 are second names for 0. */
function star(name: FieldName, range: Range): number {
  return name === 'weekday' || name === 'hour' ? range.low + (name === 'hour' ? 23 : 6) : range.high
}

function splitRange(name: FieldName, body: string): string[] {
  // A day may count from the end of the month: -1, -3--1.
  if (name === 'day' && body.startsWith('-')) return [body]
  return body.split('-')
}

function readStep(name: FieldName, text: string, dialect: Dialect, range: Range): number | string {
  if (!/^\d+$/.test(text)) return `the step \`/${text}\` of the ${fieldWords[name]} is not a number`
  const step = Number(text)
  if (step === 0) return `a step of 0 in the ${fieldWords[name]} never gets anywhere`
  const limit = dialect.maxStep === 'range' ? range.high : dialect.maxStep
  return limit !== undefined && step > limit
    ? `the step ${step} of the ${fieldWords[name]} is larger than ${limit}`
    : step
}

function readNumber(name: FieldName, text: string, dialect: Dialect, range: Range, part: string): number | string {
  const word = fieldWords[name]
  const names = name === 'month' ? monthNames : name === 'weekday' ? weekdayNames : []
  const index = names.indexOf(text.toLowerCase())
  if (index !== -1 && dialect.names)
    return name === 'month' ? index + 1 : dialect.sunday === 6 ? (index + 6) % 7 : index + dialect.sunday
  const digits = (dialect.junkAfterNumber ? /^\d+(?![A-Za-z\d])/ : /^\d+$/).exec(text)?.[0]
  if (digits === undefined || digits.length > 4) {
    if (part === '*0' || /^\*\d/.test(part))
      return `\`${part}\` is not a ${word}; write \`*/${part.slice(1)}\` for a step or \`${part.slice(1)}\` for one value`
    return /^[A-Za-z]+$/.test(text) && names.length > 0
      ? `\`${text}\` is not the short name of a ${word} (${names[0]}, ${names[1]}, …)`
      : `\`${part}\` is not a ${word} that ${dialect.reader} understands`
  }
  const value = Number(digits)
  if (value >= range.low && value <= range.high) return value
  const hint =
    name === 'weekday' && value === 7
      ? `; Sunday is ${dialect.sunday}`
      : name === 'weekday' && value === 0
        ? '; Sunday is 1'
        : ''
  // 24 is read as midnight by some, but nobody should be told to write it.
  return `${word} ${value} is outside ${range.low}-${name === 'hour' ? 23 : range.high}${hint}`
}

/** Weekdays as 0 = Sunday, hour 24 as 0. */
function normal(name: FieldName, value: number, dialect: Dialect): number {
  if (name === 'weekday') return (value + 7 - dialect.sunday) % 7
  return name === 'hour' ? value % 24 : value
}

function spread(name: FieldName, low: number, high: number, step: number, dialect: Dialect, range: Range): number[] {
  const { low: first, high: last } = name === 'weekday' ? { low: range.low, high: range.low + 6 } : ranges[name]
  const size = last - first + 1
  const end = low > high ? high + size : high
  const values: number[] = []
  for (let value = low; value <= end; value += step)
    values.push(normal(name, value > last && low > high ? value - size : value, dialect))
  return values
}

function hashPart(
  name: FieldName,
  body: string,
  step: number | undefined,
  dialect: Dialect,
  range: Range,
): Part | string {
  const inner = /^H(?:\((\d+)-(\d+)\))?$/.exec(body)
  if (!inner) return `\`${body}\` is not a ${fieldWords[name]} that ${dialect.reader} understands`
  const low = inner[1] === undefined ? range.low : Number(inner[1])
  // Which value it will be is the scheduler's secret; how often it fires is not.
  return step === undefined
    ? { values: [low] }
    : { values: spread(name, low, star(name, range), step, dialect, range), step }
}

function dayRule(name: FieldName, part: string, dialect: Dialect, range: Range): Part | undefined {
  if (name === 'day') {
    const last = /^(?:L(?:-(\d{1,2}))?|last)$/i.exec(part)
    if (last && dialect.lastDay) return { rule: { kind: 'last', back: Number(last[1] ?? 0) } }
    const fromEnd = /^-(\d{1,2})$/.exec(part)
    if (fromEnd && dialect.natural && dialect.lastDay && Number(fromEnd[1]) >= 1 && Number(fromEnd[1]) <= 31) {
      return { rule: { kind: 'last', back: Number(fromEnd[1]) - 1 } }
    }
    const workday = /^(\d{1,2}|L)W$/i.exec(part)
    if (workday && dialect.nearestWorkday)
      return { rule: { kind: 'workday', day: /^L/i.test(part) ? 'last' : Number(workday[1]) } }
    return undefined
  }
  if (name !== 'weekday') return undefined
  const nth = /^([0-7]|[a-z]{3})#(-?[1-5]|L|last)$/i.exec(part)
  const lastOf = /^([0-7]|[a-z]{3})L$/i.exec(part)
  if (lastOf === null && nth === null)
    return /^L$/i.test(part) && dialect.lastWeekdayOfMonth ? { values: [6] } : undefined
  if (nth ? !dialect.nth : !dialect.lastWeekdayOfMonth) return undefined
  const day = readNumber('weekday', nth?.[1] ?? lastOf?.[1] ?? '', dialect, range, part)
  if (typeof day === 'string') return undefined
  const count = nth === null || /^l/i.test(nth[2] ?? '') ? -1 : Number(nth[2])
  return { rule: { kind: 'nth', weekday: normal('weekday', day, dialect), nth: count } }
}
