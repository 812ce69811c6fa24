import type { Entry } from './entry.ts'
import type { Nodes } from './nodes.ts'
import { entryAt, present } from './settings.ts'

/** The `cron:` list of App Engine's cron.yaml: each entry has the address that is called and a schedule in words. */
export function appEngineEntries(nodes: Nodes): Entry[] {
  return present(
    nodes.list(nodes.get(nodes.document.contents, 'cron')).map(item => {
      const url = nodes.text(nodes.get(item, 'url'))
      if (url === '') return undefined
      const node = nodes.get(item, 'schedule')
      const name = nodes.text(nodes.get(item, 'description')) || url
      const entry = entryAt(nodes, node, {
        id: `cron ${url}`,
        name,
        dialect: 'app-engine',
        around: item,
        zone: nodes.get(item, 'timezone'),
        command: `${name} ${url}`,
      })
      if (entry === undefined) return undefined
      const interval = everySeconds(entry.expression)
      if (interval !== undefined) return { ...entry, everySeconds: interval }
      const reads = fieldsOf(entry.expression)
      return reads === undefined ? entry : { ...entry, reads }
    }),
  )
}

/** `every 5 minutes`, `every 2 hours from 10:00 to 14:00`, `every 1 hours synchronized`. */
const interval =
  /^every (\d+) (hours?|mins?|minutes?)( synchronized| from (?:[01]?\d|2[0-3]):[0-5]\d to (?:[01]?\d|2[0-3]):[0-5]\d)?$/i

function everySeconds(text: string): number | undefined {
  const [, count, unit = ''] = interval.exec(text.trim()) ?? []
  return count === undefined || Number(count) === 0 ? undefined : Number(count) * (/^h/i.test(unit) ? 3600 : 60)
}

const day = '(?:mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)'
const month =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)'
const ordinal = '(?:every|1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth)'
const listOf = (word: string) => `${word}(?:,${word})*`
/** `every day 00:00`, `every monday 09:00`, `1,15 of month 03:00`, `2nd,third mon of march 17:00`. */
const calendar = new RegExp(
  `^(?:(${listOf(ordinal)}) (day|${listOf(day)})|([1-9]\\d?(?:,[1-9]\\d?)*))(?: of (month|quarter|${listOf(month)}))? ([01]?\\d|2[0-3]):([0-5]\\d)$`,
  'i',
)

/** The five fields that a schedule in words means, where fields can say it. */
function fieldsOf(text: string): string | undefined {
  const found = calendar.exec(
    text
      .trim()
      .toLowerCase()
      .replace(/\s*,\s*/g, ',')
      .replace(/\s+/g, ' '),
  )
  if (found === null) return undefined
  const [, ordinals = '', days = 'day', numbers = '', of = 'month', hour = '0', minute = '0'] = found
  const months = of === 'month' ? '*' : of === 'quarter' ? '1,4,7,10' : short(of)
  const onDays = numbers !== '' || /^every$/.test(ordinals) ? numbers || '*' : '1-7'
  const weekdays = numbers !== '' || days === 'day' ? '*' : short(days)
  return `${Number(minute)} ${Number(hour)} ${weekdays === '*' ? onDays : '*'} ${months} ${weekdays}`
}

function short(words: string): string {
  return words
    .split(',')
    .map(word => word.slice(0, 3))
    .join(',')
}
