import { escapePattern } from '../../text/pattern.ts'

const qualified = /(?<![\w.$])["`]?(\w+)["`]?\.["`]?(\w+)(?![\w(])/g
const source = String.raw`\b(?:from|join|update)\s+["\`]?(?:\w+["\`]?\.["\`]?)?`

/** Lines before and behind that may name the table of an alias. */
const reach = 6

/**
 * `o.coupon_code` where the statement reads `orders o`: the alias tells the table, however common the column's name is.
 * An alias that stands for another table close by tells nothing.
 */
export function isAliased(lines: readonly string[], at: number, table: string, columns: readonly string[]): boolean {
  const line = lines[at] ?? ''
  if (!line.includes('.')) return false
  const aliases = [...line.matchAll(qualified)].flatMap(([, alias = '', name = '']) =>
    columns.includes(name) ? [alias.toLowerCase()] : [],
  )
  if (aliases.length === 0) return false
  const around = lines.slice(Math.max(0, at - reach), at + reach + 1).join(' ')
  if (!/\b(select|update|delete|insert)\b/i.test(around)) return false
  return aliases.some(alias => {
    const named = [
      ...around.matchAll(new RegExp(`${source}(\\w+)["\`]?\\s+(?:as\\s+)?${escapePattern(alias)}\\b`, 'gi')),
    ]
    return named.length > 0 && named.every(([, name = '']) => name.toLowerCase() === table)
  })
}
