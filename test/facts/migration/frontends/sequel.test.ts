import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../../../src/artifact/source.ts'
import type { Engine } from '../../../../src/config/types.ts'
import type { ReadSql } from '../../../../src/facts/migration/frontends/rails.ts'
import { readSequel } from '../../../../src/facts/migration/frontends/sequel.ts'
import type { Operation, Program } from '../../../../src/facts/migration/operation.ts'

const sql: ReadSql = async (text, place) => [
  { kind: 'change', span: place(0), text, operations: [{ op: 'harmless', what: text.trim() }] },
]

const read = (body: string, engine: Engine = 'postgres'): Promise<Program> =>
  readSequel(sourceOf('migrate/20260501_x.rb', 'head', `Sequel.migration do\n${body}\nend\n`), sql, { engine })

/** What a migration of Sequel does, in words. */
async function up(body: string, engine: Engine = 'postgres'): Promise<readonly string[]> {
  const program = await read(body, engine)
  return program.up.flatMap(step =>
    step.kind === 'change' ? step.operations.map(shown) : [step.kind === 'unreadable' ? `? ${step.reason}` : step.kind],
  )
}

function shown(item: Operation): string {
  switch (item.op) {
    case 'add-column': {
      const { name, type, notNull, default: value, references } = item.column
      const more = `${notNull ? ' not null' : ''}${value ? ` default ${value.text}` : ''}`
      return `add ${item.table}.${name} ${type.text}${more}${references ? ` to ${references.table}` : ''}`
    }
    case 'create-table':
      return `create ${item.table} (${item.columns
        .map(({ name, type, primaryKey }) => `${name}${primaryKey ? '*' : ''} ${type.text}`)
        .join(', ')})${item.partitionOf === undefined ? '' : ` of ${item.partitionOf}`}`
    case 'harmless':
      return item.what
    case 'change-type':
      return `type ${item.table}.${item.column} ${item.to.text}`
    case 'set-default':
      return `default ${item.table}.${item.column} ${item.default.text}`
    case 'add-foreign-key':
      return `key ${item.table}.${item.columns.join()} to ${item.references.table}${item.validated ? '' : ' not valid'}`
    case 'create-index':
      return `index ${item.index} on ${item.table} (${item.columns.join()})${item.unique ? ' unique' : ''}${item.concurrently ? ' concurrently' : ''}`
    case 'drop-index':
      return `drop index ${item.index}${item.concurrently ? ' concurrently' : ''}`
    case 'add-check':
      return `check ${item.name ?? '-'}${item.validated ? '' : ' not valid'}`
    case 'update-rows':
    case 'delete-rows':
      return `${item.op} ${item.table}${item.filtered ? ' filtered' : ''}`
    default:
      return `${item.op} ${'table' in item ? item.table : ''}${'column' in item && typeof item.column === 'string' ? `.${item.column}` : ''}`
  }
}

describe('Sequel', () => {
  test('alter_table', async () => {
    expect(
      await up(`
  change do
    alter_table(:users) do
      add_column :plan, String, null: false
      add_column :seats, Integer, default: 1
      add_column :key, :uuid, default: Sequel.lit("gen_random_uuid()")
      add_foreign_key :team_id, :teams, type: :uuid
      add_foreign_key [:shop_id], :shops, not_valid: true
      add_index [:team_id, :plan], unique: true, concurrently: true
      add_constraint({name: :seats_there, not_valid: true}) { seats > 0 }
      validate_constraint :seats_there
      drop_column :old
      rename_column :a, :b
      set_column_type :seats, :bigint
      set_column_default :plan, "free"
      set_column_not_null :plan
      set_column_allow_null :note
      drop_index :plan, name: :users_plan
      drop_constraint :gone, type: :foreign_key
      add_primary_key [:id]
      add_unique_constraint [:key], name: :users_key
    end
  end`),
    ).toEqual([
      'add users.plan text not null',
      'add users.seats integer default 1',
      'add users.key uuid default gen_random_uuid()',
      'add users.team_id uuid to teams',
      'key users.shop_id to shops not valid',
      'index users_team_id_plan_index on users (team_id,plan) unique concurrently',
      'check seats_there not valid',
      'validate-constraint users',
      'drop-column users.old',
      'rename-column users.a',
      'type users.seats bigint',
      "default users.plan 'free'",
      'set-not-null users.plan',
      'drop-not-null users.note',
      'drop index users_plan',
      'drop-constraint users',
      'add-primary-key users',
      'add-unique users',
    ])
  })

  test('create_table, whatever words declare its columns', async () => {
    expect(
      await up(`
  change do
    create_table(:carts) do
      column :id, :uuid, primary_key: true
      foreign_key :user_id, :users, type: :uuid, null: false
      String :name, size: 40
      timestamptz :at, default: Sequel::CURRENT_TIMESTAMP
      jsonb :data
      unique [:user_id, :name]
      constraint :named, name: /x/
      index :user_id
    end
    create_table(:parts, partition_of: :all) do
      from 1
      to 2
    end
    drop_table :baskets
    rename_table :a, :b
  end`),
    ).toEqual([
      'create carts (id* uuid, user_id uuid, name varchar(40), at timestamptz, data jsonb)',
      'add-unique carts',
      'index carts_user_id_index on carts (user_id)',
      'create parts () of all',
      'drop-table baskets',
      'rename-table a',
    ])
  })

  test('calls on the database, SQL, and rows', async () => {
    expect(
      await up(`
  names = %i[users orders]
  up do
    add_column :users, :plan, String
    add_index :users, :plan, concurrently: true
    run "UPDATE a SET b = 1"
    run <<~SQL
      SELECT 1
    SQL
    from(:users).update(plan: "free")
    from(:users).where(plan: nil).update(plan: "free")
    self[:users].where(id: 1).delete
    DB[:roles].insert(name: "x")
    names.each do |name|
      alter_table(name) { drop_column :old }
    end
  end
  down do
    drop_column :users, :plan
  end`),
    ).toEqual([
      'add users.plan text',
      'index users_plan_index on users (plan) concurrently',
      'UPDATE a SET b = 1',
      'SELECT 1',
      'update-rows users',
      'update-rows users',
      'delete-rows users filtered',
      'INSERT',
      'drop-column users.old',
      'drop-column orders.old',
    ])
  })

  test('transactions, ways back, and what revert takes back', async () => {
    const plain = await read('  up { drop_table :a }')
    expect([plain.transaction, plain.down]).toEqual(['wrapped', undefined])
    const bare = await read('  no_transaction\n  change { add_index :a, :b, concurrently: true }')
    expect([bare.transaction, bare.down]).toEqual(['each', []])
    expect(
      await up(`
  no_transaction
  revert do
    alter_table(:a) do
      add_index [:b], name: :a_b, concurrently: true
    end
    create_table(:c) { Integer :d }
  end`),
    ).toEqual(['drop-table c', 'drop index a_b concurrently'])
  })

  test('types of MySQL', async () => {
    expect(await up('  change { add_column :a, :b, String }', 'mysql')).toEqual(['add a.b varchar(255)'])
    expect(await up('  change { add_column :a, :b, DateTime }', 'mysql')).toEqual(['add a.b datetime'])
  })

  test('what is only known when it runs is said', async () => {
    expect(await up('  up { months.each { |month| drop_table("log_#{month}") } }')).toEqual([
      '? the name of the table or column is only known when the migration runs',
    ])
    expect(await up('  up { alter_table(:a) { add_magic :b } }')).toEqual([
      '? `add_magic` is not a call of the migration language',
    ])
  })

  test('fragments in any order', async () => {
    const fragment = fc.constantFrom(
      ...['change do', 'up do', 'end', 'alter_table(:a) do', 'create_table :b do', '{', '}', 'add_column', ':c', ','],
      ...[
        'String',
        'run <<~SQL',
        'SQL',
        '"x #{y}"',
        'from(:t)',
        '.where(',
        ')',
        '.update(a: 1)',
        'DB[',
        ']',
        '|m|',
        '%i[',
      ],
      ...[
        'each',
        'revert do',
        'no_transaction',
        'add_constraint({name: 1}) {',
        'nil',
        'if',
        'foreign_key',
        '\n',
        '=',
        '(',
      ],
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fragment, { maxLength: 30 }), async fragments => {
        const { up } = await read(fragments.join(' '))
        return up.every(step => step.span.line >= 1)
      }),
      { numRuns: 150 },
    )
  })
})
