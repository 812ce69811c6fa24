import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../../../src/artifact/source.ts'
import type { Artifact } from '../../../../src/artifact/types.ts'
import { type RailsHints, type ReadSql, readRails } from '../../../../src/facts/migration/frontends/rails.ts'
import type { Operation, Program, Step } from '../../../../src/facts/migration/operation.ts'

/** Stands for an engine's reader: one harmless step for each statement; `UPDATE x` is told apart. */
const sql: ReadSql = async (text, place) => {
  const at = text.search(/\S/)
  const table = /^\s*UPDATE (\S+)/i.exec(text)?.[1]
  const operation: Operation =
    table === undefined
      ? { op: 'harmless', what: text.trim() }
      : { op: 'update-rows', table, filtered: /\bWHERE\b/i.test(text), batched: false }
  return [{ kind: 'change', span: place(at), text: text.trim(), operations: [operation] }]
}

function artifactOf(path: string): Artifact {
  return {
    path,
    status: 'added',
    language: 'ruby',
    kind: 'rails-migration',
    role: 'live',
    environment: 'unknown',
    hunks: [],
  }
}

function read(text: string, hints: RailsHints = {}): Promise<Program> {
  const path = 'db/migrate/20260101000000_example.rb'
  return readRails(sourceOf(path, 'head', text), artifactOf(path), sql, hints)
}

/** Steps of a body of `change`, on line 3 and after. */
async function steps(body: string, hints: RailsHints = {}, version = '[7.1]'): Promise<readonly Step[]> {
  const program = await read(`class X < ActiveRecord::Migration${version}\n  def change\n${body}\n  end\nend\n`, hints)
  return program.up
}

async function operations(body: string, hints: RailsHints = {}, version = '[7.1]'): Promise<readonly Operation[]> {
  return (await steps(body, hints, version)).flatMap(step => (step.kind === 'change' ? step.operations : []))
}

describe('columns', () => {
  test('type, NOT NULL and constant default', async () => {
    expect(await operations(`add_column :users, "points", :integer, limit: 8, null: false, default: 0`)).toMatchObject([
      {
        op: 'add-column',
        table: 'users',
        column: { name: 'points', type: { name: 'bigint' }, notNull: true, default: { text: '0', functions: [] } },
      },
    ])
  })

  test('a lambda is an expression, a uuid default with brackets as well, another string is a constant', async () => {
    const [lambda, uuid, text] = await operations(`
      add_column :a, :b, :datetime, default: -> { 'clock_timestamp()' }
      add_column :a, :c, :uuid, default: "gen_random_uuid()"
      add_column :a, :d, :string, default: "random()"`)
    expect(lambda).toMatchObject({ column: { default: { text: 'clock_timestamp()', functions: ['clock_timestamp'] } } })
    expect(uuid).toMatchObject({ column: { default: { functions: ['gen_random_uuid'] } } })
    expect(text).toMatchObject({ column: { default: { text: "'random()'", functions: [] } } })
  })

  test.each([
    [':string', {}, 'varchar', []],
    [':string, limit: 40', {}, 'varchar', [40]],
    [':string', { engine: 'mysql' as const }, 'varchar', [255]],
    [':datetime', {}, 'timestamp', []],
    [':datetime', { engine: 'mysql' as const }, 'datetime', []],
    [':timestamptz', {}, 'timestamptz', []],
    [':decimal, precision: 10, scale: 2', {}, 'numeric', [10, 2]],
    [':integer, limit: 2', {}, 'smallint', []],
    [':float', {}, 'double precision', []],
    [':binary', {}, 'bytea', []],
    [':text, size: :medium', { engine: 'mariadb' as const }, 'mediumtext', []],
    ["'character varying(12)'", {}, 'varchar', [12]],
    ["'integer unsigned'", {}, 'integer', []],
    [':enum, enum_type: :mood', {}, 'mood', []],
  ])('%s is %s', async (type, hints, name, numbers) => {
    expect(await operations(`add_column :t, :c, ${type}`, hints)).toMatchObject([
      { column: { type: { name, arguments: numbers } } },
    ])
  })

  test('timestamps are NOT NULL since Rails 5', async () => {
    expect(await operations('add_timestamps :t')).toMatchObject([
      { column: { name: 'created_at', notNull: true } },
      { column: { name: 'updated_at', notNull: true } },
    ])
    expect(await operations('add_timestamps :t', {}, '')).toMatchObject([
      { column: { notNull: false } },
      { column: { notNull: false } },
    ])
    expect(await operations('add_timestamps :t, null: true')).toMatchObject([
      { column: { notNull: false } },
      { column: { notNull: false } },
    ])
  })

  test('removing, renaming and changing', async () => {
    expect(
      await operations(`
        remove_column :users, :a, :string
        remove_columns :users, :b, :c
        rename_column :users, :d, :e
        rename_table :users, :people
        change_column_default :users, :f, from: nil, to: "x"
        change_column_default :users, :g, nil
        change_column_comment :users, :h, from: "", to: "hm"`),
    ).toMatchObject([
      { op: 'drop-column', column: 'a' },
      { op: 'drop-column', column: 'b' },
      { op: 'drop-column', column: 'c' },
      { op: 'rename-column', column: 'd', to: 'e' },
      { op: 'rename-table', to: 'people' },
      { op: 'set-default', default: { text: "'x'" } },
      { op: 'drop-default', column: 'g' },
      { op: 'harmless' },
    ])
  })

  test('change_column is one statement with several clauses; MySQL restates the column only where NULL is said', async () => {
    const body = `change_column :users, :age, :bigint, null: false, default: 0, using: "age::bigint"`
    const [step] = await steps(body, { engine: 'postgres' })
    expect(step).toMatchObject({
      operations: [
        { op: 'change-type', to: { name: 'bigint' }, using: { text: 'age::bigint' } },
        { op: 'set-default' },
        { op: 'set-not-null' },
      ],
    })
    expect(await operations(body, { engine: 'mysql' })).toMatchObject([{ op: 'change-type', spec: { notNull: true } }])
    expect(
      await operations('change_column :users, :age, :bigint', { engine: 'mysql' }).then(([one]) => one),
    ).not.toHaveProperty('spec')
  })

  test('change_column_null with a default fills the rows first', async () => {
    expect(await operations(`change_column_null :users, :email, false, "?"`)).toMatchObject([
      { op: 'update-rows', table: 'users', filtered: true, batched: false },
      { op: 'set-not-null', column: 'email' },
    ])
    expect(await operations('change_column_null :users, :email, true')).toMatchObject([{ op: 'drop-not-null' }])
  })
})

describe('indexes and constraints', () => {
  test('indexes', async () => {
    expect(
      await operations(`
        add_index :users, %i[a b], unique: true, algorithm: :concurrently, where: "a > 1", if_not_exists: true
        add_index "users", "lower(email)", name: :by_mail, using: :gin
        remove_index :users, column: [:a, :b], algorithm: :concurrently
        remove_index :users, name: "by_mail"
        rename_index :users, "x", "y"`),
    ).toEqual([
      {
        op: 'create-index',
        table: 'users',
        index: 'index_users_on_a_and_b',
        columns: ['a', 'b'],
        unique: true,
        concurrently: true,
        partial: true,
        ifNotExists: true,
      },
      {
        op: 'create-index',
        table: 'users',
        index: 'by_mail',
        columns: ['lower(email)'],
        unique: false,
        concurrently: false,
      },
      { op: 'drop-index', table: 'users', index: 'index_users_on_a_and_b', columns: ['a', 'b'], concurrently: true },
      { op: 'drop-index', table: 'users', index: 'by_mail', concurrently: false },
      { op: 'rename-index', table: 'users', index: 'x', to: 'y' },
    ])
  })

  test('what MySQL is asked for', async () => {
    expect(await steps('add_index :users, :a, algorithm: :inplace, lock: :none')).toMatchObject([
      { algorithm: 'inplace', lock: 'none' },
    ])
  })

  test('a reference builds an index unless told otherwise, and before Rails 5 not at all', async () => {
    const names = async (text: string, version = '[7.1]') => (await operations(text, {}, version)).map(({ op }) => op)
    expect(await names('add_reference :posts, :author')).toEqual(['add-column', 'create-index'])
    expect(await names('add_reference :posts, :author', '[4.2]')).toEqual(['add-column'])
    expect(await names('add_reference :posts, :author, index: false')).toEqual(['add-column'])
    expect(await names('add_belongs_to :posts, :subject, polymorphic: true, index: false')).toEqual([
      'add-column',
      'add-column',
    ])
    expect(
      await operations(
        'add_reference :posts, :author, index: { algorithm: :concurrently }, foreign_key: { to_table: :people, validate: false }',
      ),
    ).toMatchObject([
      { column: { name: 'author_id', type: { name: 'bigint' } } },
      { concurrently: true },
      { columns: ['author_id'], references: { table: 'people', columns: ['id'] }, validated: false },
    ])
    expect(await operations('add_reference :posts, :author', {}, '[5.0]')).toMatchObject([
      { column: { type: { name: 'integer' } } },
      {},
    ])
  })

  test('a validation finds the constraint that Rails named', async () => {
    const [add, validate] = await operations(`
      add_foreign_key :posts, :people, column: :author_id, validate: false
      validate_foreign_key :posts, :people, column: :author_id`)
    expect(add).toMatchObject({ op: 'add-foreign-key', validated: false })
    expect(validate).toMatchObject({
      op: 'validate-constraint',
      constraint: add?.op === 'add-foreign-key' ? add.name : '',
    })
    expect(
      await operations(`
        add_check_constraint :posts, "title IS NOT NULL", name: "t", validate: false
        validate_check_constraint :posts, name: "t"
        remove_check_constraint :posts, name: "t"
        add_unique_constraint :posts, using_index: "by_slug"
        remove_foreign_key :posts, name: "fk"`),
    ).toMatchObject([
      { op: 'add-check', name: 't', validated: false, notNullColumn: 'title' },
      { op: 'validate-constraint', constraint: 't' },
      { op: 'drop-constraint', constraint: 't', type: 'check' },
      { op: 'add-unique', usingIndex: 'by_slug' },
      { op: 'drop-constraint', constraint: 'fk', type: 'foreign-key' },
    ])
  })

  test('the name of a foreign key is the one Rails makes', async () => {
    expect(await operations('add_foreign_key :api_keys, :users')).toMatchObject([{ name: 'fk_rails_32c28d0dc2' }])
  })
})

describe('tables', () => {
  const create = `
    create_table :tokens, force: :cascade do |t|
      t.integer :authorization_id, null: false
      t.string :digest, index: { unique: true }
      t.references :user, foreign_key: true, index: false
      t.timestamps
      t.index %w[digest user_id]
      t.check_constraint "digest IS NOT NULL"
    end`

  test('create_table drops first with force, and gives every column its line', async () => {
    const [drop, table, ...rest] = await steps(create)
    expect(drop).toMatchObject({ operations: [{ op: 'drop-table', table: 'tokens', cascade: true }] })
    expect(table).toMatchObject({
      span: { line: 4, column: 5, endLine: 11 },
      text: 'create_table :tokens, force: :cascade',
      operations: [
        {
          op: 'create-table',
          table: 'tokens',
          columns: [
            { name: 'id', type: { name: 'bigint' }, primaryKey: true, numbered: true },
            { name: 'authorization_id', notNull: true, span: { line: 5 } },
            { name: 'digest', span: { line: 6 } },
            { name: 'user_id', type: { name: 'bigint' }, references: { table: 'users', columns: ['id'] } },
            { name: 'created_at' },
            { name: 'updated_at' },
          ],
          references: [{ table: 'users', columns: ['id'] }],
          notNullChecks: ['digest'],
        },
      ],
    })
    expect(rest).toMatchObject([
      { span: { line: 6 }, operations: [{ op: 'create-index', unique: true }] },
      { span: { line: 9 }, operations: [{ op: 'create-index', columns: ['digest', 'user_id'] }] },
    ])
  })

  test('primary keys follow the version of the migration', async () => {
    const key = async (options: string, version: string) => {
      const [made] = await operations(`create_table(:a${options}) { |t| t.string :b }`, {}, version)
      return made?.op === 'create-table'
        ? made.columns.filter(column => column.primaryKey).map(({ type }) => type.name)
        : []
    }
    expect(await key('', '[5.1]')).toEqual(['bigint'])
    expect(await key('', '[5.0]')).toEqual(['integer'])
    expect(await key(', id: :uuid', '[7.0]')).toEqual(['uuid'])
    expect(await key(', id: false', '[7.0]')).toEqual([])
  })

  test('change_table: each call is a step at its own line', async () => {
    const found = await steps(`
    change_table :users, bulk: true do |t|
      t.string :a, :b
      t.column :c, :integer
      t.remove :d, :e
      t.rename :f, :g
      t.index :a
      t.references :team
      t.change :h, :bigint
      t.change_null :i, false
      t.timestamps
    end`)
    expect(found.map(step => step.span.line)).toEqual([5, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13])
    expect(found.flatMap(step => (step.kind === 'change' ? step.operations.map(({ op }) => op) : []))).toEqual([
      'add-column',
      'add-column',
      'add-column',
      'drop-column',
      'drop-column',
      'rename-column',
      'create-index',
      'add-column',
      'create-index',
      'change-type',
      'set-not-null',
      'add-column',
      'add-column',
    ])
  })

  test('join tables and dropping', async () => {
    expect(
      await operations(`
        create_join_table :parts, :assemblies
        drop_join_table :music_artists, :music_records
        drop_table :a, force: :cascade
        drop_table "public.b", if_exists: true`),
    ).toMatchObject([
      { op: 'create-table', table: 'assemblies_parts', columns: [{ name: 'part_id' }, { name: 'assembly_id' }] },
      { op: 'drop-table', table: 'music_artists_records' },
      { op: 'drop-table', table: 'a', cascade: true },
      { op: 'drop-table', table: 'b', cascade: false },
    ])
  })
})

describe('Ruby around the calls', () => {
  test('loops over literals are played out, whatever holds the literal', async () => {
    expect(
      await operations(`
        tables = %i[users posts]
        tables.each { |table| add_column table, :x, :string }
        { a: :b, c: :d }.each do |table, column| remove_column table, column end
        [[:e, :f]].each { |table, column| add_index table, column }`),
    ).toMatchObject([
      { table: 'users' },
      { table: 'posts' },
      { table: 'a', column: 'b' },
      { table: 'c', column: 'd' },
      { table: 'e', columns: ['f'] },
    ])
  })

  test('constants, locals, helpers and their arguments', async () => {
    const program = await read(`
class X < ActiveRecord::Migration[7.1]
  TABLE = :users
  OPTIONS = { null: false }.freeze
  def up
    name = "a" + "b"
    add_column TABLE, name, :string, **OPTIONS
    index :posts, on: :slug
  end

  private

  def index(table, on:, unique: true)
    add_index table, on, unique: unique
    index(table, on: on)
  end
end`)
    expect(program.up).toMatchObject([
      { operations: [{ table: 'users', column: { name: 'ab', notNull: true } }] },
      { operations: [{ op: 'create-index', table: 'posts', columns: ['slug'], unique: true }] },
    ])
  })

  test('guards and branches: what may run counts, what cannot run in production does not', async () => {
    expect(
      await operations(`
        add_column :a, :x, :string unless column_exists?(:a, :x)
        return if index_exists?(:a, :x)
        if Rails.env.development?
          drop_table :b
        elsif table_exists?(:c)
          drop_table :c
        else
          drop_table :d
        end
        drop_table :e if Rails.env.test?
        drop_table :f unless Rails.env.production?`),
    ).toMatchObject([{ op: 'add-column' }, { table: 'c' }, { table: 'd' }])
  })

  test('a branch for another engine is not taken', async () => {
    const body = `
      if connection.adapter_name == "PostgreSQL"
        add_index :a, :b, algorithm: :concurrently
      else
        add_index :a, :b
      end`
    expect(await operations(body, { engine: 'postgres' })).toMatchObject([{ concurrently: true }])
    expect(await operations(body, { engine: 'mysql' })).toMatchObject([{ concurrently: false }])
    expect(await operations(body)).toHaveLength(2)
  })

  test('reversible, up_only, safety_assured and the way back', async () => {
    const program = await read(`
class X < ActiveRecord::Migration[7.1]
  def change
    reversible do |dir|
      dir.up { execute "UPDATE users SET a = 1" }
      dir.down { drop_table :never_on_the_way_up }
    end
    up_only { add_index :a, :b }
    safety_assured { remove_column :a, :b, :string }
  end
end`)
    expect(program.up).toMatchObject([
      { operations: [{ op: 'update-rows', table: 'users' }] },
      { operations: [{ op: 'create-index' }] },
      { operations: [{ op: 'drop-column' }], assured: true },
    ])
    expect(program.down).toMatchObject([{ operations: [{ op: 'drop-table' }] }, { operations: [{ op: 'harmless' }] }])
  })

  test('no way back: irreversible calls, or an explicit refusal', async () => {
    const back = async (text: string) => (await read(`class X < ActiveRecord::Migration[7.1]\n${text}\nend`)).down
    expect(await back('def change\n remove_column :a, :b\nend')).toBeUndefined()
    expect(await back('def change\n execute "SELECT 1"\nend')).toBeUndefined()
    expect(
      await back('def up\n drop_table :a\nend\ndef down\n raise ActiveRecord::IrreversibleMigration\nend'),
    ).toBeUndefined()
    expect(await back('def up\n drop_table :a\nend\ndef down\nend')).toEqual([])
  })

  test('transactions', async () => {
    const wrapped = await read('class X < ActiveRecord::Migration[7.1]\ndef change\n drop_table :a\nend\nend')
    expect(wrapped.transaction).toBe('wrapped')
    const bare = await read(`
class X < ActiveRecord::Migration[7.1]
  disable_ddl_transaction!
  def self.up
    transaction do
      drop_table :a
    end
    with_lock_retries { drop_table :b }
  end
end`)
    expect(bare.transaction).toBe('each')
    expect(bare.up.map(({ kind }) => kind)).toEqual(['begin', 'change', 'commit', 'set', 'change'])
  })
})

describe('SQL', () => {
  test('strings and heredocs keep their places', async () => {
    const found = await steps(`
    execute "UPDATE users SET a = 1"
    execute <<~SQL.squish
      -- first
      UPDATE users SET a = 2
    SQL
    say_with_time("x") { ActiveRecord::Base.connection.execute('UPDATE posts SET a = 3') }`)
    expect(found.map(({ span }) => [span.line, span.column])).toEqual([
      [4, 14],
      [6, 7],
      [9, 65],
    ])
  })

  test('what is put in at run time: values may be unknown, the table may not', async () => {
    const found = await steps(`
      table = :users
      execute "UPDATE #{quote_table_name(table)} SET a = #{Time.now} WHERE b = #{b}"
      execute "UPDATE #{anything} SET a = 1"
      execute sql_from_elsewhere
      execute File.read("x.sql")
      execute sanitize_sql_array(["UPDATE posts SET a = ?", value])
      execute "UPDATE %s SET a = 1" % "tags"`)
    expect(found).toMatchObject([
      {
        operations: [{ op: 'update-rows', table: 'users', filtered: true }],
        text: 'UPDATE users SET a = … WHERE b = …',
      },
      { kind: 'unreadable' },
      { kind: 'unreadable' },
      { kind: 'unreadable' },
      { operations: [{ table: 'posts', filtered: false }] },
      { operations: [{ table: 'tags' }] },
    ])
  })

  test('SQL in a loop goes through the rows in slices', async () => {
    expect(
      await operations(`
        User.in_batches do |users|
          execute "UPDATE users SET a = 1 WHERE id IN (#{users.ids})"
        end
        (1..9).step(2) { execute "UPDATE users SET a = 1" }`),
    ).toMatchObject([{ batched: true }, { batched: false }])
  })
})

describe('models', () => {
  test.each([
    ['User.update_all(a: 1)', { op: 'update-rows', table: 'users', filtered: false, batched: false }],
    ['User.where(a: nil).update_all(a: 1)', { op: 'update-rows', filtered: false, batched: false }],
    ['User.unscoped.order(:id).update_all(a: 1)', { op: 'update-rows', filtered: false, batched: false }],
    ['User.active.update_all(a: 1)', { op: 'update-rows', filtered: true, batched: false }],
    ['User.in_batches(of: 10).update_all(a: 1)', { op: 'update-rows', batched: true }],
    ['User.in_batches { |batch| batch.update_all(a: 1) }', { op: 'update-rows', batched: true }],
    ['User.in_batches.each_with_index { |b, i| b.update_all(a: i) }', { op: 'update-rows', batched: true }],
    ['User.find_each { |u| u.update!(a: 1) }', { op: 'update-rows', batched: true }],
    ['User.find_in_batches { |us| us.each(&:save!) }', { op: 'update-rows', batched: true }],
    ['User.where(a: 1).find_each(&:destroy)', { op: 'delete-rows', filtered: true, batched: true }],
    ['Person.delete_all', { op: 'delete-rows', table: 'people', filtered: false, batched: false }],
    ['BsRequestAction.destroy_all', { op: 'delete-rows', table: 'bs_request_actions' }],
    ['Status.delete_all', { op: 'delete-rows', table: 'statuses' }],
    ['HTTPLog.delete_all', { op: 'delete-rows', table: 'http_logs' }],
    ['Category.delete_all', { op: 'delete-rows', table: 'categories' }],
    ['rows = User.where(a: 1); rows.update_all(a: 2)', { op: 'update-rows', table: 'users', filtered: true }],
    ['[User].each { |model| model.update_all(a: 2) }', { op: 'update-rows', table: 'users' }],
    ['while User.where(a: 1).limit(9).delete_all > 0 do end', { op: 'delete-rows', batched: true }],
  ])('%s', async (text, expected) => {
    expect(await operations(text)).toMatchObject([expected])
  })

  test.each([
    'User.find(1).update!(a: 1)',
    'User.find_by(a: 1)&.destroy',
    'User.create!(a: 1)',
    'User.reset_column_information',
    'User.pluck(:id).each { |id| puts id }',
    'Rails.cache.delete("users")',
    'File.delete("x")',
    'Sidekiq::Queue.all.each(&:clear)',
  ])('%s does nothing to a table as a whole', async text => {
    expect(await operations(text)).toEqual([])
  })

  test('the table of a class of the file itself, and of a name with a module', async () => {
    const program = await read(`
class X < ActiveRecord::Migration[7.1]
  class Account < ActiveRecord::Base
    self.table_name = "legacy_accounts"
    def change; drop_table :no; end
  end
  Thing = Class.new(ActiveRecord::Base)
  def up
    Account.update_all(a: 1)
    Thing.update_all(a: 1)
    relation.delete_all
  end
  def relation
    Account.where(b: 1)
  end
end`)
    expect(program.up).toMatchObject([
      { operations: [{ table: 'legacy_accounts' }] },
      { operations: [{ table: 'things' }] },
      { operations: [{ op: 'delete-rows', table: 'legacy_accounts', filtered: true }] },
    ])
    expect(await operations('Admin::User.delete_all')).toMatchObject([{ table: 'admin_users' }])
    expect(await operations('Admin::User.delete_all', { knows: table => table === 'users' })).toMatchObject([
      { table: 'users' },
    ])
  })

  test('a data migration is read the same way', async () => {
    const path = 'db/data/20260128143000_backfill.rb'
    const text = 'class Backfill < ActiveRecord::Migration[7.2]\n  def up\n    Tag.update_all(a: 1)\n  end\nend\n'
    const program = await readRails(sourceOf(path, 'head', text), artifactOf(path), sql)
    expect(program.up).toMatchObject([{ span: { line: 3, column: 5 } }])
  })
})

test('what is not known is said', async () => {
  const kinds = (await steps('add_column somewhere, :x, :string\nreplace_users_table :users\ndrop_table :a')).map(
    ({ kind }) => kind,
  )
  expect(kinds).toEqual(['unreadable', 'unreadable', 'change'])
})

describe('hostile input', () => {
  const whole = `
class X < ActiveRecord::Migration[7.1]
  disable_ddl_transaction!
  TABLES = %w[a b].freeze
  def up
    execute <<~SQL
      UPDATE users SET a = #{TABLES.first} WHERE b = 'é'
    SQL
    TABLES.each { |t| add_column t, :x, :string, default: -> { "now()" } }
    create_table :things do |t|
      t.references :user, foreign_key: { to_table: :people }
      t.index [:a, "b"], name: :c
    end
    User.where(a: 1).find_each { |u| u.update!(a: { b: [1, nil] }) }
  end
  def down
    raise ActiveRecord::IrreversibleMigration
  end
end
`

  test('cut off anywhere', async () => {
    for (let at = 0; at < whole.length; at += 50) await expect(read(whole.slice(0, at))).resolves.toBeDefined()
  })

  test('nothing, rubbish, conflict markers', async () => {
    const junk = Array.from({ length: 4000 }, (_, at) => String.fromCharCode((at * 7919) % 0xd7ff)).join('')
    const conflict = whole.replace('  def down', '<<<<<<< HEAD\n  def down((\n=======\n>>>>>>> x')
    for (const text of ['', '\0\0\0', junk, conflict, 'def change', 'class X <', '}{)(']) {
      await expect(read(text)).resolves.toMatchObject({ framework: 'rails' })
    }
  })

  test('deep nesting and helpers that call each other', async () => {
    await expect(steps(`${'['.repeat(5000)}${']'.repeat(5000)}.each { |t| drop_table t }`)).resolves.toBeDefined()
    await expect(steps(`${'if a\n'.repeat(800)}drop_table :a\n${'end\n'.repeat(800)}`)).resolves.toBeDefined()
    await expect(steps(`x = ${'("a" + '.repeat(2000)}"b"${')'.repeat(2000)}\nexecute x`)).resolves.toBeDefined()
    const helpers = Array.from({ length: 30 }, (_, at) => `def h${at}\n h${(at + 1) % 30}\n h${(at + 2) % 30}\nend`)
    const program = await read(`class X < ActiveRecord::Migration[7.1]\ndef up\nh0\nend\n${helpers.join('\n')}\nend`)
    expect(program.up).toEqual([])
  })

  test('loops in loops stop at a bound', async () => {
    const list = `[${Array.from({ length: 100 }, (_, at) => at).join(',')}]`
    const found = await steps(`${list}.each { |a| ${list}.each { |b| drop_table "t#{a}_#{b}" } }`)
    expect(found.length).toBeLessThanOrEqual(2001)
    expect(found.at(-1)).toMatchObject({ kind: 'unreadable' })
    await expect(steps(`${list}.each { |a| ${list}.each { |b| ${list}.each { |c| foo a } } }`)).resolves.toMatchObject([
      { kind: 'unreadable' },
    ])
  })
})

test('brackets around a heredoc, an alias of a model, a type with its conversion, a long index name', async () => {
  const program = await read(`
class X < ActiveRecord::Migration[7.1]
  MODEL = Partners::Family
  def up
    change_table :accounts do |t|
      t.virtual(
        :classification,
        type: :string,
        stored: true,
        as: <<-SQL
          CASE WHEN a THEN 'b' END
        SQL
      )
    end
    MODEL.delete_all
    change_column :events, :content_id, "UUID USING content_id::uuid"
    add_index :organization_onboarding_invites, :organization_onboarding_id
  end
end`)
  expect(program.up).toMatchObject([
    { operations: [{ op: 'add-column', column: { name: 'classification', generated: 'stored' } }] },
    { operations: [{ op: 'delete-rows', table: 'partners_families' }] },
    { operations: [{ op: 'change-type', to: { name: 'uuid' }, using: { text: 'content_id::uuid' } }] },
    { operations: [{ index: 'idx_on_organization_onboarding_id_e5b08868fb' }] },
  ])
  expect(program.up).toHaveLength(4)
})

describe('helpers of gems', () => {
  test('online_migrations: a reference built beside the traffic', async () => {
    expect(await operations('add_reference_concurrently :posts, :user, foreign_key: true')).toMatchObject([
      { op: 'add-column', column: { name: 'user_id' } },
      { op: 'create-index', columns: ['user_id'], concurrently: true },
      { op: 'add-foreign-key', references: { table: 'users' }, validated: false },
      { op: 'validate-constraint', table: 'posts' },
    ])
    expect(await operations('add_reference_concurrently :posts, :user, index: false')).toMatchObject([
      { op: 'add-column', column: { name: 'user_id' } },
    ])
  })

  test('online_migrations: constraints, defaults and work in the background', async () => {
    expect(
      await operations(`
        add_not_null_constraint :users, :a, validate: false
        validate_not_null_constraint :users, :a
        add_text_limit_constraint :users, :a, 255, validate: false
        validate_text_limit_constraint :users, :a
        add_column_with_default :users, :b, :integer, default: 0
        backfill_column_in_background :users, :b, 0`),
    ).toMatchObject([
      { op: 'add-check', name: 'chk_users_a', validated: false, notNullColumn: 'a' },
      { op: 'validate-constraint', constraint: 'chk_users_a' },
      { op: 'add-check', name: 'chk_users_a_limit', validated: false },
      { op: 'validate-constraint', constraint: 'chk_users_a_limit' },
      { op: 'add-column', column: { name: 'b', default: { text: '0' } } },
      { op: 'harmless' },
    ])
  })
})

describe('work that other files do is said', () => {
  test.each([
    ['Backfill.run!', 'what `run!` does stands in another file'],
    ['DataMigrations::FixUsers.new.call', 'what `call` does stands in another file'],
    ["Rake::Task['users:fix'].invoke", 'what `invoke` does stands in another file'],
    ["load Rails.root.join('db/fix.rb')", 'runs another file'],
  ])('%s', async (body, reason) => {
    expect(await steps(body)).toMatchObject([{ kind: 'unreadable', reason }])
  })

  test('what only logs is silent', async () => {
    expect(await steps('Rails.logger.info("x")\nTime.zone.now\nuser.call')).toEqual([])
  })
})
