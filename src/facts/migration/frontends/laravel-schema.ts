import { argumentOf, type PhpCall, phpText, phpTexts } from '../../../artifact/php.ts'
import type { Operation } from '../operation.ts'
import { isMySql } from './javascript-columns.ts'
import type { Draft } from './javascript-scope.ts'
import {
  type Blueprint,
  emit,
  emitUnreadable,
  nameUnknown,
  type PhpScope,
  type Place,
  placeOfCall,
  placeOfNode,
  pushStep,
} from './php-scope.ts'

/** Calls of the schema builder that only look, or set how it works. */
const quiet =
  /^(has\w+|get\w+|connection|defaultStringLength|defaultMorphKeyType|defaultTimePrecision|morphUsing\w+|useNativeSchemaOperationsIfPossible|blueprintResolver|registerCustomDoctrineType|table\w*Exists|ensure\w+|createDatabase|setConnection|pragma|foreignKeyConstraints|dropAllViews|dropAllTypes|macro|listTableIndexes|introspectTable)$/

/** Reads one call on `Schema`. `run` runs a closure with what it is handed. */
export function schemaCall(
  call: PhpCall,
  scope: PhpScope,
  run: (call: PhpCall, scope: PhpScope, blueprint: Blueprint | undefined) => boolean,
): void {
  const { name } = call
  if (quiet.test(name)) return
  const place = call.receiver?.kind === 'name' ? placeOfNode(call.node) : placeOfCall(call, scope)
  if (/ForeignKeyConstraints$/.test(name)) {
    const off = !name.startsWith('enable')
    checks(off, place, scope)
    if (name.startsWith('without')) {
      run(call, scope, undefined)
      checks(false, endOf(place), scope)
    }
    return
  }
  if (name === 'dropDatabaseIfExists' || name === 'dropAllTables') {
    emit(scope, place, [{ op: 'drop-database', name: phpText(call.arguments[0]) ?? '' }])
    return
  }
  const table = phpText(argumentOf(call, 0, name === 'rename' ? 'from' : 'table'))
  if (!/^(create|table|drop|dropIfExists|dropColumns|rename|when\w+)$/.test(name)) {
    emitUnreadable(scope, place, `\`${name}\` is not a call of the migration language`)
    return
  }
  if (table === undefined) {
    emitUnreadable(scope, place, nameUnknown)
    return
  }
  if (name === 'create') create(call, table, place, scope, run)
  else if (name === 'table' || name.startsWith('when')) {
    if (!run(call, scope, { kind: 'blueprint', table, out: scope.out }))
      emitUnreadable(scope, place, 'what is done to the table stands in another file')
  } else emitOthers(call, table, place, scope)
}

function emitOthers(call: PhpCall, table: string, place: Place, scope: PhpScope): void {
  const { name } = call
  if (name === 'rename') {
    const to = phpText(argumentOf(call, 1, 'to'))
    if (to === undefined) emitUnreadable(scope, place, nameUnknown)
    else emit(scope, place, [{ op: 'rename-table', table, to }])
    return
  }
  if (name === 'dropColumns') {
    const columns = phpTexts(argumentOf(call, 1, 'columns'))
    if (!columns) emitUnreadable(scope, place, nameUnknown)
    else
      emit(
        scope,
        place,
        columns.map((column): Operation => ({ op: 'drop-column', table, column })),
      )
    return
  }
  emit(scope, place, [{ op: 'drop-table', table, cascade: false }])
}

function create(
  call: PhpCall,
  table: string,
  place: Place,
  scope: PhpScope,
  run: (call: PhpCall, scope: PhpScope, blueprint: Blueprint) => boolean,
): void {
  const out: Draft[] = []
  const blueprint = { kind: 'blueprint', table, created: { columns: [], references: [] }, out } satisfies Blueprint
  const before = scope.out.length
  const read = run(call, scope, blueprint)
  // Rows that the closure writes come after the table, however odd that is.
  const inside = scope.out.splice(before)
  const temporary = /->\s*temporary\s*\(/.test(call.node.text) ? { temporary: true } : {}
  emit(scope, place, [{ op: 'create-table', table, ...blueprint.created, ...temporary }])
  scope.out.push(...out, ...inside)
  if (!read) emitUnreadable(scope, place, 'what is done to the table stands in another file')
}

/** MySQL switches the checks off; Postgres only puts them off to the end of the transaction. */
function checks(off: boolean, place: Place, scope: PhpScope): void {
  if (!isMySql(scope.file.engine)) return
  pushStep(scope, { kind: 'set', name: 'foreign_key_checks', value: off ? '0' : '1', local: false, ...place })
}

const endOf = ({ span, text }: Place): Place => ({
  text,
  span: { ...span, line: span.endLine, column: Math.max(1, span.endColumn - 1) },
})
