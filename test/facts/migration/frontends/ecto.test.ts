import { describe, expect, test } from 'vitest'
import { classifyContent, classifyPath } from '../../../../src/artifact/classify.ts'
import { sourceOf } from '../../../../src/artifact/source.ts'
import type { Tree } from '../../../../src/change/types.ts'
import { type EctoHints, readEcto } from '../../../../src/facts/migration/frontends/ecto.ts'
import type { ReadSql } from '../../../../src/facts/migration/frontends/javascript-sql.ts'
import type { Operation, Program, Step } from '../../../../src/facts/migration/operation.ts'

/** Stands for an engine's reader: one harmless step for each text; `UPDATE x` is told apart. */
const sql: ReadSql = async (text, place) => {
  const at = text.search(/\S/)
  const table = /^\s*UPDATE (\S+)/i.exec(text)?.[1]
  const operation: Operation =
    table === undefined
      ? { op: 'harmless', what: text.trim() }
      : { op: 'update-rows', table, filtered: /\bWHERE\b/i.test(text), batched: false }
  return [{ kind: 'change', span: place(at), text: text.trim(), operations: [operation] }]
}

const read = (text: string, hints: EctoHints = {}): Promise<Program> =>
  readEcto(sourceOf('priv/repo/migrations/20240101000000_x.exs', 'head', text), sql, { engine: 'postgres', ...hints })

/** A migration whose `change` begins on line 4. */
const migration = (body: string, head = '', more = ''): string =>
  `defmodule A.Repo.Migrations.X do\n  use Ecto.Migration ${head}\n  def change do\n${body}\n  end\n${more}\nend\n`

async function steps(body: string, hints: EctoHints = {}, head = '', more = ''): Promise<readonly Step[]> {
  return (await read(migration(body, head, more), hints)).up
}

async function operations(body: string, hints: EctoHints = {}, head = '', more = ''): Promise<readonly Operation[]> {
  return (await steps(body, hints, head, more)).flatMap(step => (step.kind === 'change' ? step.operations : []))
}

const alter = (body: string): string => `alter table(:users) do\n${body}\nend`

describe('columns', () => {
  const types: readonly (readonly [type: string, postgres: string, mysql: string])[] = [
    [':string', 'varchar(255)', 'varchar(255)'],
    [':string, size: 40', 'varchar(40)', 'varchar(40)'],
    [':text', 'text', 'text'],
    [':integer', 'integer', 'integer'],
    [':bigint', 'bigint', 'bigint'],
    [':id', 'bigint', 'bigint unsigned'],
    [':binary_id', 'uuid', 'binary(16)'],
    [':uuid', 'uuid', 'binary(16)'],
    [':boolean', 'boolean', 'tinyint(1)'],
    [':float', 'double precision', 'double'],
    [':decimal, precision: 10, scale: 2', 'numeric(10,2)', 'decimal(10,2)'],
    [':map', 'jsonb', 'json'],
    [':utc_datetime', 'timestamp(0)', 'datetime'],
    [':naive_datetime_usec', 'timestamp', 'datetime(6)'],
    [':timestamptz', 'timestamptz', 'timestamptz'],
    [':binary', 'bytea', 'blob'],
    ['{:array, :string}', 'varchar(255)[]', 'varchar(255)[]'],
    ['{:map, :string}', 'jsonb', 'json'],
    [':"varchar(7)"', 'varchar(7)', 'varchar(7)'],
    ['references(:teams)', 'bigint', 'bigint unsigned'],
    ['references(:teams, type: :binary_id)', 'uuid', 'binary(16)'],
  ]
  test.each(types)('%s', async (type, postgres, mysql) => {
    expect((await operations(alter(`add :a, ${type}`)))[0]).toMatchObject({
      column: { name: 'a', type: { text: postgres } },
    })
    expect((await operations(alter(`add :a, ${type}`), { engine: 'mysql' }))[0]).toMatchObject({
      column: { name: 'a', type: { text: mysql } },
    })
  })

  test('NOT NULL, defaults and expressions, each on its own line', async () => {
    const [step] = await steps(
      alter(
        'add :a, :integer, null: false, default: 0\nadd(:b, :utc_datetime, default: fragment("now()"))\nadd_if_not_exists :c, :map, default: %{}',
      ),
    )
    expect(step).toMatchObject({
      operations: [
        { op: 'add-column', table: 'users', column: { name: 'a', notNull: true, default: { text: '0' } } },
        { op: 'add-column', column: { name: 'b', default: { text: 'now()', functions: ['now'] } } },
        { op: 'add-column', column: { name: 'c', default: { functions: [] } } },
      ],
      spans: [{ line: 5 }, { line: 6 }, { line: 7 }],
    })
  })

  test('timestamps are NOT NULL unless the call says otherwise', async () => {
    expect(await operations(alter('timestamps()'))).toMatchObject([
      { column: { name: 'inserted_at', notNull: true } },
      { column: { name: 'updated_at', notNull: true } },
    ])
    expect(
      await operations(alter('timestamps(inserted_at: :created_at, updated_at: false, null: true)')),
    ).toMatchObject([{ column: { name: 'created_at', notNull: false } }])
  })

  test('a reference adds the column, and its key as a constraint', async () => {
    expect(await operations(alter('add :team_id, references(:teams, on_delete: :nothing)'))).toMatchObject([
      { op: 'add-column', column: { name: 'team_id' } },
      {
        op: 'add-foreign-key',
        name: 'users_team_id_fkey',
        references: { table: 'teams', columns: ['id'] },
        validated: true,
      },
    ])
    expect(
      await operations(alter('add :team_id, references("teams", column: :uid, name: :x, validate: false)')),
    ).toMatchObject([{}, { name: 'x', references: { columns: ['uid'] }, validated: false }])
  })

  test('modify: type, NOT NULL and default as they are said, with what was before', async () => {
    expect(
      await operations(alter('modify :a, :text, null: false, default: "x", from: {:string, null: true, default: nil}')),
    ).toMatchObject([
      { op: 'change-type', column: 'a', to: { name: 'text' }, from: { name: 'varchar', arguments: [255] } },
      { op: 'set-not-null', column: 'a' },
      { op: 'set-default', column: 'a', default: { text: "'x'" } },
    ])
    expect(await operations(alter('modify :a, :bigint, null: true, default: nil'))).toMatchObject([
      { op: 'change-type', to: { name: 'bigint' } },
      { op: 'drop-not-null' },
      { op: 'drop-default' },
    ])
    expect(await operations(alter('modify :a, :string, null: false, from: {:string, null: false}'))).toMatchObject([
      { op: 'change-type', from: { text: 'varchar(255)' } },
    ])
    expect(
      await operations(alter('modify :a, references(:b, on_delete: :delete_all), from: references(:b)')),
    ).toMatchObject([
      { op: 'drop-constraint', constraint: 'users_a_fkey', type: 'foreign-key' },
      { op: 'change-type' },
      { op: 'add-foreign-key', name: 'users_a_fkey' },
    ])
    expect(await operations(alter('modify :a, :string, null: false'), { engine: 'mysql' })).toMatchObject([
      { op: 'change-type', spec: { notNull: true } },
    ])
  })

  test('remove', async () => {
    expect(await operations(alter('remove :a\nremove(:b, :string)\nremove_if_exists :c, :string'))).toMatchObject([
      { op: 'drop-column', column: 'a' },
      { op: 'drop-column', column: 'b' },
      { op: 'drop-column', column: 'c' },
    ])
  })
})

describe('statements', () => {
  const calls: readonly (readonly [string, Partial<Operation>])[] = [
    [
      'create index(:users, [:a])',
      { op: 'create-index', columns: ['a'], index: 'users_a_index', unique: false, concurrently: false },
    ],
    [
      'create index("users", [:a, "lower(b)"], concurrently: true, where: "x")',
      { index: 'users_a_lower_b_index', concurrently: true, partial: true },
    ],
    ['create unique_index(:users, :a, name: :n)', { op: 'create-index', unique: true, columns: ['a'], index: 'n' }],
    ['create index(:users, [desc: :a], unique: true)', { columns: ['a'], unique: true }],
    ['create index(:users, [{:desc, :a}, :b])', { columns: ['a', 'b'] }],
    ['create_if_not_exists(index(:users, [:a]))', { op: 'create-index', ifNotExists: true }],
    ['create index(:users, [:a], prefix: "x")', { table: 'x.users' }],
    [
      'create constraint(:users, :c, check: "a IS NOT NULL", validate: false)',
      { op: 'add-check', name: 'c', validated: false, notNullColumn: 'a' },
    ],
    ['create constraint(:users, :c, exclude: "gist (a WITH =)")', { op: 'add-exclusion', name: 'c' }],
    ['drop table(:users)', { op: 'drop-table', table: 'users', cascade: false }],
    ['drop_if_exists table("users"), mode: :cascade', { op: 'drop-table', cascade: true }],
    ['drop index(:users, [:a], concurrently: true)', { op: 'drop-index', index: 'users_a_index', concurrently: true }],
    ['drop_if_exists index(:users, [:a], name: :n)', { op: 'drop-index', index: 'n' }],
    [
      'drop constraint(:users, "users_a_fkey")',
      { op: 'drop-constraint', constraint: 'users_a_fkey', type: 'foreign-key' },
    ],
    ['rename table(:users), to: table(:people)', { op: 'rename-table', to: 'people' }],
    ['rename table(:users), :a, to: :b', { op: 'rename-column', column: 'a', to: 'b' }],
    ['rename index(:users, [:a]), to: "n"', { op: 'rename-index', index: 'users_a_index', to: 'n' }],
  ]
  test.each(calls)('%s', async (call, operation) => {
    const found = await steps(call)
    expect(found).toMatchObject([{ kind: 'change', span: { line: 4 }, operations: [operation] }])
  })

  test('create table, with its key, columns and references', async () => {
    expect(
      await operations(
        'create table(:orders, prefix: "shop") do\nadd :user_id, references(:users), null: false\ntimestamps()\nend',
      ),
    ).toMatchObject([
      {
        op: 'create-table',
        table: 'shop.orders',
        columns: [
          { name: 'id', primaryKey: true, numbered: true, type: { name: 'bigint' } },
          { name: 'user_id', references: { table: 'users' } },
          { name: 'inserted_at' },
          { name: 'updated_at' },
        ],
        references: [{ table: 'users' }],
      },
    ])
    expect(
      await operations('create table(:orders, primary_key: false) do\nadd :id, :uuid, primary_key: true\nend'),
    ).toMatchObject([{ columns: [{ name: 'id', primaryKey: true, type: { name: 'uuid' } }] }])
  })

  test('loops, helpers, attributes and conditions', async () => {
    expect(
      await operations(
        `for t <- @tables, do: drop table(t)
        Enum.each([:c], fn t -> drop table(t) end)
        [:d] |> Enum.each(&drop(table(&1)))
        for {t, c} <- [e: :f] do
          alter table(t), do: remove(c)
        end
        helper(:g)
        if direction() == :down, do: drop table(:never)
        if direction() == :up do
          drop table(:h)
        else
          drop table(:never)
        end
        case x do
          1 -> drop table(:i)
          _ -> drop table(:j)
        end`,
        {},
        '\n@tables ~w(a b)a',
        'defp helper(t), do: drop table(t)',
      ),
    ).toMatchObject([
      { table: 'a' },
      { table: 'b' },
      { table: 'c' },
      { table: 'd' },
      { op: 'drop-column', table: 'e', column: 'f' },
      { table: 'g' },
      { table: 'h' },
      { table: 'i' },
      { table: 'j' },
    ])
  })
})

describe('SQL and rows', () => {
  test('every way to send SQL, at its own line', async () => {
    const found = await steps(
      `execute "UPDATE a SET x = 1", ""
      execute("""
      UPDATE b
      SET x = 1
      """)
      execute(fn -> repo().query!("UPDATE c SET x = 1", [], log: :info) end, fn -> nil end)
      execute(&fill/0, &drain/0)
      execute ["UPDATE e SET x = 1"]
      Ecto.Adapters.SQL.query!(A.Repo, "UPDATE f SET x = 1", [])
      "UPDATE g SET x = 1" |> repo().query!()`,
      {},
      '',
      'defp fill, do: A.Repo.query!(~s(UPDATE d SET x = 1))\ndefp drain, do: nil',
    )
    expect(
      found.map(step => [
        step.kind === 'change' && step.operations[0]?.op === 'update-rows' ? step.operations[0].table : '',
        step.span.line,
      ]),
    ).toEqual([
      ['a', 4],
      ['b', 6],
      ['c', 9],
      ['d', 15],
      ['e', 11],
      ['f', 12],
      ['g', 13],
    ])
  })

  const writes: readonly (readonly [string, Partial<Operation>])[] = [
    ['repo().update_all("users", set: [a: 1])', { op: 'update-rows', filtered: false }],
    ['A.Repo.update_all(A.User, set: [a: 1])', { op: 'update-rows', filtered: false }],
    ['from(u in "users", update: [set: [a: 1]]) |> repo().update_all([])', { op: 'update-rows', filtered: false }],
    [
      'from(u in "users", where: is_nil(u.a)) |> repo().update_all(set: [a: 1])',
      { op: 'update-rows', filtered: false },
    ],
    ['from(u in "users", where: u.a == 1) |> repo().update_all(set: [a: 2])', { op: 'update-rows', filtered: true }],
    ['A.User |> where([u], u.a == 1) |> A.Repo.delete_all()', { op: 'delete-rows', filtered: true }],
    ['A.User |> where([u], is_nil(u.a)) |> A.Repo.delete_all()', { op: 'delete-rows', filtered: false }],
    ['repo().delete_all(from u in A.User, limit: 100)', { op: 'delete-rows', batched: true }],
    ['query = from u in A.User\nrepo().delete_all(query)', { op: 'delete-rows', filtered: false }],
    [
      'Enum.each(ids, fn id -> repo().update_all(from(u in "users", where: u.id == ^id), set: [a: 1]) end)',
      { op: 'update-rows', batched: true },
    ],
  ]
  test.each(writes)('%s', async (call, operation) => {
    expect(await operations(call)).toMatchObject([{ table: 'users', ...operation }])
  })

  test('a function that calls itself works through slices', async () => {
    expect(
      await operations(
        'backfill(0)',
        {},
        '',
        'defp backfill(last) do\nrepo().update_all(from(u in "users", where: u.id > ^last), set: [a: 1])\nbackfill(last + 1)\nend',
      ),
    ).toMatchObject([{ op: 'update-rows', batched: true }])
  })

  test('a schema may name its table', async () => {
    const tree = {
      list: async () => ['lib/a/user.ex'],
      read: async () => 'defmodule A.User do\n  schema "people" do\n  end\nend',
    } as unknown as Tree
    expect(await operations('repo().delete_all(A.User)', { tree })).toMatchObject([{ table: 'people' }])
  })

  test('what only reads or logs is silent', async () => {
    expect(await steps('Logger.info("x")\nrepo().all(User)\nrepo().one(User)\nflush()\nIO.puts("x")')).toEqual([])
  })
})

describe('what is not known is said', () => {
  const unknown: readonly (readonly [string, RegExp])[] = [
    ['Oban.Migrations.up(version: 11)', /what `Oban.Migrations.up` does stands in another file/],
    ['drop table(name)', /only known when the migration runs/],
    ['create index(:users, columns)', /only known when the migration runs/],
    ['alter table(:users), do: remove(column)', /only known when the migration runs/],
    ['execute(sql)', /put together while the migration runs/],
    ['execute File.read!("x.sql")', /the SQL stands in another file/],
    ['execute_file("x.sql")', /the SQL stands in another file/],
    ['repo().update_all(query, [])', /only known when the migration runs/],
  ]
  test.each(unknown)('%s', async (body, reason) => {
    expect(await steps(body)).toMatchObject([{ kind: 'unreadable', reason: expect.stringMatching(reason) }])
  })
})

describe('the whole file', () => {
  test('Ecto wraps a migration, unless it says otherwise or the engine cannot', async () => {
    expect((await read(migration('flush()'))).transaction).toBe('wrapped')
    expect((await read(migration('flush()', '\n@disable_ddl_transaction true'))).transaction).toBe('each')
    expect((await read(migration('flush()'), { engine: 'mysql' })).transaction).toBe('each')
    const own = await read(migration('repo().transaction(fn -> drop table(:a) end)', '\n@disable_ddl_transaction true'))
    expect(own.up.map(step => step.kind)).toEqual(['begin', 'change', 'commit'])
  })

  test('up and down; a way back only where Ecto finds one', async () => {
    const both =
      'defmodule A do\n  use Ecto.Migration\n  def up, do: drop(table(:a))\n  def down do\n    create table(:a)\n  end\nend\n'
    expect(await read(both)).toMatchObject({
      up: [{ operations: [{ op: 'drop-table' }] }],
      down: [{ operations: [{ op: 'create-table' }] }],
    })
    expect((await read(migration('create table(:a)'))).down).toEqual([])
    expect((await read(migration('execute "UPDATE a SET x = 1"'))).down).toBeUndefined()
    expect((await read(migration(alter('remove :a')))).down).toBeUndefined()
  })

  test('broken, empty and endless files end', async () => {
    expect((await read('')).up).toEqual([])
    expect((await read('defmodule A do\n  use Ecto.Migration\n  def change do')).up.length).toBeLessThan(2)
    expect((await read(migration('a()', '', 'def a, do: b()\ndef b, do: a()'))).up).toEqual([])
    expect((await read(migration(`${'if x do\n'.repeat(400)}${'end\n'.repeat(400)}`))).up.length).toBeLessThan(3)
  })
})

describe('classification', () => {
  const files: readonly (readonly [path: string, text: string, kind: string])[] = [
    [
      'priv/repo/migrations/20240101000000_x.exs',
      'defmodule A do\n  use Ecto.Migration\n  def change, do: nil\nend',
      'ecto-migration',
    ],
    [
      'lib/a/tenants/migrations/x.ex',
      'defmodule A do\n  use Ecto.Migration\n  def change, do: nil\nend',
      'ecto-migration',
    ],
    ['lib/a/user.ex', 'defmodule A.User do\n  use Ecto.Schema\nend', 'code'],
    ['priv/repo/migrations/.formatter.exs', '[import_deps: [:ecto_sql]]', 'code'],
  ]
  test.each(files)('%s', (path, text, kind) => {
    const by = classifyPath(path)
    expect(by && classifyContent(path, by, text).kind).toBe(kind)
  })
})
