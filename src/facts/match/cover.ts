import { anyPattern } from './reach.ts'

/** What must hold for an entry to match: values by field. No field at all matches everything. */
export type Conditions = ReadonlyMap<string, readonly string[]>

const anyText = /^(\*|any|all|-1|0\.0\.0\.0\/0|::\/0|0-65535|\/|\/\*{0,2}|\/\(\.\*\)|\/:\w+\*|\/\.\*|\*\*)$/i

/** Fields that compare whole values: a short one covers nothing but itself. */
const exact = /(^|\.)(exact|equals|eq)$/i

export function coversAll(conditions: Conditions): boolean {
  return [...conditions].every(([field, values]) => !exact.test(field) && values.some(value => isAny(field, value)))
}

/** `match: { any: true }`. What is called a default is asked last wherever it stands. */
const anyField = /(^|[._-])(any|all|always|everything)$/i

function isAny(field: string, value: string): boolean {
  if (/^(true|yes)$/i.test(value)) return anyField.test(field)
  return anyText.test(value) || anyPattern(value)
}

/** Does everything that `narrow` matches match `wide` too? Only said where it is plain from the text. */
export function covers(wide: Conditions, narrow: Conditions): boolean {
  return [...wide].every(([field, values]) => {
    if (!exact.test(field) && values.some(value => isAny(field, value))) return true
    const other = narrow.get(field)
    return other?.every(value => values.some(from => valueCovers(field, from, value))) === true
  })
}

function valueCovers(field: string, wide: string, narrow: string): boolean {
  if (wide === narrow) return true
  if (exact.test(field)) return false
  const range = rangeOf(wide)
  if (range !== undefined) {
    const other = rangeOf(narrow)
    return other !== undefined && contains(range, other)
  }
  const stem =
    /^(\/[\w./-]*)(\*{1,2}|\(\.\*\)|:\w+\*|\.\*)$/.exec(wide)?.[1] ?? (/prefix$/i.test(field) ? wide : undefined)
  return stem !== undefined && stem !== '' && narrow.startsWith(stem)
}

/** An IPv4 range as numbers: first address, and the bits that are fixed. */
export interface Range {
  readonly first: number
  readonly bits: number
}

export function rangeOf(text: string): Range | undefined {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text.trim())
  if (!found) return undefined
  const parts = found.slice(1, 5).map(Number)
  const bits = found[5] === undefined ? 32 : Number(found[5])
  if (bits > 32 || parts.some(part => part > 255)) return undefined
  const address = parts.reduce((sum, part) => sum * 256 + part, 0)
  const size = 2 ** (32 - bits)
  return { first: Math.floor(address / size) * size, bits }
}

export function contains(wide: Range, narrow: Range): boolean {
  const size = 2 ** (32 - wide.bits)
  return wide.bits <= narrow.bits && narrow.first >= wide.first && narrow.first < wide.first + size
}
