import { parseCalendar } from './calendar.ts'
import { type Dialect, type DialectName, dialectOf, type FieldName } from './dialects.ts'
import { type CronField, type CronProblem, fieldWords, parseField } from './field.ts'
import { parseDuration, parseNatural, parseRate } from './natural.ts'

/** The fields of an expression by name; a field that the dialect does not write is at its default. */
export type CronFields = Readonly<Record<Exclude<FieldName, 'year'>, CronField>> & { readonly year?: CronField }

/** What an expression says, as the named scheduler reads it. */
export interface Cron {
  readonly text: string
  readonly dialect: Dialect
  /** Absent for fixed intervals, `@reboot`, and text whose times are not computed. */
  readonly fields?: CronFields
  /** A fixed interval in seconds (`@every 5m`, `rate(5 minutes)`). */
  readonly everySeconds?: number
  /** How many fields were written. */
  readonly written: number
  /** Day of month and day of week must both match (fugit's `&`). */
  readonly bothMustMatch: boolean
  readonly zone?: { readonly name: string; readonly column: number }
  readonly problems: readonly CronProblem[]
}

interface Token {
  readonly text: string
  readonly column: number
}

const macroForms: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@noon': '0 12 * * *',
  '@hourly': '0 * * * *',
}

/** The five fields a macro such as `@daily` stands for. */
export function macroForm(text: string): string | undefined {
  return macroForms[text.toLowerCase()]
}

/** Longest text read as an expression. */
const longest = 300

/** Reads an expression as the named scheduler does. Never throws; what it would refuse is in `problems`. */
export function parseCron(text: string, name: DialectName): Cron {
  const dialect = dialectOf(name)
  const empty = { text, dialect, written: 0, bothMustMatch: false }
  const refuse = (message: string, column = 1, length = Math.max(1, text.length)): Cron => ({
    ...empty,
    problems: [{ column, length, message }],
  })
  if (text.trim() === '') return refuse('the schedule is empty')
  if (text.length > longest) return refuse('the schedule is too long to be one', 1, longest)
  if (dialect.calendar) {
    const calendar = parseCalendar(text)
    if ('message' in calendar) return refuse(calendar.message)
    if ('opaque' in calendar) return { ...empty, problems: [] }
    const zone = calendar.zone === undefined ? {} : { zone: { name: calendar.zone, column: 1 } }
    return { ...parseTokens(calendar.cron, dialect, empty), text, ...zone }
  }
  const rate = dialect.rate ? parseRate(text, dialect) : undefined
  if (rate && 'message' in rate) return refuse(rate.message)
  if (rate && 'everySeconds' in rate) return { ...empty, everySeconds: rate.everySeconds, problems: [] }
  if (rate && 'opaque' in rate) return { ...empty, problems: [] }
  if (rate) return shift(parseTokens(rate.inner, dialect, empty), rate.offset, text)
  if (text.trimStart().startsWith('@')) return parseMacro(text, dialect, empty, refuse)
  if (
    dialect.natural &&
    /^\s*[a-z]{2,}\b/i.test(text) &&
    !/^\s*(C?RON_)?TZ=/.test(text) &&
    !/^\s*\S+(\s+\S+){3,}\s+(\*|\d|[A-Za-z]{3}\b)/.test(text)
  ) {
    const natural = parseNatural(text)
    if (natural === undefined) return refuse(`\`${text}\` is not a schedule that ${dialect.reader} understands`)
    return natural.cron === undefined
      ? { ...empty, problems: [] }
      : {
          ...parseTokens(natural.cron, dialect, empty),
          text,
          written: 0,
          ...(natural.zone ? { zone: { name: natural.zone, column: 1 } } : {}),
        }
  }
  return parseTokens(text, dialect, empty)
}

type Empty = Pick<Cron, 'text' | 'dialect' | 'written' | 'bothMustMatch'>

function parseMacro(
  text: string,
  dialect: Dialect,
  empty: Empty,
  refuse: (message: string, column?: number, length?: number) => Cron,
): Cron {
  const macro = text.trim().toLowerCase()
  if (macro.startsWith('@every')) {
    if (!dialect.every) return refuse(`${dialect.reader} does not know \`@every\``)
    const seconds = parseDuration(macro.slice(6).trim())
    // robfig/cron rounds anything under a second up to one.
    return seconds === undefined
      ? refuse(`\`${text.trim()}\` has no duration such as 5m or 1h30m`)
      : { ...empty, everySeconds: Math.max(1, Math.floor(seconds)), problems: [] }
  }
  if (!dialect.macros.includes(macro)) {
    const form = macroForms[macro]
    return refuse(
      `${dialect.reader} does not know \`${text.trim()}\`${form === undefined ? '' : `; write \`${form}\``}`,
    )
  }
  const form = macroForms[macro]
  if (form === undefined) return { ...empty, problems: [] }
  const first = dialect.layouts[0]?.[0] === 'second' ? `0 ${form}` : form
  return { ...parseTokens(first, dialect, empty), written: 0 }
}

function tokensOf(text: string): Token[] {
  return [...text.matchAll(/\S+/g)].map(match => ({ text: match[0], column: match.index + 1 }))
}

function parseTokens(text: string, dialect: Dialect, empty: Empty): Cron {
  const problems: CronProblem[] = []
  let tokens = tokensOf(text)
  let zone: Cron['zone']
  const first = tokens[0]
  const prefix = first && /^(?:CRON_)?TZ=(.*)$/.exec(first.text)
  if (first && prefix) {
    if (dialect.zone !== 'prefix') {
      const other = dialect.reader === 'Kubernetes' ? '; set `timeZone` beside `schedule`' : ''
      return {
        ...empty,
        problems: [
          {
            column: first.column,
            length: first.text.length,
            message: `${dialect.reader} takes no time zone inside the schedule${other}`,
          },
        ],
      }
    }
    zone = { name: prefix[1] ?? '', column: first.column }
    tokens = tokens.slice(1)
  }
  const last = tokens.at(-1)
  if (dialect.zone === 'suffix' && last && tokens.length > 5 && isZone(last.text)) {
    zone = { name: last.text, column: last.column }
    tokens = tokens.slice(0, -1)
  }
  if (dialect.strictBlanks && text !== text.trim())
    problems.push({
      column: 1,
      length: text.length,
      message: `${dialect.reader} does not take blanks around the schedule`,
    })
  const layout = dialect.layouts.find(fields => fields.length === tokens.length)
  if (!layout) {
    problems.push({ column: 1, length: text.length, message: countMessage(tokens.length, dialect) })
    return { ...empty, written: tokens.length, problems }
  }
  const fields: Partial<Record<FieldName, CronField>> = {}
  let bothMustMatch = dialect.bothDays === 'and'
  layout.forEach((name, index) => {
    const token = tokens[index]
    if (!token) return
    // fugit's `&` at the end of a day field joins both day fields.
    const joined = dialect.zone === 'suffix' && token.text.endsWith('&') && (name === 'day' || name === 'weekday')
    if (joined) bothMustMatch = true
    fields[name] = parseField(name, joined ? token.text.slice(0, -1) : token.text, token.column, dialect, problems)
  })
  const { minute, hour, day, month, weekday } = fields
  if (!minute || !hour || !day || !month || !weekday) return { ...empty, problems }
  const second = fields.second ?? parseField('second', '0', 1, dialect, [])
  dayProblems(day, weekday, dialect, problems)
  if (dialect.refusesImpossibleDays && problems.length === 0 && isImpossible(day, month)) {
    problems.push({ column: day.column, length: day.text.length, message: 'no month of this schedule has such a day' })
  }
  return {
    ...empty,
    written: tokens.length,
    bothMustMatch,
    fields: { second, minute, hour, day, month, weekday, ...(fields.year ? { year: fields.year } : {}) },
    ...(zone ? { zone } : {}),
    problems,
  }
}

function isZone(text: string): boolean {
  return /^[A-Z][A-Za-z0-9+_-]+(\/[A-Z][A-Za-z0-9+_-]+){0,2}$/.test(text) &&
    !/^(SUN|MON|TUE|WED|THU|FRI|SAT)([-,].*)?$/.test(text)
    ? true
    : /^[-+]\d\d:?\d\d$/.test(text)
}

function countMessage(count: number, dialect: Dialect): string {
  const wanted = dialect.layouts.map(fields => String(fields.length)).join(' or ')
  const order = dialect.layouts[0]?.map(field => fieldWords[field]).join(', ') ?? ''
  return `${count} field${count === 1 ? '' : 's'} where ${dialect.reader} reads ${wanted} (${order})`
}

function dayProblems(day: CronField, weekday: CronField, dialect: Dialect, problems: CronProblem[]): void {
  const at = { column: weekday.column, length: weekday.text.length }
  if (dialect.question === 'one-day' && (day.text === '?') === (weekday.text === '?')) {
    problems.push({
      ...at,
      message: `${dialect.reader} wants \`?\` in exactly one of day of the month and day of the week`,
    })
  } else if (dialect.bothDays === 'refused' && dialect.question === undefined && !day.star && !weekday.star) {
    problems.push({ ...at, message: `${dialect.reader} takes a day of the month or a day of the week, not both` })
  }
}

const longestMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isImpossible(day: CronField, month: CronField): boolean {
  if (day.full || month.full || day.rules.length > 0) return false
  return !month.values.some(m => day.values.some(d => d <= (longestMonth[m - 1] ?? 31)))
}

/** Moves the columns of something read from inside `cron(…)`. */
function shift(cron: Cron, by: number, text: string): Cron {
  return { ...cron, text, problems: cron.problems.map(problem => ({ ...problem, column: problem.column + by })) }
}
