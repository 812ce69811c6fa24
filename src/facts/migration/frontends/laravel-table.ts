import { argumentOf, type PhpCall, phpText, phpTexts } from '../../../artifact/php.ts'
import type { ColumnSpec, Operation } from '../operation.ts'
import { isMySql, plainColumn, typeOf } from './javascript-columns.ts'
import { clauseOf, indexOn, nameOfKey, uniqueOn } from './laravel-clauses.ts'
import { type LaravelColumn, laravelColumn } from './laravel-columns.ts'
import { isColumnType, spelt } from './laravel-types.ts'
import {
  type Blueprint,
  emit,
  emitUnreadable,
  nameUnknown,
  type PhpScope,
  type Place,
  placeOfNode,
} from './php-scope.ts'

/** Calls on `$table` that say how the table is made, or only look at it. */
const quiet =
  /^(comment|engine|charset|collation|temporary|create|getTable|getColumns|getCommands|hasColumn|creating|getAddedColumns|getChangedColumns|removeColumn|macro|getPrefix|innoDb|defaultStringLength|when|unless)$/

/** Sets of columns with one name: the type of each, and whether an index goes over them. */
const families =
  /^(timestamps|timestampsTz|nullableTimestamps|nullableTimestampsTz|datetimes|morphs|nullableMorphs|numericMorphs|nullableNumericMorphs|uuidMorphs|nullableUuidMorphs|ulidMorphs|nullableUlidMorphs)$/

/** Reads a chain on `$table`. `links` are its calls in order, `end` is the last of them. */
export function blueprintCall(chain: readonly PhpCall[], blueprint: Blueprint, scope: PhpScope): void {
  const links = chain.map(link => ({ ...link, name: spelt(link.name) }))
  const [first] = links
  const end = links.at(-1)
  if (!first || !end || quiet.test(first.name)) return
  const place = placeOfNode(end.node)
  if (isColumnType(first.name)) {
    const declared = laravelColumn(links, scope.file)
    if (declared) column(declared, blueprint, scope, place)
    else emitUnreadable(scope, place, nameUnknown, blueprint.out)
    return
  }
  if (families.test(first.name)) {
    family(first, links.slice(1), blueprint, scope, place)
    return
  }
  const done = clauseOf(links, blueprint.table, scope.file.engine)
  if (done === undefined) emitUnreadable(scope, place, nameUnknown, blueprint.out)
  else if (done === false)
    emitUnreadable(scope, place, `\`${first.name}\` is not a call of the migration language`, blueprint.out)
  else clauses(done, blueprint, scope, place)
}

function clauses(operations: readonly Operation[], blueprint: Blueprint, scope: PhpScope, place: Place): void {
  const { created, out } = blueprint
  const left: Operation[] = []
  for (const operation of operations) {
    if (created && operation.op === 'add-foreign-key') {
      created.references.push(operation.references)
      const at = created.columns.findIndex(
        ({ name }) => operation.columns.length === 1 && name === operation.columns[0],
      )
      const own = created.columns[at]
      if (own) created.columns[at] = { ...own, references: operation.references }
    }
    // Keys over the columns of a table that is being made are no steps of their own.
    else if (!(created && /^(add-unique|add-primary-key)$/.test(operation.op))) left.push(operation)
  }
  emit(scope, place, left, { out })
}

function column(declared: LaravelColumn, blueprint: Blueprint, scope: PhpScope, place: Place): void {
  const { table, created, out } = blueprint
  const { column: spec, reference, index, algorithm, lock } = declared
  const wishes = { ...(algorithm ? { algorithm } : {}), ...(lock ? { lock } : {}) }
  if (declared.change && !created) {
    emit(scope, place, changed(declared, table, scope), { out, ...wishes })
    return
  }
  const own: ColumnSpec = {
    ...spec,
    unique: spec.unique && created !== undefined,
    ...(blueprint.placed ? { placed: true } : {}),
    span: place.span,
  }
  const columns = [spec.name]
  if (created) {
    created.columns.push(reference ? { ...own, references: reference } : own)
    if (reference) created.references.push(reference)
  } else {
    emit(scope, place, [{ op: 'add-column', table, column: own }], { out, ...wishes })
    if (spec.unique) emit(scope, place, [uniqueOn(table, columns, declared.uniqueName)], { out })
    if (reference) {
      const name = declared.referenceName ?? nameOfKey(table, columns, 'foreign')
      const { validated } = declared
      emit(scope, place, [{ op: 'add-foreign-key', table, name, columns, references: reference, validated }], { out })
    }
  }
  if (index) {
    const special = isMySql(scope.file.engine) ? index.special : undefined
    emit(scope, place, [indexOn(table, columns, index.name, { special })], { out })
  }
}

/** `->change()`. Since Laravel 11 what the call does not say is taken away: the default, and that NULL is allowed. */
function changed(declared: LaravelColumn, table: string, scope: PhpScope): readonly Operation[] {
  const { column: spec, nullable } = declared
  const { engine, version } = scope.file
  const restates = version >= 11
  const name = spec.name
  const type: Operation = { op: 'change-type', table, column: name, to: spec.type }
  if (isMySql(engine)) {
    const told = restates || nullable !== undefined
    return [told ? { ...type, spec, ...saysAgain(declared, restates) } : type, ...keysOf(declared, table)]
  }
  const notNull = nullable === undefined ? restates : !nullable
  const operations: Operation[] = [restates ? { ...type, spec, ...saysAgain(declared, restates) } : type]
  if (spec.default) operations.push({ op: 'set-default', table, column: name, default: spec.default })
  else if (restates) operations.push({ op: 'drop-default', table, column: name })
  if (notNull) operations.push({ op: 'set-not-null', table, column: name })
  else if (nullable) operations.push({ op: 'drop-not-null', table, column: name })
  return [...operations, ...keysOf(declared, table)]
}

/** Of what `change()` takes away unless it is said, what the chain says. */
function saysAgain({ nullable, saysDefault }: LaravelColumn, restates: boolean): Pick<ChangeType, 'restates'> {
  if (!restates) return {}
  return {
    restates: [...(nullable === undefined ? [] : (['null'] as const)), ...(saysDefault ? (['default'] as const) : [])],
  }
}

type ChangeType = Extract<Operation, { op: 'change-type' }>

function keysOf({ column: spec, index, uniqueName }: LaravelColumn, table: string): readonly Operation[] {
  return [
    ...(spec.unique ? [uniqueOn(table, [spec.name], uniqueName)] : []),
    ...(index ? [indexOn(table, [spec.name], index.name, {})] : []),
  ]
}

function family(first: PhpCall, rest: readonly PhpCall[], blueprint: Blueprint, scope: PhpScope, place: Place): void {
  const { table, created, out } = blueprint
  const mysql = isMySql(scope.file.engine)
  const add = (name: string, type: ColumnSpec['type'], notNull: boolean): void => {
    const column = plainColumn(name, type, {
      notNull,
      ...(blueprint.placed || rest.some(call => /^(after|first)$/.test(call.name)) ? { placed: true } : {}),
      span: place.span,
    })
    if (created) created.columns.push(column)
    else emit(scope, place, [{ op: 'add-column', table, column }], { out })
  }
  if (/imes/.test(first.name)) {
    const kind =
      first.name === 'datetimes' && mysql
        ? 'datetime'
        : first.name.endsWith('Tz') && !mysql
          ? 'timestamptz'
          : 'timestamp'
    for (const name of ['created_at', 'updated_at']) add(name, typeOf(kind, mysql ? [] : [0]), false)
    return
  }
  const name = phpText(argumentOf(first, 0, 'name'))
  if (name === undefined) {
    emitUnreadable(scope, place, nameUnknown, out)
    return
  }
  const notNull = !/^nullable/.test(first.name)
  const id = /[uU]uid/.test(first.name)
    ? typeOf(mysql ? 'char' : 'uuid', mysql ? [36] : [])
    : /[uU]lid/.test(first.name)
      ? typeOf('char', [26])
      : { ...typeOf('bigint'), ...(mysql ? { text: 'bigint unsigned' } : {}) }
  add(`${name}_type`, typeOf('varchar', [255]), notNull)
  add(`${name}_id`, id, notNull)
  const named = phpText(argumentOf(first, 1, 'indexName'))
  emit(scope, place, [indexOn(table, [`${name}_type`, `${name}_id`], named, {})], { out })
}

/** Names in `$table->after('id', function ($table) { … })`. */
export const isPlacing = (call: PhpCall): boolean =>
  call.name === 'after' && call.arguments[1]?.kind === 'function' && phpTexts(call.arguments[0]) !== undefined
