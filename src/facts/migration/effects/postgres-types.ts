import type { ColumnType, Expression } from '../operation.ts'
import {
  constructs,
  notVolatile,
  notVolatileInExtensions,
  sameBytes,
  sameBytesInExtensions,
} from './postgres-catalog.ts'

/**
 * Does the default give another value for every row, so that it writes the whole table anew? `now()` and `current_date`
 * are computed once. A function that is not known counts as volatile, as in Postgres.
 */
export function isVolatile(value: Expression): boolean {
  return value.functions.some(
    name => !notVolatile.has(name) && !constructs.has(name) && !notVolatileInExtensions.has(name),
  )
}

/** Whether a change of type writes every row anew. `utc`: times keep their bytes, because the session is in UTC. */
export function typeRewrites(from: ColumnType, to: ColumnType, utc: boolean): boolean {
  if ((from.array === true) !== (to.array === true)) return true
  // The elements of an array are converted one by one, even when each of them stays what it is.
  if (from.array === true) return !(from.name === to.name && (to.arguments.length === 0 || sameArguments(from, to)))
  if (from.name === to.name) return !keepsWidth(from, to)
  const pair = `${from.name}>${to.name}`
  if (sameBytes.has(pair) || sameBytesInExtensions.has(pair)) return to.arguments.length > 0
  const zone = new Set([from.name, to.name])
  if (zone.has('timestamp') && zone.has('timestamptz')) return !utc
  return true
}

function sameArguments(from: ColumnType, to: ColumnType): boolean {
  return from.arguments.join() === to.arguments.join()
}

/** Operators of the new type differ from those of the old one: indexes on the column are built anew, the rows stay. */
export function rebuildsIndexes(from: ColumnType, to: ColumnType): boolean {
  return from.name !== to.name && /^(integer|oid|regclass)$/.test(from.name) && /^(integer|oid|regclass)$/.test(to.name)
}

function keepsWidth(from: ColumnType, to: ColumnType): boolean {
  switch (from.name) {
    case 'varchar':
    case 'varbit':
      return unboundedOrWider(from, to)
    // Six digits are what they have without an argument, and the most they can have.
    case 'timestamp':
    case 'timestamptz':
    case 'time':
    case 'timetz':
      return (to.arguments[0] ?? 6) >= (from.arguments[0] ?? 6)
    // Fields (`DAY TO SECOND`) first, then the precision.
    case 'interval':
      return sameArguments(from, to) || (isWholeInterval(to) && (to.arguments[1] ?? 6) >= (from.arguments[1] ?? 6))
    case 'numeric': {
      if (to.arguments.length === 0) return true
      return (
        from.arguments.length > 0 && (from.arguments[1] ?? 0) === (to.arguments[1] ?? 0) && unboundedOrWider(from, to)
      )
    }
    case 'char':
    case 'bit':
      return (from.arguments[0] ?? 1) === (to.arguments[0] ?? 1)
    default:
      return true
  }
}

function unboundedOrWider(from: ColumnType, to: ColumnType): boolean {
  const [width] = to.arguments
  const [before] = from.arguments
  return width === undefined || (before !== undefined && width >= before)
}

function isWholeInterval({ arguments: [fields] }: ColumnType): boolean {
  return fields === undefined || fields === 0x7fff
}

/** Without the old type: changes that are nearly always a widening are given the benefit of the doubt. */
export function likelyRewrites(to: ColumnType): boolean {
  return !['text', 'varchar', 'citext', 'numeric', 'interval'].includes(to.name) || to.array === true
}

/** `USING column` and `USING column::type` change nothing by themselves. */
export function plainUsing(using: Expression, column: string): boolean {
  const bare = using.text.replace(/[\s()"]/g, '').toLowerCase()
  const name = column.toLowerCase()
  return (
    bare === name ||
    (/^::[^:]+$/.test(bare.slice(name.length)) && bare.startsWith(`${name}::`)) ||
    bare.startsWith(`cast${name}as`)
  )
}
