import { literalOf } from '../../../artifact/literal.ts'
import { dotted, type PyCall, type PyValue, pyValue, receiverOf } from '../../../artifact/python.ts'
import type { Operation } from '../operation.ts'
import { tableName } from './alembic-columns.ts'
import type { Rows } from './django-orm.ts'
import { classAttribute, type PyFile } from './python-file.ts'

const textOf = (value: PyValue | undefined): string | undefined =>
  value?.kind === 'text' && value.holes === 0 ? value.text : undefined

/** Table behind `sa.table("users", …)`, a `Table`, or a class with `__tablename__`. */
export function saTable(value: PyValue | undefined, file: PyFile, depth = 0): string | undefined {
  if (value === undefined || depth > 5) return undefined
  if (value.kind === 'call') {
    if (!/^(table|Table|create_table)$/.test(value.name))
      return /^(alias|aliased)$/.test(value.name)
        ? saTable(receiverOf(value) ?? value.arguments[0], file, depth + 1)
        : undefined
    const name = textOf(value.arguments[0] ?? value.keywords.get('name'))
    const schema = textOf(value.keywords.get('schema'))
    return name === undefined ? undefined : tableName(schema === undefined ? name : `${schema}.${name}`)
  }
  if (value.kind === 'attribute') return value.name === '__table__' ? saTable(value.of, file, depth + 1) : undefined
  if (value.kind !== 'name') return undefined
  const own = file.classes.get(value.name)
  const declared = own && classAttribute(own, '__tablename__')
  if (declared) return textOf(pyValue(declared, { variable: name => file.constants.get(name) }))
  const made = own && classAttribute(own, '__table__')
  if (made) return saTable(pyValue(made, { variable: name => file.constants.get(name) }), file, depth + 1)
  // A model of the application: the class is all that is known of it.
  return file.imported.has(value.name) && /^[A-Z]\w*[a-z]/.test(value.name) ? value.name : undefined
}

/** What a statement of SQLAlchemy's expression language does; undefined when it is none. */
export function saStatement(value: PyValue | undefined, file: PyFile, depth = 0): Operation | undefined {
  if (value?.kind !== 'call' || depth > 60) return undefined
  const receiver = receiverOf(value)
  const inner = receiver && saStatement(receiver, file, depth + 1)
  if (inner) return after(inner, value)
  if (/^(Create|Drop)Sequence$/.test(value.name)) return { op: 'harmless', what: value.name }
  if (!/^(update|delete|insert|select)$/.test(value.name)) return undefined
  if (value.name === 'select') return { op: 'harmless', what: 'SELECT' }
  const table = saTable(receiver, file) ?? saTable(value.arguments[0], file)
  if (table === undefined) return undefined
  if (value.name === 'insert') return { op: 'harmless', what: 'INSERT' }
  // `table.update(condition)` of earlier versions.
  const filtered = receiver !== undefined && saTable(receiver, file) !== undefined && value.arguments.length > 0
  return { op: value.name === 'update' ? 'update-rows' : 'delete-rows', table, filtered, batched: false }
}

function after(statement: Operation, call: PyCall): Operation {
  if (statement.op === 'harmless') {
    if (call.name !== 'from_select' || statement.what !== 'INSERT') return statement
    return { op: 'insert-select', table: '', from: [] }
  }
  if (statement.op !== 'update-rows' && statement.op !== 'delete-rows') return statement
  if (/^(where|filter|filter_by)$/.test(call.name)) {
    const narrows = call.keywords.size > 0 || call.arguments.some(narrowing)
    const slice = call.arguments.some(one => one.kind === 'call' && one.name === 'in_')
    return { ...statement, filtered: statement.filtered || narrows, batched: statement.batched || (slice && narrows) }
  }
  return statement
}

/** Not a join, and not `column IS NULL`, which at first is true for every row of a backfill. */
function narrowing(condition: PyValue): boolean {
  if (condition.kind === 'call')
    return !(/^(is_|exists)$/.test(condition.name) && condition.arguments[0]?.kind === 'none')
  if (condition.kind !== 'compared') return true
  if (condition.right.kind === 'none') return false
  const isColumn = (value: PyValue): boolean => value.kind === 'attribute' && /\.c\./.test(dotted(value))
  return !(isColumn(condition.left) && isColumn(condition.right))
}

/** Rows behind `session.query(Model).filter(…)` and `session.scalars(select(Model))`. */
export function sessionRows(value: PyValue, file: PyFile, depth = 0): Rows | undefined {
  if (depth > 60) return undefined
  if (value.kind === 'item') {
    const rows = sessionRows(value.of, file, depth + 1)
    return rows && !rows.record ? { ...rows, record: 'each' } : rows
  }
  if (value.kind !== 'call') return undefined
  if (value.name === 'query' && value.arguments.length === 1) {
    const table = saTable(value.arguments[0], file)
    return table === undefined ? undefined : { table, filtered: false, batched: false }
  }
  if (/^(scalars|execute)$/.test(value.name) && value.arguments[0]?.kind === 'call')
    return selectRows(value.arguments[0], file)
  const receiver = receiverOf(value)
  const rows = receiver && sessionRows(receiver, file, depth + 1)
  if (!rows || rows.record) return rows
  if (
    /^(all|order_by|options|yield_per|execution_options|with_entities|distinct|join|outerjoin|scalars|unique|enable_eagerloads|with_for_update|populate_existing)$/.test(
      value.name,
    )
  )
    return rows
  if (/^(filter|filter_by|where|having)$/.test(value.name))
    return { ...rows, filtered: rows.filtered || value.keywords.size > 0 || value.arguments.some(narrowing) }
  if (/^(limit|slice)$/.test(value.name)) return { ...rows, filtered: true, batched: true }
  if (/^(first|one|one_or_none|get|scalar|scalar_one|scalar_one_or_none)$/.test(value.name))
    return { ...rows, record: 'one' }
  return undefined
}

function selectRows(value: PyCall, file: PyFile, depth = 0): Rows | undefined {
  if (depth > 60) return undefined
  if (value.name === 'select' && value.arguments.length > 0) {
    const table = selectedTable(value.arguments, file)
    return table === undefined ? undefined : { table, filtered: false, batched: false }
  }
  const receiver = receiverOf(value)
  const rows = receiver?.kind === 'call' ? selectRows(receiver, file, depth + 1) : undefined
  if (!rows) return undefined
  if (/^(where|filter|filter_by)$/.test(value.name))
    return { ...rows, filtered: rows.filtered || value.arguments.some(narrowing) }
  return value.name === 'limit' ? { ...rows, filtered: true, batched: true } : rows
}

/** The one table behind `select(User)`, `select(users.c.id, users.c.email)`, `select([User.id])`. */
function selectedTable(columns: readonly PyValue[], file: PyFile): string | undefined {
  const tables = new Set(
    columns
      .flatMap(value => (value.kind === 'list' ? value.items : [value]))
      .map(value => {
        if (value.kind !== 'attribute') return saTable(value, file)
        const { of } = value
        return saTable(of.kind === 'attribute' && /^(c|columns)$/.test(of.name) ? of.of : of, file)
      }),
  )
  return tables.size === 1 ? [...tables][0] : undefined
}

/** `Model.__tablename__` as text. */
export function tableText(value: PyValue, file: PyFile): PyValue | undefined {
  if (value.kind !== 'attribute') return undefined
  const of =
    value.name === '__tablename__'
      ? value.of
      : value.name === 'name' && value.of.kind === 'attribute' && value.of.name === '__table__'
        ? value.of.of
        : undefined
  const table = of && saTable(of, file)
  return table === undefined ? undefined : literalOf(table)
}
