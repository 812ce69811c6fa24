import type { ColumnType } from '../operation.ts'

/** What stays of a column's rows when its type changes: `same` type, `grows` by description only, `converts` with other charset metadata, or is `copied`. */
export type TypeChange = { readonly how: 'same' | 'grows' | 'recoded' | 'copied'; readonly assumes?: string }

const copied: TypeChange = { how: 'copied' }
const same: TypeChange = { how: 'same' }

/** Spellings that other front ends and schema files use. */
const aliases: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  int2: 'smallint',
  bool: 'tinyint',
  boolean: 'tinyint',
  numeric: 'decimal',
  string: 'varchar',
  'character varying': 'varchar',
  character: 'char',
  'double precision': 'double',
  real: 'double',
}

const integers = ['tinyint', 'smallint', 'mediumint', 'integer', 'bigint']
const texts = ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set']
/** Arguments that a type has when it names none. */
const defaults: Readonly<Record<string, readonly number[]>> = { decimal: [10, 0], char: [1], binary: [1], bit: [1] }

export const nameOf = (type: ColumnType): string => aliases[type.name.toLowerCase()] ?? type.name.toLowerCase()

function charsetOf(type: ColumnType): string | undefined {
  const named =
    /\b(?:character set|charset)\s+'?(\w+)/i.exec(type.text)?.[1] ?? /\bcollate\s+'?([a-z0-9]+)_?/i.exec(type.text)?.[1]
  const charset = named?.toLowerCase()
  return charset === 'utf8' ? 'utf8mb3' : charset
}

const collationOf = (type: ColumnType): string | undefined => /\bcollate\s+'?(\w+)/i.exec(type.text)?.[1]?.toLowerCase()

function bytesPerCharacter(charset: string): number {
  if (/^(?:utf8mb4|utf16|utf16le|utf32|gb18030)$/.test(charset)) return 4
  if (/^(?:utf8mb3|eucjpms|ujis)$/.test(charset)) return 3
  return /^(?:ucs2|gbk|big5|sjis|cp932|euckr|gb2312)$/.test(charset) ? 2 : 1
}

/** Values of `enum('a','b')`. */
function valuesOf(type: ColumnType): readonly string[] | undefined {
  const inside = /\(([\s\S]*)\)/.exec(type.text)?.[1]
  return inside?.match(/'(?:[^'\\]|''|\\.)*'/g) ?? undefined
}

function listChange(from: ColumnType, to: ColumnType): TypeChange {
  const [before, after] = [valuesOf(from), valuesOf(to)]
  if (!before || !after) return { how: 'grows', assumes: 'new values are added at the end of the list' }
  if (!before.every((value, at) => after[at] === value)) return copied
  if (before.length === after.length) return same
  // A value is stored in one or two bytes, a set in one bit per value; when that changes, every row does.
  const size = (count: number) => (nameOf(to) === 'enum' ? Number(count > 255) : Math.ceil(count / 8))
  return size(before.length) === size(after.length) ? { how: 'grows' } : copied
}

function lengthChange(from: number, to: number, bytes: number | undefined, engine: 'mysql' | 'mariadb'): TypeChange {
  if (from === to) return same
  if (to < from) return copied
  const fits = (perCharacter: number) => {
    const [before, after] = [from * perCharacter, to * perCharacter]
    // The length of a value takes one byte up to 255, two beyond. MariaDB's format tells them apart below 128.
    return before > 255 || after <= 255 || (engine === 'mariadb' && before <= 127)
  }
  if (bytes !== undefined) return fits(bytes) ? { how: 'grows' } : copied
  const four = fits(4)
  if (four === fits(1) && four === fits(3)) return four ? { how: 'grows' } : copied
  return { how: four ? 'grows' : 'copied', assumes: 'the column is in utf8mb4, four bytes a character' }
}

/** Compares the type of a column before and after. `charset` is the table's own, where known. */
export function changeOfType(
  from: ColumnType,
  to: ColumnType,
  engine: 'mysql' | 'mariadb',
  charset: string | undefined,
): TypeChange {
  const name = nameOf(to)
  if (nameOf(from) !== name) return copied
  const [before, after] = [from.arguments, to.arguments]
  if (integers.includes(name)) {
    const unsigned = (type: ColumnType) => /\b(?:unsigned|zerofill)\b/i.test(type.text)
    return unsigned(from) === unsigned(to) ? same : copied
  }
  let recoded = false
  if (texts.includes(name)) {
    const [old, next] = [charsetOf(from) ?? charset, charsetOf(to) ?? charset]
    if (old !== undefined && next !== undefined && old !== next) {
      if (engine !== 'mariadb' || old !== 'utf8mb3' || next !== 'utf8mb4') return copied
      recoded = true
    }
    const [oldCollation, nextCollation] = [collationOf(from), collationOf(to)]
    if (oldCollation !== undefined && nextCollation !== undefined && oldCollation !== nextCollation) {
      if (engine !== 'mariadb') return copied
      recoded = true
    }
  }
  const change = sameName(name, before, after, from, to, engine, charset)
  return recoded && change.how !== 'copied' ? { ...change, how: 'recoded' } : change
}

function sameName(
  name: string,
  before: readonly number[],
  after: readonly number[],
  from: ColumnType,
  to: ColumnType,
  engine: 'mysql' | 'mariadb',
  charset: string | undefined,
): TypeChange {
  if (name === 'enum' || name === 'set') return listChange(from, to)
  if (name === 'varbinary') return lengthChange(before[0] ?? 0, after[0] ?? 0, 1, engine)
  if (name === 'varchar') {
    const set = charsetOf(from) ?? charsetOf(to) ?? charset
    return lengthChange(
      before[0] ?? 255,
      after[0] ?? 255,
      set === undefined ? undefined : bytesPerCharacter(set),
      engine,
    )
  }
  // Display widths of floats say nothing about their storage; TEXT(n) and BLOB(n) pick the type by n.
  const standard = defaults[name] ?? [0]
  const of = (given: readonly number[]) => standard.map((value, at) => given[at] ?? value).join()
  if (of(before) !== of(after)) return copied
  return /\bunsigned\b/i.test(from.text) === /\bunsigned\b/i.test(to.text) ? same : copied
}
