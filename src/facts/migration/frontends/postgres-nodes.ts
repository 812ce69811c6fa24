import type { ColumnDef, Constraint, Node, RangeVar, TypeName } from '@pgsql/types'
import type { ColumnSpec, ColumnType, Expression, Reference } from '../operation.ts'

/** A statement's text with what is needed to quote from it. */
export interface Quoted {
  readonly text: string
  /** Offset of the text for a `location` of the tree. */
  offset(location: number): number
}

export function textOf(node: Node | undefined): string {
  return node !== undefined && 'String' in node ? (node.String.sval ?? '') : ''
}

/** `schema.table`, without the schema where it is the default one. */
export function qualified(parts: readonly string[]): string {
  const named = parts.filter(part => part !== '')
  return (named.length > 1 && named[0] === 'public' ? named.slice(1) : named).join('.')
}

export function tableOf(relation: RangeVar | undefined): string {
  return qualified([relation?.schemaname ?? '', relation?.relname ?? ''])
}

/** The parts of a dotted name in a DROP or COMMENT. */
export function partsOf(node: Node): readonly string[] {
  if ('List' in node) return (node.List.items ?? []).map(textOf)
  return [textOf(node)]
}

export function textsOf(nodes: readonly Node[] | undefined): readonly string[] {
  return (nodes ?? []).map(textOf)
}

const typeNames: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  int: 'integer',
  bool: 'boolean',
  bpchar: 'char',
  float4: 'real',
  float8: 'double precision',
  serial4: 'serial',
  serial8: 'bigserial',
  serial2: 'smallserial',
  decimal: 'numeric',
}

export function typeOf(type: TypeName | undefined): ColumnType {
  const names = textsOf(type?.names).filter(part => part !== 'pg_catalog')
  const last = names.length === 1 ? (names[0] ?? '') : qualified(names)
  const name = typeNames[last] ?? last
  const args = (type?.typmods ?? []).flatMap(node =>
    'A_Const' in node && node.A_Const.ival ? [node.A_Const.ival.ival ?? 0] : [],
  )
  const array = (type?.arrayBounds ?? []).length > 0
  // An interval's field mask is no precision.
  const shown = name === 'interval' || args.length === 0 || (name === 'char' && args[0] === 1) ? [] : args
  return {
    name,
    arguments: args,
    ...(array ? { array } : {}),
    text: `${name}${shown.length > 0 ? `(${shown.join(',')})` : ''}${array ? '[]' : ''}`,
  }
}

/** Calls `see` for every node below (and including) a tree. */
export function walk(tree: unknown, see: (name: string, node: Readonly<Record<string, unknown>>) => void): void {
  const open: unknown[] = [tree]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (Array.isArray(node)) {
      open.push(...node.filter(item => item !== undefined))
      continue
    }
    if (typeof node !== 'object' || node === null) continue
    for (const [name, value] of Object.entries(node)) {
      if (typeof value !== 'object' || value === null) continue
      if (!Array.isArray(value)) see(name, value)
      open.push(value)
    }
  }
}

/** Names of all functions an expression calls; `CURRENT_TIMESTAMP` and its like have none. */
export function functionsIn(tree: unknown): readonly string[] {
  const found = new Set<string>()
  walk(tree, (name, node) => {
    if (name !== 'FuncCall' || !Array.isArray(node.funcname)) return
    const last: Node | undefined = node.funcname.at(-1)
    found.add(textOf(last).toLowerCase())
  })
  return [...found]
}

/** The text of an expression from `from` to the end of its clause: the next comma, closing bracket or constraint word outside brackets. */
export function expressionText(text: string, from: number): string {
  let depth = 0
  const token =
    /'(?:[^']|'')*'|[([\])]|,|;|\b(?:NOT\s+NULL|NULL|CHECK|UNIQUE|PRIMARY|REFERENCES|CONSTRAINT|GENERATED|COLLATE|COMMENT)\b/gi
  token.lastIndex = from
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match
    if (found.startsWith("'")) continue
    if (found === '(' || found === '[') depth++
    else if (found === ')' || found === ']') {
      if (depth === 0) return text.slice(from, match.index).trim()
      depth--
    } else if (depth === 0 && !/^null$/i.test(text.slice(from, match.index + found.length).trim()))
      return text.slice(from, match.index).trim()
  }
  return text.slice(from).trim()
}

function expression(node: Node | undefined, quoted: Quoted, from: number): Expression {
  return { text: expressionText(quoted.text, from).slice(0, 120), functions: functionsIn(node) }
}

/** The default of a DEFAULT constraint or of SET DEFAULT, quoted from behind the word. */
export function defaultOf(node: Node | undefined, quoted: Quoted, location: number): Expression {
  const at = quoted.offset(location)
  const word = /^\s*(?:SET\s+)?DEFAULT\s*/i.exec(quoted.text.slice(at, at + 40))?.[0] ?? ''
  return expression(node, quoted, at + word.length)
}

export function referenceOf(constraint: Constraint): Reference {
  const cascades = constraint.fk_del_action === 'c' ? { cascades: true } : {}
  return { table: tableOf(constraint.pktable), columns: textsOf(constraint.pk_attrs), ...cascades }
}

/** The column when a check says just `column IS NOT NULL`. */
export function notNullColumn(check: Node | undefined): string | undefined {
  if (check === undefined || !('NullTest' in check) || check.NullTest.nulltesttype !== 'IS_NOT_NULL') return undefined
  const { arg } = check.NullTest
  return arg !== undefined && 'ColumnRef' in arg ? textOf(arg.ColumnRef.fields?.at(-1)) : undefined
}

const serial = /^(small|big)?serial$/

export function columnOf(column: ColumnDef, quoted: Quoted): ColumnSpec {
  const constraints = (column.constraints ?? []).flatMap(node => ('Constraint' in node ? [node.Constraint] : []))
  const has = (type: Constraint['contype']): Constraint | undefined =>
    constraints.find(({ contype }) => contype === type)
  const byDefault = has('CONSTR_DEFAULT')
  const generated = has('CONSTR_GENERATED')
  const foreign = has('CONSTR_FOREIGN')
  const type = typeOf(column.typeName)
  const primaryKey = has('CONSTR_PRIMARY') !== undefined
  return {
    name: column.colname ?? '',
    type,
    notNull: primaryKey || has('CONSTR_NOTNULL') !== undefined,
    ...(byDefault === undefined ? {} : { default: defaultOf(byDefault.raw_expr, quoted, byDefault.location ?? 0) }),
    ...(generated === undefined
      ? {}
      : { generated: generated.generated_kind === 'v' ? ('virtual' as const) : ('stored' as const) }),
    numbered: serial.test(type.name) || has('CONSTR_IDENTITY') !== undefined,
    primaryKey,
    unique: has('CONSTR_UNIQUE') !== undefined,
    check: has('CONSTR_CHECK') !== undefined,
    ...(foreign === undefined ? {} : { references: referenceOf(foreign) }),
  }
}
