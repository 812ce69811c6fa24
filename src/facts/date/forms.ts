import type { Language } from '../../artifact/types.ts'
import type { DateFact } from './index.ts'

export interface DateForm {
  readonly languages: readonly Language[]
  /** Global. Group `kept` (optional) is the text that must not name a day; group `of` is the date it starts from. */
  readonly pattern: RegExp
  readonly unit: DateFact['unit']
  readonly raises: string
  /** What in the matched text makes the calculation safe. */
  readonly unless?: RegExp
  /** The part of the matched text that is shown; else all of it. */
  readonly at?: RegExp
}

const inner = String.raw`(?:[^()\n]|\([^()\n]*\))*?`
/** A date: a name, an attribute or a call without arguments. */
const date = String.raw`(?<of>[\w.@]+(?:\(\))?)`
const shift = String.raw`\s*[+-]\s*[\w.]+`

/** How each language writes it. What the library does with a day that does not exist is its documented behaviour. */
export const forms: readonly DateForm[] = [
  {
    languages: ['python'],
    pattern: new RegExp(String.raw`${date}\.replace\((?<kept>${inner}\byear\s*=\s*(?![\d"'])${inner})\)`, 'g'),
    unit: 'year',
    raises: 'ValueError',
  },
  {
    languages: ['python'],
    pattern: new RegExp(
      String.raw`${date}\.replace\((?<kept>${inner}\bmonth\s*=\s*[\w.]*month${shift}${inner})\)`,
      'g',
    ),
    unit: 'month',
    raises: 'ValueError',
  },
  {
    languages: ['python'],
    pattern: new RegExp(
      String.raw`\b(?:date|datetime)\(\s*${date}\.year${shift},\s*[\w.]+\.month,\s*[\w.]+\.day\b`,
      'g',
    ),
    unit: 'year',
    raises: 'ValueError',
  },
  {
    languages: ['ruby'],
    pattern: new RegExp(
      String.raw`\b(?:Date|DateTime)\.(?:new|civil)[( ]\s*${date}\.year${shift},\s*[\w.@]+\.mon(?:th)?,\s*[\w.@]+\.m?day\b`,
      'g',
    ),
    unit: 'year',
    raises: 'Date::Error',
  },
  {
    languages: ['java', 'kotlin'],
    pattern: new RegExp(
      String.raw`\b(?:LocalDate|LocalDateTime|ZonedDateTime|OffsetDateTime)\.of\(\s*${date}\.(?:getYear\(\)|year)${shift},\s*[\w.]+\.(?:getMonth(?:Value)?\(\)|month(?:Value)?),\s*[\w.]+\.(?:getDayOfMonth\(\)|dayOfMonth)`,
      'g',
    ),
    unit: 'year',
    raises: 'DateTimeException',
  },
  {
    languages: ['csharp'],
    pattern: new RegExp(
      String.raw`\bnew\s+(?:System\.)?(?:DateTime|DateTimeOffset|DateOnly)\(\s*${date}\.Year${shift},\s*[\w.]+\.Month,\s*[\w.]+\.Day\b`,
      'g',
    ),
    unit: 'year',
    raises: 'ArgumentOutOfRangeException',
  },
  {
    languages: ['rust'],
    pattern: new RegExp(
      String.raw`${date}\s*\.with_year\(\s*[\w.]+\.year\(\)${shift}\s*\)\s*\.(?:unwrap|expect)\(`,
      'g',
    ),
    unit: 'year',
    raises: 'a panic',
  },
  {
    languages: ['rust'],
    pattern: new RegExp(
      String.raw`\bfrom_ymd(?:_opt)?\(\s*${date}\.year\(\)${shift},\s*[\w.]+\.month\(\),\s*[\w.]+\.day\(\),?\s*\)(?:(?!_opt)|\s*\.(?:unwrap|expect))`,
      'g',
    ),
    unit: 'year',
    raises: 'a panic',
  },
  {
    languages: ['go'],
    pattern:
      /\brand\.(?:Int(?:31|63)?n|Int(?:32|64)?N|N)\(\s*(?:int(?:64|32)?\(\s*)?(?<of>\w[\w.]*(?:\([^()\n]*\)(?:\.\w+)*){0,4})?(?:\.Sub\(|time\.(?:Since|Until)\()[^\n]*\)/g,
    unit: 'clock',
    raises: 'a panic',
  },
  {
    // The difference has a name first; `unless` is the check that makes it positive.
    languages: ['go'],
    pattern:
      /\b(?<name>\w+)\s*:?=\s*[^\n;=]{0,200}?(?:\.Sub\(|time\.(?:Since|Until)\()[^\n;]{0,200}(?:\n(?!func\b|\}|[^\n]*\b\k<name>\s*:?=(?!=))[^\n]*){0,12}?\n[^\n/]*\brand\.(?:Int(?:31|63)?n|Int(?:32|64)?N|N)\(\s*(?:int(?:64|32)?\(\s*)?\k<name>\b[^\n]*/g,
    unit: 'clock',
    raises: 'a panic',
    unless: /[<>]=?\s*(?:0|1|time\.\w+)\b|\b(?:0|1)\s*[<>]|\bmax\(|\bAbs\(\)|\babs\(/,
    at: /\brand\.\w+\([^\n]*\)/,
  },
]
