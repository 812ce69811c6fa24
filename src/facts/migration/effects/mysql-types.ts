import type { ColumnType } from '../operation.ts'
import type { MysqlAbilities } from './mysql-version.ts'

/** What stays of a column's rows when its type changes. */
export interface TypeChange {
  /** `recoded`: the same bytes count as another character set or collation. */
  readonly how: 'same' | 'grows' | 'recoded' | 'copied'
  /** Recoded to another collation, not only to a larger character set. */
  readonly collation?: boolean
  /** Both collations or character sets are known. */
  readonly certain?: boolean
  readonly assumes?: string
}

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
/** Types of bytes by the type of characters that they could be. */
const binaries: Readonly<Record<string, string>> = {
  varbinary: 'varchar',
  binary: 'char',
  tinyblob: 'tinytext',
  blob: 'text',
  mediumblob: 'mediumtext',
  longblob: 'longtext',
}
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

/** `bytes` are those of a character, before and after, where known. */
function lengthChange(
  from: number,
  to: number,
  bytes: readonly [number, number] | undefined,
  { engine, grows }: MysqlAbilities,
): TypeChange {
  const [old, next] = bytes ?? [1, 1]
  if (from === to && old === next) return same
  if (to * next < from * old || !grows) return copied
  const fits = (one: number, other = one) => {
    const [before, after] = [from * one, to * other]
    // The length of a value takes one byte up to 255, two beyond. MariaDB's format tells them apart below 128.
    return before > 255 || after <= 255 || (engine === 'mariadb' && before <= 127)
  }
  if (bytes !== undefined) return fits(old, next) ? { how: 'grows' } : copied
  const four = fits(4)
  if (four === fits(1) && four === fits(3)) return four ? { how: 'grows' } : copied
  return { how: four ? 'grows' : 'copied', assumes: 'the column is in utf8mb4, four bytes a character' }
}

/** Compares the type of a column before and after. `charset` is the table's own, where known. */
export function changeOfType(
  from: ColumnType,
  to: ColumnType,
  abilities: MysqlAbilities,
  charset: string | undefined,
): TypeChange {
  const name = storedName(to)
  // MySQL reads any characters as bytes.
  const asBytes = abilities.engine === 'mysql' && abilities.recodes && binaries[name] === storedName(from)
  if (storedName(from) !== name && !asBytes) return copied
  if (integers.includes(name)) {
    const unsigned = (type: ColumnType) => /\b(?:unsigned|zerofill)\b/i.test(type.text)
    return unsigned(from) === unsigned(to) ? same : copied
  }
  const old = charsetOf(from) ?? charset
  const next = asBytes ? 'binary' : (charsetOf(to) ?? charset)
  const recoded = texts.includes(name) || asBytes ? recoding(from, to, old, next, abilities) : undefined
  if (recoded?.how === 'copied') return copied
  const change = sizeChange(asBytes ? (binaries[name] ?? name) : name, from, to, [old, next], abilities)
  if (recoded === undefined || change.how === 'copied') return change
  return change.assumes === undefined ? recoded : { ...recoded, assumes: change.assumes }
}

/** `float(53)` is a double. */
function storedName(type: ColumnType): string {
  const name = nameOf(type)
  return name === 'float' && type.arguments.length === 1 && (type.arguments[0] ?? 0) > 24 ? 'double' : name
}

/** Another character set or collation; undefined when both stay, as far as the statement tells. */
function recoding(
  from: ColumnType,
  to: ColumnType,
  old: string | undefined,
  next: string | undefined,
  { engine, recodes }: MysqlAbilities,
): TypeChange | undefined {
  const list = nameOf(to) === 'enum' || nameOf(to) === 'set'
  const [oldCollation, nextCollation] = [collationOf(from), collationOf(to)]
  const collation = nextCollation !== undefined && oldCollation !== nextCollation
  if (next === 'binary') return { how: 'recoded', certain: true }
  if (old !== undefined && next !== undefined && old !== next) {
    if (!recodes || list || old !== 'utf8mb3' || next !== 'utf8mb4') return copied
    return { how: 'recoded', certain: true, collation }
  }
  if (!collation) return undefined
  if (!recodes) return copied
  // The values of a list are kept as numbers.
  if (list) return engine === 'mariadb' ? copied : undefined
  return { how: 'recoded', certain: oldCollation !== undefined, collation }
}

function sizeChange(
  name: string,
  from: ColumnType,
  to: ColumnType,
  [old, next]: readonly [string | undefined, string | undefined],
  abilities: MysqlAbilities,
): TypeChange {
  if (name === 'enum' || name === 'set') return listChange(from, to)
  // Display widths say nothing about the storage.
  if (name === 'float' || name === 'double') return same
  const [before, after] = [from.arguments, to.arguments]
  if (name === 'varbinary') return lengthChange(before[0] ?? 0, after[0] ?? 0, [1, 1], abilities)
  if (name === 'varchar') {
    const sets = [old ?? next, next ?? old]
    const bytes = sets.map(set => (set === undefined ? undefined : bytesPerCharacter(set)))
    const [one, other] = bytes
    const known: readonly [number, number] | undefined =
      one === undefined || other === undefined ? undefined : [one, other]
    return lengthChange(before[0] ?? 255, after[0] ?? 255, known, abilities)
  }
  // TEXT(n) and BLOB(n) pick the type by n.
  const standard = defaults[name] ?? [0]
  const of = (given: readonly number[]) => standard.map((value, at) => given[at] ?? value).join()
  if (of(before) !== of(after)) return copied
  return /\bunsigned\b/i.test(from.text) === /\bunsigned\b/i.test(to.text) ? same : copied
}
