import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../../../src/artifact/source.ts'
import type { Artifact } from '../../../../src/artifact/types.ts'
import { type AlembicHints, readAlembic } from '../../../../src/facts/migration/frontends/alembic.ts'
import type { ReadSql } from '../../../../src/facts/migration/frontends/python-sql.ts'
import type { Operation, Program } from '../../../../src/facts/migration/operation.ts'

/** Stands for an engine's reader: one harmless step for each text, which names it. */
const sql: ReadSql = async (text, place) => [
  { kind: 'change', span: place(text.search(/\S/)), text, operations: [{ op: 'harmless', what: text.trim() }] },
]

const path = 'migrations/versions/a1_next.py'
const artifact: Artifact = {
  path,
  status: 'added',
  language: 'python',
  kind: 'alembic-migration',
  role: 'live',
  environment: 'unknown',
  hunks: [],
}

const read = (text: string, hints: AlembicHints = { engine: 'postgres' }): Promise<Program> =>
  readAlembic(sourceOf(path, 'head', text), artifact, sql, hints)

const file = (body: string, before = ''): string =>
  `import sqlalchemy as sa\nfrom alembic import op\n${before}\n\ndef upgrade():\n${body
    .split('\n')
    .map(line => `    ${line}`)
    .join('\n')}\n`

async function operations(body: string, before = ''): Promise<readonly Operation[]> {
  const { up } = await read(file(body, before))
  return up.flatMap(step => (step.kind === 'change' ? step.operations : []))
}

describe('operations', () => {
  test.each<[string, readonly object[]]>([
    [
      'op.add_column("t", sa.Column("c", sa.String(20), nullable=False, server_default="x"), schema="api")',
      [
        {
          op: 'add-column',
          table: 'api.t',
          column: { name: 'c', notNull: true, type: { name: 'varchar', arguments: [20] }, default: { text: "'x'" } },
        },
      ],
    ],
    [
      'op.add_column("t", sa.Column("c", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()")))',
      [{ column: { type: { name: 'timestamptz' }, default: { functions: ['clock_timestamp'] } } }],
    ],
    [
      'op.add_column("t", sa.Column("u_id", sa.Integer(), sa.ForeignKey("users.id"), index=True))',
      [
        { op: 'add-column' },
        { op: 'create-index', columns: ['u_id'] },
        { op: 'add-foreign-key', references: { table: 'users' }, validated: true },
      ],
    ],
    ['op.drop_column("t", "c")', [{ op: 'drop-column', table: 't', column: 'c' }]],
    ['op.alter_column("t", "c", nullable=False)', [{ op: 'set-not-null' }]],
    ['op.alter_column("t", "c", nullable=True, existing_nullable=True)', [{ op: 'harmless' }]],
    [
      'op.alter_column("t", "c", existing_type=sa.VARCHAR(length=20), type_=sa.Text(), existing_nullable=True)',
      [{ op: 'change-type', from: { name: 'varchar', arguments: [20] }, to: { name: 'text' } }],
    ],
    [
      'op.alter_column("t", "c", new_column_name="d", server_default=None)',
      [{ op: 'drop-default' }, { op: 'rename-column', to: 'd' }],
    ],
    [
      'op.create_index(op.f("ix"), "t", ["a", sa.text("lower(b)")], unique=True)',
      [{ op: 'create-index', index: 'ix', unique: true, columns: ['a', 'lower(b)'] }],
    ],
    ['op.create_index("ix", "t", ["a"], postgresql_concurrently=True)', [{ concurrently: true }]],
    ['op.drop_index("ix", table_name="t")', [{ op: 'drop-index', index: 'ix', concurrently: false }]],
    [
      'op.create_foreign_key(None, "t", "u", ["u_id"], ["id"], postgresql_not_valid=True)',
      [{ op: 'add-foreign-key', validated: false }],
    ],
    [
      'op.create_check_constraint("ck", "t", "c IS NOT NULL", postgresql_not_valid=True)',
      [{ op: 'add-check', notNullColumn: 'c', validated: false }],
    ],
    ['op.create_unique_constraint("uq", "t", ["a", "b"])', [{ op: 'add-unique', columns: ['a', 'b'] }]],
    [
      'op.drop_constraint("fk", "t", type_="foreignkey")',
      [{ op: 'drop-constraint', constraint: 'fk', type: 'foreign-key' }],
    ],
    [
      'op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.ForeignKeyConstraint(["a"], ["u.id"]))',
      [{ op: 'create-table', references: [{ table: 'u' }] }],
    ],
    ['op.rename_table("a", "b")', [{ op: 'rename-table', table: 'a', to: 'b' }]],
    ['op.drop_table("t")', [{ op: 'drop-table', table: 't' }]],
  ])('%s', async (body, expected) => {
    expect(await operations(body)).toMatchObject(expected)
  })

  test('a batch knows its table', async () => {
    const body = `with op.batch_alter_table("t", schema=None) as batch_op:
    batch_op.add_column(sa.Column("c", sa.Integer()))
    batch_op.create_foreign_key("fk", "users", ["c"], ["id"])
    batch_op.create_index(batch_op.f("ix"), ["c"], unique=False)
    batch_op.alter_column("d", nullable=False)
    batch_op.drop_constraint("uq", type_="unique")`
    expect(await operations(body)).toMatchObject([
      { op: 'add-column', table: 't' },
      { op: 'add-foreign-key', table: 't', references: { table: 'users' }, columns: ['c'] },
      { op: 'create-index', index: 'ix', columns: ['c'] },
      { op: 'set-not-null', column: 'd' },
      { op: 'drop-constraint', constraint: 'uq', type: 'unique' },
    ])
  })

  test('loops over what is written out, helpers and constants', async () => {
    const before = `TABLES = ("a", "b")\n\ndef add(table, *, name="c"):\n    op.add_column(table, sa.Column(name, sa.Integer()))`
    expect(await operations('for table in TABLES:\n    add(table)\nadd("x", name="y")', before)).toMatchObject([
      { table: 'a', column: { name: 'c' } },
      { table: 'b' },
      { table: 'x', column: { name: 'y' } },
    ])
  })

  test('a table named at run time, an operation of another package, a helper of another file: said', async () => {
    const { up } = await read(
      file(
        'op.drop_column(name(), "c")\nop.sync_enum_values("x")\nbackfill_users(op.get_bind())',
        'from helpers import backfill_users',
      ),
    )
    expect(up.map(({ kind }) => kind)).toEqual(['unreadable', 'unreadable', 'unreadable'])
  })

  test('autocommit_block leaves the transaction', async () => {
    const { up, transaction } = await read(
      file(
        'op.drop_table("a")\nwith op.get_context().autocommit_block():\n    op.create_index("i", "t", ["a"])\nop.drop_table("b")',
      ),
    )
    expect(transaction).toBe('wrapped')
    expect(up.map(step => (step.kind === 'change' ? (step.autocommit ?? false) : step.kind))).toEqual([
      false,
      'commit',
      true,
      'begin',
      false,
    ])
  })

  test('a branch for another engine is left out', async () => {
    const body = 'if op.get_bind().dialect.name == "sqlite":\n    op.drop_table("a")\nelse:\n    op.drop_table("b")'
    expect(await operations(body)).toMatchObject([{ table: 'b' }])
  })

  test('the way back', async () => {
    expect((await read(`${file('pass')}\ndef downgrade():\n    pass\n`)).down).toBeUndefined()
    expect((await read(`${file('pass')}\ndef downgrade():\n    op.drop_table("t")\n`)).down).toBeDefined()
  })
})

describe('rows', () => {
  const table = 'users = sa.table("users", sa.column("a"))\nclass User(Base):\n    __tablename__ = "users"'
  test.each<[string, object]>([
    ['op.execute(users.update().values(a=1))', { op: 'update-rows', table: 'users', filtered: false, batched: false }],
    ['op.execute(sa.update(users).where(users.c.a == 2).values(a=1))', { filtered: true }],
    ['op.execute(users.update().where(users.c.a.is_(None)).values(a=1))', { filtered: false }],
    ['op.get_bind().execute(users.delete())', { op: 'delete-rows', filtered: false }],
    [
      'conn = op.get_bind()\nfor row in conn.execute(sa.select(users)):\n    conn.execute(users.update().where(users.c.id == row.id).values(a=1))',
      { op: 'update-rows', filtered: false, looped: true },
    ],
    [
      'session = Session(bind=op.get_bind())\nsession.query(User).update({"a": 1})',
      { op: 'update-rows', table: 'users', filtered: false },
    ],
    [
      'session = Session(bind=op.get_bind())\nfor user in session.query(User).filter(User.a == 1):\n    user.a = 2\n    user.b = 3',
      { op: 'update-rows', filtered: true },
    ],
    [
      'session = Session(bind=op.get_bind())\nfor user in session.scalars(sa.select(User)):\n    user.a = 2',
      { op: 'update-rows', filtered: false, batched: false },
    ],
  ])('%s', async (body, expected) => {
    expect((await operations(body, table)).at(-1)).toMatchObject(expected)
  })

  test('SQL stands where it is written, with its parameters marked', async () => {
    const { up } = await read(file('op.execute(\n    sa.text("""\n      UPDATE t SET a = :value\n    """)\n)'))
    expect(up).toMatchObject([{ text: expect.stringContaining('a = $1'), span: { line: 8, column: 11 } }])
  })

  test('an f-string with a name of the file is read, with one of the run is not', async () => {
    expect(await operations('op.execute(f"DROP TABLE {NAME}")', 'NAME = "t"')).toMatchObject([{ what: 'DROP TABLE t' }])
    const { up } = await read(file('op.execute(load())'))
    expect(up).toMatchObject([{ kind: 'unreadable' }])
  })
})

describe('hostile input', () => {
  const deep = 3000
  test.each([
    ['nothing', ''],
    ['junk', '\0\u0001\uFFFD((((]]]]"""'],
    ['no upgrade', 'from alembic import op\n'],
    ['cut off', file('op.add_column("t", sa.Column("c", sa.Str').slice(0, 90)],
    [
      'arguments of the wrong kind',
      file('op.add_column(1, 2)\nop.create_index()\nop.alter_column("t")\nop.create_table(*x, **y)\nop.execute()'),
    ],
    ['recursion', file('a()', 'def a():\n    b()\n    b()\ndef b():\n    a()\n    a()')],
    ['deep attributes', file(`x${'.a'.repeat(deep)}()`)],
    ['deep nesting', file(`op.execute(${'('.repeat(deep)}1${')'.repeat(deep)})`)],
    ['deep blocks', file(Array.from({ length: 400 }, (_, at) => `${' '.repeat(at)}if x:`).join('\n'))],
    ['a batch of nothing', file('with op.batch_alter_table() as b:\n    b.drop_column("c")')],
    ['endless chains', file(`q = session.query(U)\n${'q = q.filter(a=q)\n'.repeat(300)}q.update({})`)],
  ])('%s', async (_name, text) => {
    const { up } = await read(text)
    expect(Array.isArray(up)).toBe(true)
  })
})

test('functions of other modules that get the connection, and tables of models, are said', async () => {
  const program = await read(
    file(
      '    helpers.backfill(op.get_bind())\n    helpers.name_of("users")\n    Base.metadata.create_all(bind=op.get_bind())\n',
      'from app import helpers\n',
    ),
  )
  expect(program.up.map(step => step.kind === 'unreadable' && step.reason)).toEqual([
    '`backfill` is defined in another file',
    '`create_all` works on the tables of models in other files',
  ])
})
