import { lineOf, nodeSpan } from '../../../artifact/literal.ts'
import { argumentOf, type PyCall, type PyValue, receiverOf } from '../../../artifact/python.ts'
import { treeOf } from '../../../artifact/trees.ts'
import type { Artifact, Source } from '../../../artifact/types.ts'
import type { Tree } from '../../../change/types.ts'
import type { Engine } from '../../../config/types.ts'
import type { Program } from '../operation.ts'
import { targetOf } from './django-fields.ts'
import { appOf, type DjangoFile, djangoFile } from './django-file.ts'
import { type DjangoHistory, djangoHistory, noHistory, type Wanted } from './django-history.ts'
import { type DjangoSetting, operations, withoutTables } from './django-operations.ts'
import { metaText, ormCall, rowsOf, wholeTable } from './django-orm.ts'
import { parentsOf } from './python-file.ts'
import { type Draft, emit, emitSql, emitUnreadable, type PyLanguage, type PyScope, pushStep } from './python-scope.ts'
import { type ReadSql, resolveDrafts } from './python-sql.ts'
import { vendorIs } from './python-vendor.ts'
import { follow } from './python-walk.ts'
import { unreadableFile } from './unreadable-file.ts'

/** What the surroundings may tell. `tree`: the repository at head, for the earlier migrations of the app. */
export interface DjangoHints {
  readonly engine?: Engine
  readonly tree?: Tree
}

/** What a Django migration does. An unparsable file gives one unreadable step. */
export async function readDjango(
  source: Source,
  _artifact: Artifact,
  sql: ReadSql,
  hints: DjangoHints = {},
): Promise<Program> {
  const program = { framework: 'django', transaction: 'wrapped' } as const
  const tree = await treeOf(source, 'python')
  if (!tree) return { ...program, up: [unreadableFile(source)] }
  const language = django(source.path, hints.engine, noHistory, true, new Map())
  const file = djangoFile(tree.rootNode, language)
  if (!file) return { ...program, up: [] }
  const history = hints.tree
    ? await djangoHistory(source.path, hints.tree, wantedBy(file.operations, source))
    : noHistory
  const read = readOperations(file, source.path, hints.engine, history)
  return {
    framework: 'django',
    transaction: file.atomic ? 'wrapped' : 'each',
    up: await resolveDrafts(read.drafts, source, sql, hints.engine),
    ...(read.reversible ? { down: [] } : {}),
  }
}

const lower = (value: PyValue | undefined): string => (value?.kind === 'text' ? value.text.toLowerCase() : '')

/** What the operations alter, and so is to be looked up in earlier migrations. */
function wantedBy(list: readonly PyValue[], source: Source): readonly Wanted[] {
  const renamed = new Map<string, string>()
  const asked = wantedOf(list).map(wanted => {
    if (wanted.becomes !== undefined) renamed.set(wanted.becomes, renamed.get(wanted.model) ?? wanted.model)
    return { ...wanted, model: renamed.get(wanted.model) ?? wanted.model }
  })
  // Models that the functions of RunPython get, for the names of their tables.
  const app = appOf(source.path)
  for (const [, of, model = ''] of source.text.matchAll(/get_model\(\s*["'](\w+)(?:["'],\s*["']|\.)(\w+)["']/g))
    if (of === app) asked.push({ model: model.toLowerCase() })
  return asked
}

function wantedOf(list: readonly PyValue[]): (Wanted & { readonly becomes?: string })[] {
  return list.flatMap((operation): (Wanted & { readonly becomes?: string })[] => {
    if (operation.kind !== 'call') return []
    if (operation.name === 'SeparateDatabaseAndState') {
      const inner = argumentOf(operation, 0, 'database_operations')
      return inner?.kind === 'list' ? wantedOf(inner.items) : []
    }
    const model = lower(argumentOf(operation, 0, 'model_name'))
    if (/^(AlterField|RemoveField)$/.test(operation.name))
      return [{ model, field: lower(argumentOf(operation, 1, 'name')) }]
    if (operation.name === 'RenameField') return [{ model, field: lower(argumentOf(operation, 1, 'old_name')) }]
    if (operation.name === 'RenameModel')
      return [
        { model: lower(argumentOf(operation, 0, 'old_name')), becomes: lower(argumentOf(operation, 1, 'new_name')) },
      ]
    const named = lower(
      operation.keywords.get('model_name') ?? operation.keywords.get('name') ?? operation.arguments[0],
    )
    if (operation.name === 'AlterUniqueTogether') return [{ model: named, option: 'unique_together' }]
    if (operation.name === 'AlterIndexTogether') return [{ model: named, option: 'index_together' }]
    return named === '' || !/^(Add|Delete|Remove|Validate|AlterModelTable$)/.test(operation.name)
      ? []
      : [{ model: named }]
  })
}

/** How code of a Django migration is read; `atomic`: the migration runs in one transaction. */
function django(
  path: string,
  engine: Engine | undefined,
  history: DjangoHistory,
  atomic: boolean,
  tables: ReadonlyMap<string, string>,
): PyLanguage {
  const app = appOf(path)
  const table = (model: string, of = app): string =>
    (of === app ? (tables.get(model.toLowerCase()) ?? history.table(model.toLowerCase())) : undefined) ??
    `${of}_${model}`.toLowerCase()
  const tableOf = (model: PyValue): string | undefined => {
    if (model.kind === 'call' && model.name === 'get_model') {
      const target = targetOf(model)
      return target && table(target.model, target.app ?? app)
    }
    // A class of the application itself; the name alone cannot tell its app.
    return model.kind === 'name' && /^[A-Z]\w*[a-z]\w*$/.test(model.name) ? table(model.name) : undefined
  }
  return {
    call: (call, scope) => ormCall(call, scope, tableOf, atomic),
    known: value => metaText(value, tableOf),
    whole: value => wholeTable(rowsOf(value, tableOf)),
    enter: (context, scope, node) => {
      if (context.kind !== 'call' || context.name !== 'atomic' || atomic) return undefined
      const span = nodeSpan(node)
      pushStep(scope, { kind: 'begin', span, text: lineOf(node.text), looped: scope.looped })
      return { leave: () => pushStep(scope, { kind: 'commit', span, text: lineOf(node.text) }) }
    },
    condition: value => vendorIs(value, engine),
  }
}

function readOperations(
  file: DjangoFile,
  path: string,
  engine: Engine | undefined,
  history: DjangoHistory,
): { readonly drafts: readonly Draft[]; readonly reversible: boolean } {
  const tables = new Map<string, string>()
  const language = django(path, engine, history, file.atomic, tables)
  const app = appOf(path)
  const fields = new Map<string, PyValue>()
  const renamed = new Map<string, string>()
  const setting: DjangoSetting = {
    engine,
    history,
    fields,
    renamed,
    tables,
    options: new Map(),
    tableOf: (model, of = app) =>
      (of === app ? (tables.get(model.toLowerCase()) ?? history.table(model.toLowerCase())) : undefined) ??
      `${of}_${model}`.toLowerCase(),
    fieldBefore: (model, field) => {
      const key = `${model}.${field}`.toLowerCase()
      const original = renamed.get(model.toLowerCase()) ?? model.toLowerCase()
      return (
        fields.get(key) ??
        fields.get(`${original}.${field}`.toLowerCase()) ??
        history.field(original, field.toLowerCase())
      )
    },
  }
  const scope: PyScope = { ...file.scope, language, out: [] }
  const late: Draft[] = []
  const reader: Reader = {
    setting,
    scope,
    late: { ...scope, out: late },
    afterDeploy: file.afterDeploy,
    reversible: true,
  }
  for (const operation of file.operations) readOperation(operation, reader, 0)
  if (!file.whole)
    emitUnreadable(scope, file.migration, 'the list of operations is put together while the migration runs')
  return { drafts: [...scope.out, ...late], reversible: reader.reversible }
}

interface Reader {
  readonly setting: DjangoSetting
  readonly scope: PyScope
  /** Collects what Django does when all operations are through. */
  readonly late: PyScope
  readonly afterDeploy: boolean
  reversible: boolean
}

function readOperation(value: PyValue, reader: Reader, depth: number): void {
  if (value.kind === 'list' && depth < 5) {
    for (const item of value.items) readOperation(item, reader, depth + 1)
    return
  }
  if (value.kind !== 'call') return
  const { scope } = reader
  const name = classOf(value, scope)
  switch (name) {
    case 'RunPython':
      runPython(value, reader)
      return
    case 'RunSQL':
      runSql(value, reader)
      return
    case 'SeparateDatabaseAndState': {
      const inner = argumentOf(value, 0, 'database_operations')
      if (inner?.kind === 'list') readOperation(inner, reader, depth + 1)
      else if (inner && inner.kind !== 'none')
        emitUnreadable(scope, value.node, 'the operations are put together while the migration runs')
      else emit(scope, value.node, [{ op: 'harmless', what: name }])
      return
    }
  }
  if (withoutTables.test(name) || /^Safer/.test(name)) {
    emit(scope, value.node, [{ op: 'harmless', what: name }])
    return
  }
  const read = operations[name]
  const reading = read?.(value, reader.setting)
  if (!reading) {
    emitUnreadable(scope, value.node, reasonFor(name, read !== undefined))
    return
  }
  const last = reader.afterDeploy && /^(RemoveField|DeleteModel)$/.test(name)
  emit(last ? { ...scope, assured: true } : scope, value.node, reading.now)
  emit(reader.late, value.node, reading.late ?? [])
}

function reasonFor(name: string, known: boolean): string {
  if (!known) return `\`${name}\` is not an operation of Django`
  if (name === 'AlterField')
    return 'what AlterField changes cannot be told: the field is not in earlier migrations of the app'
  return `the arguments of ${name} are only known when the migration runs`
}

/** The operation a class of the file is derived from; the class itself where it is Django's. */
function classOf(call: PyCall, scope: PyScope, depth = 0): string {
  let { name } = call
  for (let at = depth; at < 5; at++) {
    const own = scope.file.classes.get(name)
    if (!own) break
    const [parent = ''] = parentsOf(own)
    name = parent.slice(parent.lastIndexOf('.') + 1)
  }
  return name.replace(/^(Safe|Checked)(?=(RunSQL|RunPython|RemoveField|DeleteModel)$)/, '')
}

function runPython(call: PyCall, reader: Reader): void {
  const { scope } = reader
  const code = argumentOf(call, 0, 'code')
  const back = argumentOf(call, 1, 'reverse_code')
  if (back === undefined || back.kind === 'none') reader.reversible = false
  if (code?.kind === 'attribute' && code.name === 'noop') {
    emit(scope, call.node, [{ op: 'harmless', what: 'RunPython' }])
    return
  }
  if (code?.kind !== 'function') {
    emitUnreadable(scope, call.node, `the function that RunPython calls is not in this file`)
    return
  }
  const before = scope.out.length
  const given: PyValue[] = ['apps', 'schema_editor'].map(name => ({ kind: 'name', name }))
  const called: PyCall = {
    kind: 'call',
    callee: code,
    name: '',
    arguments: given,
    keywords: new Map(),
    open: false,
    node: call.node,
  }
  follow(called, scope)
  if (scope.out.length === before) emit(scope, call.node, [{ op: 'harmless', what: 'RunPython' }])
}

function runSql(call: PyCall, reader: Reader): void {
  const { scope } = reader
  const given = argumentOf(call, 0, 'sql')
  const back = argumentOf(call, 1, 'reverse_sql')
  if (back === undefined || back.kind === 'none') reader.reversible = false
  if (given?.kind === 'attribute' && given.name === 'noop') return
  if (given?.kind !== 'list') {
    emitSql(scope, call.node, given)
    return
  }
  for (const item of given.items) {
    // A statement, or a pair of statement and parameters.
    const statement = item.kind === 'list' ? item.items[0] : item
    if (statement?.kind === 'attribute' && receiverOf(call) && statement.name === 'noop') continue
    emitSql(scope, call.node, statement)
  }
}
