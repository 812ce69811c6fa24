import type { RewritePart } from '../../rewrite.ts'
import { singularize } from '../frontends/rails-names.ts'
import type { Operation } from '../operation.ts'
import { atEnd } from './mysql.ts'
import { oldNameAsView } from './old-name.ts'
import type { Plan, Site } from './plan.ts'
import { madeName } from './postgres-text.ts'
import { referencePlan } from './rails-reference.ts'
import { addIndexLine, type Call, camelize, symbol, withOptions } from './ruby.ts'

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>

/** The safe way of one call, as Ruby. */
export function railsPlan(name: string, site: Site, call: Call): Plan | undefined {
  const { operation } = site
  const postgres = site.fact.engine === 'postgres'
  switch (name) {
    case 'online':
      return postgres ? online(site, call) : atTheEnd(operation, call)
    case 'own-migration':
      return ownMigration(operation, call)
    case 'batches':
      return operation.op === 'update-rows' ? batches(operation, call) : undefined
    case 'repeatable':
      return repeatable(operation, call)
    case 'optional-first':
      return operation.op === 'add-column' ? optionalFirst(operation, call) : undefined
    case 'two-releases':
      return twoReleases(operation, call)
    default:
      return undefined
  }
}

/** MySQL adds a column at once that has no place of its own. */
function atTheEnd(operation: Operation, call: Call): Plan | undefined {
  if (operation.op !== 'add-column' || call.name !== 'add_column') return undefined
  const text = withOptions(call, { after: undefined, first: undefined })
  return text === undefined || text === call.text
    ? undefined
    : { title: atEnd, name: `add ${operation.column.name}`, here: { text, bare: false }, later: [] }
}

function online(site: Site, call: Call): Plan | undefined {
  const { operation } = site
  if (/^add_(reference|belongs_to)$/.test(call.name)) return referencePlan(site, call)
  switch (operation.op) {
    case 'create-index':
      return createIndex(operation, call)
    case 'drop-index':
      return call.name === 'remove_index'
        ? inCall('Drop the index without stopping the table', `drop ${operation.index}`, call, {
            algorithm: ':concurrently',
          })
        : undefined
    case 'add-foreign-key':
      return call.name === 'add_foreign_key' ? addForeignKey(operation, call) : undefined
    case 'add-check':
      return call.name === 'add_check_constraint' ? addCheck(operation, call) : undefined
    case 'set-not-null':
      return call.name === 'change_column_null' ? setNotNull(operation, call) : undefined
    case 'add-unique':
      return addUnique(operation)
    case 'add-column':
      return call.name === 'add_column' ? addThenFill(operation, call) : undefined
    case 'change-type':
      return call.name === 'change_column' ? changeType(operation, call) : undefined
    default:
      return undefined
  }
}

/** The same call with other options, outside of a transaction. */
function inCall(title: string, name: string, call: Call, options: Readonly<Record<string, string>>): Plan | undefined {
  const text = withOptions(call, options)
  return text === undefined
    ? undefined
    : { title, name, here: { text, bare: true, own: { name, sql: [], code: text.split('\n'), bare: true } }, later: [] }
}

function createIndex(operation: Of<'create-index'>, call: Call): Plan | undefined {
  const title = 'Build the index beside the traffic'
  const name = `index ${operation.table} on ${operation.columns.join(' and ')}`
  if (call.name === 'add_index') return inCall(title, name, call, { algorithm: ':concurrently' })
  // Inside `change_table`: the options that the operation does not know would be lost.
  if (operation.partial || operation.special !== undefined || /\b(order|using|opclass|where|include):/.test(call.text))
    return undefined
  return { title, name, later: [{ name, sql: [], code: [addIndexLine(operation, true)], bare: true }] }
}

function addForeignKey(operation: Of<'add-foreign-key'>, call: Call): Plan | undefined {
  const text = withOptions(call, { validate: 'false' })
  if (text === undefined) return undefined
  return {
    title: 'Add the foreign key for new rows first, and check the old ones when no lock is held',
    name: `add ${operation.table} foreign key`,
    here: { text, bare: false },
    later: [
      {
        name: `validate ${operation.table} ${operation.columns.join(' ')} foreign key`,
        sql: [],
        code: [validateForeignKey(operation, call)],
        bare: false,
      },
    ],
  }
}

function validateForeignKey({ table, references }: Of<'add-foreign-key'>, call: Call): string {
  const name = call.keywords.get('name')?.text
  const column = call.keywords.get('column')?.text
  const which =
    name !== undefined ? `name: ${name}` : column !== undefined ? `column: ${column}` : symbol(references.table)
  return `validate_foreign_key ${symbol(table)}, ${which}`
}

function addCheck(operation: Of<'add-check'>, call: Call): Plan | undefined {
  const text = withOptions(call, { validate: 'false' })
  if (text === undefined || operation.name === undefined) return undefined
  return {
    title: 'Add the constraint for new rows first, and check the old ones when no lock is held',
    name: `add ${operation.name}`,
    here: { text, bare: false },
    later: [
      {
        name: `validate ${operation.name}`,
        sql: [],
        code: [`validate_check_constraint ${symbol(operation.table)}, name: "${operation.name}"`],
        bare: false,
      },
    ],
  }
}

/** The check that proves it, and the stage that uses the proof. */
function notNullSteps(table: string, column: string): { check: string; last: Plan['later'][number] } {
  const name = madeName(table, column, 'not_null')
  return {
    check: `add_check_constraint ${symbol(table)}, "${column} IS NOT NULL", name: "${name}", validate: false`,
    last: {
      name: `require ${table} ${column}`,
      sql: [],
      code: [
        `validate_check_constraint ${symbol(table)}, name: "${name}"`,
        `change_column_null ${symbol(table)}, ${symbol(column)}, false`,
        `remove_check_constraint ${symbol(table)}, name: "${name}"`,
      ],
      bare: false,
    },
  }
}

function setNotNull({ table, column }: Of<'set-not-null'>, call: Call): Plan | undefined {
  // With a fourth argument the call fills the column first.
  if (call.arguments.length !== 3) return undefined
  const { check, last } = notNullSteps(table, column)
  return {
    title: 'Prove that there are no NULLs before the column says so',
    name: `check ${table} ${column}`,
    here: { text: check, bare: false },
    later: [last],
  }
}

function addUnique({ table, columns, name, usingIndex }: Of<'add-unique'>): Plan | undefined {
  if (usingIndex !== undefined || name === undefined || columns.length === 0) return undefined
  const list = columns.length === 1 ? symbol(columns[0] ?? '') : `[${columns.map(symbol).join(', ')}]`
  const index = `add_index ${symbol(table)}, ${list}, unique: true, name: "${name}", algorithm: :concurrently`
  return {
    title: 'Build the unique index beside the traffic, then let the constraint take it over',
    name: `index ${table} ${columns.join(' ')}`,
    here: {
      text: index,
      bare: true,
      own: { name: `index ${table} ${columns.join(' ')}`, sql: [], code: [index], bare: true },
    },
    later: [
      {
        name: `add ${name}`,
        sql: [],
        code: [`add_unique_constraint ${symbol(table)}, name: "${name}", using_index: "${name}"`],
        bare: false,
      },
    ],
  }
}

/** The model of a table, as Rails names it. */
function modelOf(table: string): string {
  return camelize(singularize(table.slice(table.lastIndexOf('.') + 1)))
}

function addThenFill({ table, column }: Of<'add-column'>, call: Call): Plan | undefined {
  const value = call.keywords.get('default')
  const text = withOptions(call, { default: undefined, null: undefined })
  const sql = column.default?.text
  if (value === undefined || text === undefined || sql === undefined || column.numbered) return undefined
  const { check, last } = notNullSteps(table, column.name)
  const own = `${symbol(table)}, ${symbol(column.name)}`
  const given =
    value.type === 'lambda' ? `"${column.name} = ${sql.replaceAll('"', '\\"')}"` : `${column.name}: ${value.text}`
  return {
    title: 'Add the column, set the default for new rows, and fill the old ones in batches',
    name: `add ${table} ${column.name}`,
    here: { text: `${text}\nchange_column_default ${own}, from: nil, to: ${value.text}`, bare: false },
    later: [
      {
        name: `fill ${table} ${column.name}`,
        sql: [],
        code: [
          `${modelOf(table)}.unscoped.in_batches(of: 5000) do |rows|`,
          `  rows.where(${column.name}: nil).update_all(${given})`,
          'end',
        ],
        bare: true,
      },
      ...(column.notNull ? [{ name: `check ${table} ${column.name}`, sql: [], code: [check], bare: false }, last] : []),
    ],
  }
}

function changeType({ table, column }: Of<'change-type'>, call: Call): Plan | undefined {
  const [, name] = call.arguments
  if (name === undefined || call.text.includes('<<')) return undefined
  const fresh = `${column}_new`
  const model = modelOf(table)
  const added = withOptions(call, { using: undefined })
    ?.replace(/^change_column/, 'add_column')
    .replace(name.text, symbol(fresh))
  if (added === undefined) return undefined
  return {
    title: 'Add a column of the new type beside the old one, write both, fill it in batches, then read the new one',
    name: `add ${table} ${fresh}`,
    here: { text: added, bare: false },
    later: [
      ruby('In the model, released with it', [
        `class ${model} < ApplicationRecord`,
        `  before_save { self.${fresh} = ${column} }`,
        'end',
      ]),
      {
        name: `fill ${table} ${fresh}`,
        sql: [],
        code: [`${model}.unscoped.in_batches(of: 5000) do |rows|`, `  rows.update_all("${fresh} = ${column}")`, 'end'],
        bare: true,
      },
      {
        name: `remove ${table} ${column}`,
        sql: [],
        code: [`remove_column ${symbol(table)}, ${symbol(column)}`],
        bare: false,
        after: `When the code uses \`${fresh}\` only, and has \`self.ignored_columns += ["${column}"]\``,
      },
    ],
  }
}

function ruby(where: string, lines: readonly string[]): RewritePart {
  return { where, language: 'ruby', code: lines.join('\n') }
}

/** `Model.update_all` in batches. A condition on a column that is set ends with them. */
function batches(operation: Of<'update-rows'>, call: Call): Plan | undefined {
  if (call.name !== 'update_all' || call.receiver === undefined || call.text.includes('<<')) return undefined
  if (/\.(limit|offset|joins|left_joins|order|in_batches|group)\b/.test(call.receiver.text)) return undefined
  const at = call.receiver.endIndex - call.node.startIndex
  const text = `${call.text.slice(0, at)}.in_batches(of: 5000)${call.text.slice(at)}`
  const name = `fill ${operation.table}`
  return {
    title: 'Write the rows in batches that commit one by one',
    name,
    here: { text, bare: true, own: { name, sql: [], code: text.split('\n'), bare: true } },
    later: [],
  }
}

function ownMigration(operation: Operation, call: Call): Plan | undefined {
  if (operation.op === 'validate-constraint') {
    const name = `validate ${operation.constraint}`
    return {
      title: 'Validate in a migration of its own, so that the lock of this one is gone',
      name,
      later: [{ name, sql: [], code: call.text.split('\n'), bare: false }],
    }
  }
  const plan = operation.op === 'update-rows' ? batches(operation, call) : undefined
  const own = plan?.here?.own
  return plan && own && { title: plan.title, name: plan.name, later: [own] }
}

const repeatables: Readonly<Record<string, string>> = {
  add_index: 'if_not_exists',
  add_column: 'if_not_exists',
  create_table: 'if_not_exists',
  remove_index: 'if_exists',
  remove_column: 'if_exists',
  drop_table: 'if_exists',
}

function repeatable(operation: Operation, call: Call): Plan | undefined {
  const option = repeatables[call.name]
  const text = option === undefined ? undefined : withOptions(call, { [option]: 'true' })
  return text === undefined
    ? undefined
    : { title: 'Let a second run pass over it', name: operation.op, here: { text, bare: false }, later: [] }
}

function optionalFirst({ table, column }: Of<'add-column'>, call: Call): Plan | undefined {
  // `t.string :plan` of `change_table` declares all columns that it names.
  const declares =
    call.name === 'add_column' ||
    (call.receiver !== undefined && call.keywords.has('null') && call.arguments.length === 1)
  const text = declares ? withOptions(call, { null: undefined }) : undefined
  if (text === undefined) return undefined
  const { check, last } = notNullSteps(table, column.name)
  const after = 'When the code fills the column, and old rows have a value'
  return {
    title: 'Add the column as optional, and require it when every row has a value',
    name: `add ${table} ${column.name}`,
    here: { text, bare: false },
    later: [{ name: `check ${table} ${column.name}`, sql: [], code: [check], bare: false, after }, last],
  }
}

function twoReleases(operation: Operation, call: Call): Plan | undefined {
  switch (operation.op) {
    case 'drop-column': {
      const model = [
        `class ${modelOf(operation.table)} < ApplicationRecord`,
        `  self.ignored_columns += ["${operation.column}"]`,
        'end',
      ]
      return {
        title: 'Let the code forget the column first',
        name: 'drop column',
        later: [
          ruby('In the model, released first, without this migration', model),
          {
            name: `remove ${operation.table} ${operation.column}`,
            sql: [],
            code: call.text.split('\n'),
            bare: false,
            after: 'When nothing of the older release runs any more',
          },
        ],
      }
    }
    case 'rename-column':
      return {
        title: 'Give the column its new name in the code only',
        name: 'rename column',
        later: [
          ruby('In the model, in place of this migration', [
            `class ${modelOf(operation.table)} < ApplicationRecord`,
            `  alias_attribute ${symbol(operation.to)}, ${symbol(operation.column)}`,
            'end',
          ]),
        ],
      }
    case 'rename-table':
      return oldNameAsView(operation.table, operation.table, {
        text: `${call.text}\nexecute "CREATE VIEW ${operation.table} AS SELECT * FROM ${operation.to}"`,
        bare: false,
      })
    default:
      return undefined
  }
}
