import { argumentOf, dotted, type PyCall, type PyValue } from '../../../artifact/python.ts'
import type { Engine } from '../../../config/types.ts'
import type { ColumnSpec, Operation } from '../operation.ts'
import { alterField } from './django-alter.ts'
import { type DjangoField, djangoField } from './django-fields.ts'
import type { DjangoHistory } from './django-history.ts'
import { alterModelTable, renameModel } from './django-models.ts'

/** What the operations of one migration are read with. */
export interface DjangoSetting {
  readonly engine: Engine | undefined
  readonly history: DjangoHistory
  /** Table of a model of this app, or of another. */
  tableOf(model: string, app?: string): string
  /** A field as it is before the operation: of this file, or of earlier migrations. */
  fieldBefore(model: string, field: string): PyValue | undefined
  readonly fields: Map<string, PyValue>
  /** Models that the file renames: new name to the name in earlier migrations, in lower case. */
  readonly renamed: Map<string, string>
  /** Tables that models of the file name by themselves, by the model. */
  readonly tables: Map<string, string>
  readonly options: Map<string, PyValue>
}

/** What an operation does at once, and at the end of the migration, where Django puts indexes and some constraints. */
export interface DjangoReading {
  readonly now: readonly Operation[]
  readonly late?: readonly Operation[]
}

const textOf = (value: PyValue | undefined): string | undefined =>
  value?.kind === 'text' && value.holes === 0 ? value.text : undefined
const itemsOf = (value: PyValue | undefined): readonly PyValue[] =>
  value?.kind === 'list' ? value.items : value?.kind === 'text' ? [value] : []
const namesIn = (value: PyValue | undefined): readonly string[] =>
  itemsOf(value).flatMap(item => textOf(item)?.replace(/^-/, '') ?? [])

const harmless = (what: string): DjangoReading => ({ now: [{ op: 'harmless', what }] })

type Read = (call: PyCall, setting: DjangoSetting) => DjangoReading | undefined

/** Reads an operation on a model whose name is the first argument. */
const onModel =
  (read: (table: string, model: string, call: PyCall, setting: DjangoSetting) => DjangoReading | undefined): Read =>
  (call, setting) => {
    const model = textOf(call.keywords.get('model_name') ?? call.keywords.get('name') ?? call.arguments[0])
    return model === undefined ? undefined : read(setting.tableOf(model), model, call, setting)
  }

const onField =
  (
    read: (
      table: string,
      model: string,
      name: string,
      call: PyCall,
      setting: DjangoSetting,
    ) => DjangoReading | undefined,
  ): Read =>
  (call, setting) => {
    const model = textOf(argumentOf(call, 0, 'model_name'))
    const name = textOf(argumentOf(call, 1, 'name'))
    return model === undefined || name === undefined
      ? undefined
      : read(setting.tableOf(model), model, name, call, setting)
  }

/** Operations of Django, by their class. Undefined: the arguments are not known before it runs. */
export const operations: Readonly<Record<string, Read>> = {
  CreateModel: createModel,
  DeleteModel: onModel(table => ({ now: [{ op: 'drop-table', table, cascade: true }] })),
  RenameModel: renameModel,
  AlterModelTable: onModel(alterModelTable),
  AddField: onField(addField),
  AlterField: onField((table, model, name, call, setting) => {
    const value = argumentOf(call, 2, 'field')
    const before = setting.fieldBefore(model, name)
    setting.fields.set(`${model}.${name}`.toLowerCase(), value ?? { kind: 'none' })
    return alterField(
      table,
      djangoField(name, before, setting.engine),
      djangoField(name, value, setting.engine),
      setting,
    )
  }),
  RemoveField: onField((table, model, name, _call, setting) => {
    const field = djangoField(name, setting.fieldBefore(model, name), setting.engine)
    if (field?.kind === 'none') return harmless('RemoveField')
    if (field?.kind === 'many')
      return field.through
        ? harmless('RemoveField')
        : { now: [{ op: 'drop-table', table: field.tableName ?? `${table}_${name}`, cascade: true }] }
    return { now: [{ op: 'drop-column', table, column: field?.column.name ?? name }] }
  }),
  RenameField: onRename,
  AddIndex: addIndex(false),
  AddIndexConcurrently: addIndex(true),
  RemoveIndex: removeIndex(false),
  RemoveIndexConcurrently: removeIndex(true),
  RenameIndex: onModel((table, _model, call) => {
    const index = textOf(call.keywords.get('old_name'))
    const to = textOf(argumentOf(call, 1, 'new_name'))
    return index === undefined || to === undefined
      ? harmless('RenameIndex')
      : { now: [{ op: 'rename-index', table, index, to }] }
  }),
  AlterUniqueTogether: together('unique_together'),
  AlterIndexTogether: together('index_together'),
  AddConstraint: addConstraint(true),
  AddConstraintNotValid: addConstraint(false),
  ValidateConstraint: onModel((table, _model, call) => {
    const constraint = textOf(argumentOf(call, 1, 'name'))
    return constraint === undefined ? undefined : { now: [{ op: 'validate-constraint', table, constraint }] }
  }),
  RemoveConstraint: onModel((table, _model, call) => {
    const constraint = textOf(argumentOf(call, 1, 'name'))
    return constraint === undefined ? undefined : { now: [{ op: 'drop-constraint', table, constraint }] }
  }),
  AlterOrderWithRespectTo: onModel((table, _model, call) => {
    const by = argumentOf(call, 1, 'order_with_respect_to')
    if (by === undefined || by.kind === 'none') return { now: [{ op: 'drop-column', table, column: '_order' }] }
    const type = { name: 'integer', arguments: [], text: 'integer' }
    const column: ColumnSpec = {
      name: '_order',
      type,
      notNull: true,
      default: { text: '0', functions: [] },
      numbered: false,
      primaryKey: false,
      unique: false,
      check: false,
    }
    return {
      now: [
        { op: 'add-column', table, column },
        { op: 'drop-default', table, column: '_order' },
      ],
    }
  }),
  AlterModelOptions: () => harmless('AlterModelOptions'),
  AlterModelManagers: () => harmless('AlterModelManagers'),
  AlterModelTableComment: () => harmless('AlterModelTableComment'),
  AlterConstraint: () => harmless('AlterConstraint'),
  AddTrigger: onModel((table, _model, call) => ({
    now: [{ op: 'create-trigger', table, trigger: triggerName(call) }],
  })),
  RemoveTrigger: onModel((table, _model, call) => ({
    now: [{ op: 'drop-trigger', table, trigger: textOf(argumentOf(call, 1, 'name')) ?? '' }],
  })),
}

/** Operations of contrib.postgres and others that touch no table in use. */
export const withoutTables =
  /(Extension|^CreateCollation|^RemoveCollation|^Noop|^DummyOperation|^ApplyMiddleware|^AlterModelBases|^SetMigrationData)$/

function triggerName(call: PyCall): string {
  const trigger = argumentOf(call, 1, 'trigger')
  return trigger?.kind === 'call' ? (textOf(trigger.keywords.get('name')) ?? '') : ''
}

function createModel(call: PyCall, setting: DjangoSetting): DjangoReading | undefined {
  const name = textOf(argumentOf(call, 0, 'name'))
  const listed = argumentOf(call, 1, 'fields')
  if (name === undefined || (listed !== undefined && listed.kind !== 'list')) return undefined
  const options = argumentOf(call, 2, 'options')
  const option = (key: string): PyValue | undefined => (options?.kind === 'dict' ? options.entries.get(key) : undefined)
  const managed = option('managed')
  const proxy = option('proxy')
  if ((managed?.kind === 'boolean' && !managed.value) || (proxy?.kind === 'boolean' && proxy.value))
    return harmless('CreateModel')
  const own = textOf(option('db_table'))
  if (own !== undefined) setting.tables.set(name.toLowerCase(), own)
  const table = own ?? setting.tableOf(name)
  const columns: ColumnSpec[] = []
  const references = []
  const links: Operation[] = []
  for (const item of itemsOf(listed)) {
    const [first, value] = item.kind === 'list' ? item.items : []
    const field = djangoField(textOf(first) ?? '', value, setting.engine)
    if (!field || field.kind === 'none') continue
    setting.fields.set(`${name}.${textOf(first) ?? ''}`.toLowerCase(), value ?? { kind: 'none' })
    if (field.kind === 'many') {
      links.push(...linkTable(table, textOf(first) ?? '', field, setting))
      continue
    }
    columns.push(field.column)
    if (field.to && field.constrained)
      references.push({ table: setting.tableOf(field.to.model, field.to.app), columns: ['id'] })
  }
  return { now: [{ op: 'create-table', table, columns, references }, ...links] }
}

/** The table between two models. */
function linkTable(table: string, name: string, field: DjangoField, setting: DjangoSetting): readonly Operation[] {
  if (field.through) return []
  const other = field.to ? setting.tableOf(field.to.model, field.to.app) : ''
  const references = [table, ...(other === '' ? [] : [other])].map(one => ({ table: one, columns: ['id'] }))
  return [{ op: 'create-table', table: field.tableName ?? `${table}_${name.toLowerCase()}`, columns: [], references }]
}

function addField(
  table: string,
  model: string,
  name: string,
  call: PyCall,
  setting: DjangoSetting,
): DjangoReading | undefined {
  const value = argumentOf(call, 2, 'field')
  const field = djangoField(name, value, setting.engine)
  if (!field) return undefined
  setting.fields.set(`${model}.${name}`.toLowerCase(), value ?? { kind: 'none' })
  if (field.kind === 'none') return harmless('AddField')
  if (field.kind === 'many')
    return { now: [...linkTable(table, name, field, setting), { op: 'harmless', what: 'AddField' }] }
  const { column } = field
  const references =
    field.to && field.constrained
      ? { table: setting.tableOf(field.to.model, field.to.app), columns: ['id'] }
      : undefined
  // PostgreSQL gets the constraint with the column, MySQL afterwards, with an index of its own making.
  const mysql = setting.engine === 'mysql' || setting.engine === 'mariadb'
  const inline = references && !mysql ? { references } : {}
  const late: Operation[] = []
  if (field.indexed && !(mysql && references)) late.push(indexOn(table, [column.name]))
  if (mysql && references)
    late.push({ op: 'add-foreign-key', table, columns: [column.name], references, validated: true })
  return {
    now: [
      { op: 'add-column', table, column: { ...column, ...inline } },
      ...(field.passingDefault ? [{ op: 'drop-default', table, column: column.name } satisfies Operation] : []),
    ],
    late,
  }
}

export function indexOn(table: string, columns: readonly string[]): Operation {
  return { op: 'create-index', table, columns, unique: false, concurrently: false }
}

function onRename(call: PyCall, setting: DjangoSetting): DjangoReading | undefined {
  const model = textOf(argumentOf(call, 0, 'model_name'))
  const from = textOf(argumentOf(call, 1, 'old_name'))
  const to = textOf(argumentOf(call, 2, 'new_name'))
  if (model === undefined || from === undefined || to === undefined) return undefined
  const table = setting.tableOf(model)
  const value = setting.fieldBefore(model, from)
  if (value) setting.fields.set(`${model}.${to}`.toLowerCase(), value)
  const before = djangoField(from, value, setting.engine)
  const after = djangoField(to, value, setting.engine)
  if (before?.kind === 'none' || (before && before.column.name === after?.column.name)) return harmless('RenameField')
  if (before?.kind === 'many')
    return before.through || before.tableName !== undefined
      ? harmless('RenameField')
      : { now: [{ op: 'rename-table', table: `${table}_${from}`, to: `${table}_${to}` }] }
  return { now: [{ op: 'rename-column', table, column: before?.column.name ?? from, to: after?.column.name ?? to }] }
}

function addIndex(concurrently: boolean): Read {
  return onModel((table, model, call, setting) => {
    const index = argumentOf(call, 1, 'index')
    if (index?.kind !== 'call') return undefined
    const columns = columnsOf(model, namesIn(index.keywords.get('fields')), setting)
    const name = textOf(index.keywords.get('name'))
    return {
      now: [
        {
          op: 'create-index',
          table,
          ...(name === undefined ? {} : { index: name }),
          columns,
          unique: false,
          concurrently,
          ...(index.keywords.has('condition') ? { partial: true } : {}),
        },
      ],
    }
  })
}

/** Columns of fields: a key's has `_id`. */
function columnsOf(model: string, names: readonly string[], setting: DjangoSetting): readonly string[] {
  return names.map(name => {
    const known =
      setting.fields.get(`${model}.${name}`.toLowerCase()) ??
      setting.history.field(model.toLowerCase(), name.toLowerCase())
    return djangoField(name, known, setting.engine)?.column.name ?? name
  })
}

function removeIndex(concurrently: boolean): Read {
  return onModel((table, _model, call) => {
    const index = textOf(argumentOf(call, 1, 'name'))
    return index === undefined ? undefined : { now: [{ op: 'drop-index', table, index, concurrently }] }
  })
}

/** Sets of columns that are new, and sets that are gone, of `unique_together` and `index_together`. */
function together(option: 'unique_together' | 'index_together'): Read {
  return onModel((table, model, call, setting) => {
    const key = `${model.toLowerCase()}:${option}`
    const given = argumentOf(call, 1, option)
    const before = setting.options.get(key) ?? setting.history.option(model.toLowerCase(), option)
    if (given) setting.options.set(key, given)
    const [old, now] = [setsOf(before), setsOf(given)]
    const added = now.filter(one => !old.some(other => other.join() === one.join()))
    const gone = old.filter(one => !now.some(other => other.join() === one.join()))
    const unique = option === 'unique_together'
    return {
      now: [
        ...gone.map<Operation>(columns =>
          unique
            ? { op: 'drop-constraint', table, constraint: `(${columns.join(', ')})`, type: 'unique' }
            : { op: 'drop-index', table, index: `${table}_${columns.join('_')}`, columns, concurrently: false },
        ),
        ...added.map<Operation>(names => {
          const columns = columnsOf(model, names, setting)
          return unique ? { op: 'add-unique', table, columns } : indexOn(table, columns)
        }),
        { op: 'harmless', what: call.name },
      ],
    }
  })
}

function setsOf(value: PyValue | undefined): readonly (readonly string[])[] {
  const items = itemsOf(value)
  if (items.length > 0 && items.every(item => item.kind === 'text')) return [namesIn(value)]
  return items.map(item => namesIn(item)).filter(names => names.length > 0)
}

function addConstraint(validated: boolean): Read {
  return onModel((table, model, call, setting) => {
    const constraint = argumentOf(call, 1, 'constraint')
    if (constraint?.kind !== 'call') return undefined
    const named = textOf(constraint.keywords.get('name'))
    const name = named === undefined ? {} : { name: named }
    if (/ExclusionConstraint$/.test(constraint.name)) return { now: [{ op: 'add-exclusion', table, ...name }] }
    if (/CheckConstraint$/.test(constraint.name)) {
      const check = constraint.keywords.get('condition') ?? constraint.keywords.get('check') ?? constraint.arguments[0]
      const column = notNullColumn(check)
      const [notNull] = column === undefined ? [] : columnsOf(model, [column], setting)
      return {
        now: [
          {
            op: 'add-check',
            table,
            ...name,
            expression: check?.kind === 'call' ? `${dotted(check.callee)}(…)` : '…',
            validated,
            ...(notNull === undefined ? {} : { notNullColumn: notNull }),
          },
        ],
      }
    }
    if (!/UniqueConstraint$/.test(constraint.name)) return undefined
    const columns = columnsOf(model, namesIn(constraint.keywords.get('fields')), setting)
    const partial = constraint.keywords.has('condition')
    const asIndex =
      partial ||
      constraint.arguments.length > 0 ||
      constraint.keywords.has('include') ||
      constraint.keywords.has('opclasses')
    if (!asIndex) return { now: [{ op: 'add-unique', table, ...name, columns }] }
    return {
      now: [
        {
          op: 'create-index',
          table,
          ...(named === undefined ? {} : { index: named }),
          columns,
          unique: true,
          concurrently: false,
          ...(partial ? { partial } : {}),
        },
      ],
    }
  })
}

/** `Q(column__isnull=False)` and nothing else. */
function notNullColumn(check: PyValue | undefined): string | undefined {
  if (check?.kind !== 'call' || check.name !== 'Q' || check.arguments.length > 0 || check.keywords.size !== 1)
    return undefined
  const [[key = '', value] = []] = [...check.keywords]
  return key.endsWith('__isnull') && value?.kind === 'boolean' && !value.value ? key.slice(0, -8) : undefined
}
