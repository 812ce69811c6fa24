import { lineOf, nodeSpan } from '../../../artifact/literal.ts'
import { dotted, lastName, type PyCall, type PyValue, receiverOf } from '../../../artifact/python.ts'
import { treeOf } from '../../../artifact/trees.ts'
import type { Artifact, Source } from '../../../artifact/types.ts'
import type { Engine } from '../../../config/types.ts'
import type { Operation, Program } from '../operation.ts'
import { tableName } from './alembic-columns.ts'
import { operations, withoutEffect } from './alembic-operations.ts'
import { saStatement, sessionRows, tableText } from './alembic-rows.ts'
import { wholeTable } from './django-orm.ts'
import { type PyFile, pyFile } from './python-file.ts'
import {
  emit,
  emitSql,
  emitUnreadable,
  newScope,
  type PyLanguage,
  type PyScope,
  pushStep,
  sqlText,
} from './python-scope.ts'
import { type ReadSql, resolveDrafts } from './python-sql.ts'
import { vendorIs } from './python-vendor.ts'
import { walkBlock } from './python-walk.ts'
import { inLoop } from './row-loops.ts'
import { unreadableFile } from './unreadable-file.ts'

/** What the surroundings may tell. */
export interface AlembicHints {
  readonly engine?: Engine
}

/** What an Alembic (or Flask-Migrate) revision does. An unparsable file gives one unreadable step. */
export async function readAlembic(
  source: Source,
  _artifact: Artifact,
  sql: ReadSql,
  hints: AlembicHints = {},
): Promise<Program> {
  const program = { framework: 'alembic', transaction: 'wrapped' } as const
  const tree = await treeOf(source, 'python')
  if (!tree) return { ...program, up: [unreadableFile(source)] }
  const file = pyFile(tree.rootNode)
  const scope = run(file, 'upgrade', alembic(file, hints.engine))
  return {
    ...program,
    up: scope ? await resolveDrafts(scope.out, source, sql, hints.engine) : [],
    ...(hasWayBack(file) ? { down: [] } : {}),
  }
}

function run(file: PyFile, name: string, language: PyLanguage): PyScope | undefined {
  const body = file.functions.get(name)?.childForFieldName('body')
  if (!body) return undefined
  const scope = newScope(file, language)
  walkBlock(body, scope)
  // Several databases: `globals()["upgrade_%s" % engine_name]()`
  if (/\bglobals\(\)/.test(body.text))
    for (const [other, node] of file.functions) {
      const inner = other.startsWith(`${name}_`) ? node.childForFieldName('body') : undefined
      if (inner) walkBlock(inner, scope)
    }
  return scope
}

function hasWayBack(file: PyFile): boolean {
  const body = file.functions.get('downgrade')?.childForFieldName('body')
  if (!body) return false
  const code = body.text.replace(/#.*|"""[\s\S]*?"""/g, '').trim()
  return code !== '' && !/^(pass|raise\b.*|\.\.\.)$/.test(code)
}

function alembic(file: PyFile, engine: Engine | undefined): PyLanguage {
  const assigned = new WeakSet<object>()
  return {
    call: (call, scope) => read(call, scope, engine),
    known: value => given(value) ?? tableText(value, file),
    whole: value => wholeTable(sessionRows(value, file)),
    condition: value => vendorIs(value, engine),
    enter: (context, scope, node) => {
      if (context.kind !== 'call' || context.name !== 'autocommit_block') return undefined
      const span = nodeSpan(node)
      const text = lineOf(node.text)
      // The block commits what came before it, and opens a new transaction for what follows.
      pushStep(scope, { kind: 'commit', span, text })
      return { scope: { ...scope, autocommit: true }, leave: () => pushStep(scope, { kind: 'begin', span, text }) }
    },
    assign: (target, node, scope) => {
      if (target.kind !== 'attribute' || assigned.has(target.of)) return
      const rows = sessionRows(target.of, file)
      if (rows?.record !== 'each') return
      assigned.add(target.of)
      emit(scope, node, [
        {
          op: 'update-rows',
          table: rows.table,
          filtered: rows.filtered || scope.conditional,
          batched: rows.batched || scope.sliced,
        },
      ])
    },
  }
}

/** `op.f("name")` is the name. */
function given(value: PyValue): PyValue | undefined {
  if (value.kind !== 'call' || value.name !== 'f' || value.arguments.length !== 1) return undefined
  const [first] = value.arguments
  return first?.kind === 'text' ? first : undefined
}

/** The `op` of a call: `op`, `alembic.op`, or the variable of `batch_alter_table`. */
function operationOf(call: PyCall, scope: PyScope): { readonly batch?: PyCall } | undefined {
  const receiver = receiverOf(call)
  if (receiver === undefined) return scope.file.imported.get(call.name)?.startsWith('alembic.op.') ? {} : undefined
  if (receiver.kind === 'call' && receiver.name === 'batch_alter_table') return { batch: receiver }
  return /^(alembic\.)?op$/.test(dotted(receiver)) ? {} : undefined
}

function read(call: PyCall, scope: PyScope, engine: Engine | undefined): boolean {
  const target = operationOf(call, scope)
  if (target) return readOperation(call, target.batch, scope, engine)
  const receiver = receiverOf(call)
  if (/^(execute|exec_driver_sql|scalar|scalars|executemany)$/.test(call.name) && receiver && isConnection(receiver)) {
    execute(call, scope)
    return true
  }
  const rows = receiver && sessionRows(receiver, scope.file)
  if (rows && !rows.record && /^(update|delete)$/.test(call.name)) {
    const batched = rows.batched || scope.sliced || (scope.looped && rows.filtered)
    const op = call.name === 'update' ? 'update-rows' : 'delete-rows'
    const operation: Operation = { op, table: rows.table, filtered: rows.filtered, batched }
    const inAll = scope.looped && !scope.conditional && rows.filtered
    emit(scope, call.node, [inAll ? inLoop(operation, scope.whole) : operation])
    return true
  }
  if (receiver && /^(delete|add)$/.test(call.name) && /session/i.test(dotted(receiver)) && call.arguments[0]) {
    const record = sessionRows(call.arguments[0], scope.file)
    if (record?.record === 'each')
      emit(scope, call.node, [
        {
          op: call.name === 'add' ? 'update-rows' : 'delete-rows',
          table: record.table,
          filtered: record.filtered || scope.conditional,
          batched: record.batched || scope.sliced,
        },
      ])
    return true
  }
  return importedCall(call, scope)
}

function isConnection(value: PyValue): boolean {
  if (
    value.kind === 'call' &&
    /^(get_bind|connect|begin|Session|sessionmaker|execution_options|cursor|connection)$/.test(value.name)
  )
    return true
  return value.kind === 'call'
    ? /(session|connection|conn|bind)\w*$/i.test(value.name)
    : /(session|connection|conn|bind|cursor|cur|engine|db|connectable|c)$/i.test(lastName(value))
}

/** A helper of another module that gets the means to change the database, or is named like a change. */
function importedCall(call: PyCall, scope: PyScope): boolean {
  const { callee } = call
  if (/^(create|drop)_all$/.test(call.name)) {
    emitUnreadable(scope, call.node, `\`${call.name}\` works on the tables of models in other files`)
    return true
  }
  const module = callee.kind === 'attribute' && callee.of.kind === 'name' ? callee.of.name : undefined
  const from = callee.kind === 'name' || module !== undefined ? scope.file.imported.get(module ?? call.name) : undefined
  if (
    from === undefined ||
    /^(sqlalchemy|alembic|typing|logging|datetime|uuid|json|os|re|time|collections|itertools)\b/.test(from)
  )
    return false
  const values = [...call.arguments, ...call.keywords.values()]
  const handed = values.some(
    value => /^(op|bind|conn|connection|session|engine)$/.test(lastName(value)) || isBind(value),
  )
  const verb =
    module === undefined &&
    /^(add|drop|create|alter|rename|migrate|backfill|update|delete|execute|run|upgrade|replace|convert|batch)_\w+/.test(
      call.name,
    )
  if (!handed && !verb) return false
  emitUnreadable(scope, call.node, `\`${call.name}\` is defined in another file`)
  return true
}

const isBind = (value: PyValue): boolean => value.kind === 'call' && /^(get_bind|Session)$/.test(value.name)

function execute(call: PyCall, scope: PyScope): void {
  const [statement] = call.arguments
  const operation = saStatement(statement, scope.file)
  if (operation) {
    emit(scope, call.node, [scope.looped ? inLoop(operation, scope.whole) : operation])
    return
  }
  if (statement?.kind === 'list' && statement.items.some(item => sqlText(item))) {
    for (const item of statement.items) emitSql(scope, call.node, item)
    return
  }
  emitSql(scope, call.node, statement, receiverOf(call))
}

function readOperation(call: PyCall, batch: PyCall | undefined, scope: PyScope, engine: Engine | undefined): boolean {
  const { name, node } = call
  if (name === 'execute') {
    execute(call, scope)
    return true
  }
  if (withoutEffect.test(name)) return true
  const entry = operations[name]
  if (!entry) {
    emitUnreadable(scope, node, `\`op.${name}\` is not an operation of Alembic`)
    return true
  }
  const table = batch && tableOfBatch(batch)
  const parameters = batch
    ? entry.parameters.filter(one => one !== 'table_name' && one !== 'source_table')
    : entry.parameters
  const argument = (key: string): PyValue | undefined => {
    const at = parameters.indexOf(key)
    return call.keywords.get(key) ?? (at === -1 ? undefined : call.arguments[at])
  }
  const known = !batch || table !== undefined
  const reading: readonly Operation[] | undefined = known
    ? entry.read({ call, engine, ...(table === undefined ? {} : { batch: table }), given: argument })
    : undefined
  if (reading) emit(scope, node, reading)
  else emitUnreadable(scope, node, 'the name of the table or column is only known when the migration runs')
  return true
}

function tableOfBatch(batch: PyCall): string | undefined {
  const name = batch.keywords.get('table_name') ?? batch.arguments[0]
  const schema = batch.keywords.get('schema') ?? batch.arguments[1]
  if (name?.kind !== 'text' || name.holes > 0) return undefined
  return tableName(schema?.kind === 'text' ? `${schema.text}.${name.text}` : name.text)
}
