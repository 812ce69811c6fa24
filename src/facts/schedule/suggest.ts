import type { DialectName } from './dialects.ts'
import { frequencyOf } from './frequency.ts'
import { type Cron, macroForm, parseCron } from './parse.ts'

/** The same expression with one field replaced, blanks kept. */
function withField(text: string, index: number, value: string): string {
  let at = -1
  return text.replace(/\S+/g, token => (++at === index ? value : token))
}

/** The expression that was probably meant in place of one that is refused or runs every minute; '' when none is known. */
export function suggestionFor(cron: Cron, name: DialectName, now: Date): string {
  const { text } = cron
  const candidates = cron.problems.length > 0 ? repairs(text, name) : calmer(cron)
  return candidates.find(candidate => candidate !== text && isSound(candidate, name, now)) ?? ''
}

function isSound(text: string, name: DialectName, now: Date): boolean {
  const cron = parseCron(text, name)
  return (
    cron.problems.length === 0 &&
    (cron.fields !== undefined || cron.everySeconds !== undefined) &&
    frequencyOf(cron, now)?.runsPerWeek !== 0
  )
}

/** Ways in which a refused expression is usually wrong, the likeliest first. */
function repairs(text: string, name: DialectName): string[] {
  const clean = text.trim()
  const tokens = clean.split(/\s+/)
  const [first = '', second = ''] = tokens
  const macro = macroForm(clean)
  const base = tokens.length === 6 && !name.startsWith('aws') ? 1 : 0
  const weekday = base + 4
  return [
    ...(macro === undefined ? [] : [macro]),
    ...(clean === text ? [] : [clean]),
    ...(/^(C?RON_)?TZ=/.test(first) ? [tokens.slice(1).join(' ')] : []),
    // Minute and hour changed places: 1 31 for 31 1.
    ...(tokens.length === 5 && /^\d+$/.test(first) && /^\d+$/.test(second) && Number(second) > 24
      ? [[second, first, ...tokens.slice(2)].join(' ')]
      : []),
    withField(clean, weekday, weekdaySeven(tokens[weekday] ?? '')),
    withField(clean, base + 1, (tokens[base + 1] ?? '').replace(/\b24\b/, '0')),
    withField(clean, base, (tokens[base] ?? '').replace(/\b60\b/, '0')),
    ...(tokens.some(token => token.includes('?')) ? [clean.replaceAll('?', '*')] : []),
    ...(tokens.length === 6 && first === '0' ? [tokens.slice(1).join(' ')] : []),
    ...(tokens.length === 5 ? [`0 ${clean}`] : []),
    ...(name.startsWith('aws') ? awsForms(clean.replace(/^cron\(|\)$/g, '')) : []),
    clean.replace(/,(?=\s|$)/g, ''),
    clean.replace(/(^|\s)\*(\d)/g, '$1*/$2'),
    ...unwrapped(clean, tokens, base),
  ]
}

function weekdaySeven(token: string): string {
  if (token === '0-7' || token === '1-7') return '*'
  const range = /^(\d)-7$/.exec(token)
  return range ? `${range[1]}-6,0` : token.replace(/\b7\b/g, '0')
}

function awsForms(inner: string): string[] {
  const tokens = inner.trim().split(/\s+/)
  if (tokens.length !== 5 && tokens.length !== 6) return []
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = '*'] = tokens
  const everyMinutes = /^\*(?:\/(\d+))?$/.exec(minute)
  if (everyMinutes && [hour, day, month, weekday].every(token => token === '*')) {
    const step = Number(everyMinutes[1] ?? 1)
    return [step === 1 ? 'rate(1 minute)' : `cron(*/${step} * * * ? ${year})`]
  }
  // Weekday numbers are shifted by one; only names are safe to move.
  if (/\d/.test(weekday)) return []
  return [
    weekday === '*'
      ? `cron(${minute} ${hour} ${day} ${month} ? ${year})`
      : `cron(${minute} ${hour} ? ${month} ${weekday} ${year})`,
  ]
}

/** 22-4 as 22-23,0-4. */
function unwrapped(clean: string, tokens: readonly string[], base: number): string[] {
  const limits: readonly (readonly [number, number, number])[] = [
    [base, 0, 59],
    [base + 1, 0, 23],
    [base + 4, 0, 6],
  ]
  return limits.flatMap(([index, low, high]) => {
    const range = /^(\d+)-(\d+)$/.exec(tokens[index] ?? '')
    if (!range || Number(range[1]) <= Number(range[2]) || Number(range[1]) > high) return []
    return [withField(clean, index, `${range[1]}-${high},${low}-${range[2]}`)]
  })
}

/** The same times once each: minute 0 for every minute, second 0 for every second. */
function calmer(cron: Cron): string[] {
  const { fields, text, written } = cron
  if (!fields || written === 0) return []
  const inside = /^\s*cron\((.*)\)\s*$/.exec(text)
  const wrap = (expression: string): string => (inside ? `cron(${expression})` : expression)
  const body = inside?.[1] ?? text
  const first = cron.dialect.layouts.find(layout => layout.length === written)?.[0]
  const minuteAt = first === 'second' ? 1 : 0
  if (fields.second.full && first === 'second') return [withField(body, 0, '0')]
  return fields.minute.full ? [wrap(withField(body, minuteAt, '0'))] : []
}
