import { describe, expect, test } from 'vitest'
import type { MemoryFile } from '../../../src/change/memory.ts'
import { migrationFileKind } from '../../../src/facts/migration-file/index.ts'
import { factsOf, hostile } from '../read.ts'

const facts = async (files: readonly MemoryFile[], repository: Readonly<Record<string, string>> = {}) =>
  (await factsOf(migrationFileKind, files, repository)).facts

const rails = (body: string): string =>
  `class X < ActiveRecord::Migration[7.1]\n  def change\n    ${body}\n  end\nend\n`
const django = (body: string): string =>
  `from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0001_initial")]\n    operations = [${body}]\n`

test('a deleted migration of Laravel goes by its whole name', async () => {
  const [fact] = await facts(
    [
      {
        path: 'database/migrations/2025_07_06_100000_fix_tokens.php',
        base: '<?php\nreturn new class extends Migration {\n  public function up() { Schema::table("tokens", fn ($t) => $t->dropColumn("a")); }\n};\n',
      },
    ],
    { 'database/migrations/2024_01_01_100000_users.php': '<?php\n' },
  )
  expect(fact).toMatchObject({ problem: 'deleted', what: '2025_07_06_100000_fix_tokens' })
})

describe('edited', () => {
  test.each([
    [
      'a column more',
      'db/migrate/20240101000000_x.rb',
      rails('add_column :users, :a, :string'),
      rails('add_column :users, :b, :string'),
      'structure',
    ],
    ['the way back only', 'a.sql', '', '', undefined],
    [
      'rows',
      'migrations/0001_x.sql',
      'UPDATE users SET a = 1 WHERE id = 1;\n',
      'UPDATE orders SET a = 1 WHERE id = 1;\n',
      'rows',
    ],
    [
      'a function',
      'migrations/0001_x.sql',
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n",
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';\n",
      'rest',
    ],
    [
      'a comment',
      'migrations/0001_x.sql',
      'ALTER TABLE users ADD COLUMN a int;\n',
      '-- note\nALTER TABLE users ADD COLUMN a int;\n',
      undefined,
    ],
    [
      'a guard',
      'migrations/0001_x.sql',
      'ALTER TABLE users ADD COLUMN a int;\n',
      "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN IF NOT EXISTS a int;\n",
      undefined,
    ],
    [
      'the case of keywords',
      'migrations/0001_x.sql',
      'ALTER TABLE users ADD COLUMN a varchar(20);\n',
      'alter table users add column a VARCHAR(20);\n',
      undefined,
    ],
    [
      'help for people',
      'shop/migrations/0002_x.py',
      django('migrations.AddField("order", "a", models.IntegerField(null=True))'),
      django('migrations.AddField("order", "a", models.IntegerField(null=True, help_text="x"))'),
      undefined,
    ],
  ])('%s', async (_name, path, base, head, changes) => {
    const found = await facts([{ path, base, head }])
    expect(found.map(fact => ('changes' in fact ? fact.changes : ''))).toEqual(changes === undefined ? [] : [changes])
  })

  test('a checksum counts the comment as well', async () => {
    const path = 'db/migration/V2__x.sql'
    const base = 'ALTER TABLE users ADD COLUMN a int;\n'
    expect(await facts([{ path, base, head: `-- note\n${base}` }])).toMatchObject([{ checksum: true, changes: 'text' }])
  })
})

describe('deleted', () => {
  const old = { 'db/migrate/20230101000000_first.rb': rails('add_column :users, :z, :string') }

  test('the newest', async () => {
    const files = [{ path: 'db/migrate/20240101000000_x.rb', base: rails('add_column :users, :a, :string') }]
    expect(await facts(files, old)).toMatchObject([
      { problem: 'deleted', side: 'base', newest: true, what: '20240101000000' },
    ])
  })

  test('moved to another folder', async () => {
    const text = rails('add_column :users, :a, :string')
    const files = [
      { path: 'db/migrate/20240101000000_x.rb', base: text },
      { path: 'engines/shop/db/migrate/20240101000000_x.rb', head: text },
    ]
    expect(await facts(files, old)).toEqual([])
  })

  test('many at once are a clean-up', async () => {
    const files = [1, 2, 3, 4, 5].map(n => ({
      path: `db/migrate/2024010100000${n}_x.rb`,
      base: rails('add_column :users, :a, :string'),
    }))
    expect(await facts(files, old)).toEqual([])
  })
})

describe('a model without its migration', () => {
  const known = 'CREATE TABLE users (id bigint, name text);\n'

  test.each([
    [
      'SQLAlchemy',
      'app/models.py',
      'class User(Base):\n    __tablename__ = "users"\n    id = Column(Integer)\n',
      '    seen_at: Mapped[datetime] = mapped_column()\n',
      'alembic/versions/1_x.py',
      'op.create_table("users", sa.Column("id"))\n',
    ],
    [
      'TypeORM',
      'src/user.entity.ts',
      "@Entity('users')\nexport class User {\n  @Column()\n  id: number\n",
      "  @Column({ name: 'seen_at' })\n  seenAt: Date\n",
      'src/migrations/1690000000000-Init.ts',
      'queryRunner.query(`CREATE TABLE users (id int)`)\n',
    ],
    [
      'Ecto',
      'lib/user.ex',
      'defmodule User do\n  schema "users" do\n    field :name, :string\n',
      '    field :seen_at, :utc_datetime\n',
      'priv/repo/migrations/20240101000000_x.exs',
      'create table(:users) do\n  add :name, :string\nend\n',
    ],
    [
      'JPA',
      'src/main/java/model/User.java',
      '@Entity\n@Table(name = "users")\nclass User {\n',
      '  @Column(name = "seen_at")\n  Instant seenAt;\n',
      'src/main/resources/db/migration/V1__x.sql',
      known,
    ],
  ])('%s', async (_name, path, base, added, migration, text) => {
    const files = [{ path, base, head: `${base}${added}` }]
    expect(await facts(files, { [migration]: text })).toMatchObject([
      { problem: 'not-migrated', what: 'users.seen_at' },
    ])
    expect(await facts(files, { [migration]: `${text}-- seen_at\n` })).toEqual([])
    expect(await facts(files)).toEqual([])
  })

  test.each([
    ['a relation of Prisma', 'prisma/schema.prisma', 'model User {\n  id Int @id\n', '  posts Post[]\n'],
    [
      'a relation of SQLAlchemy',
      'app/models.py',
      'class User(Base):\n    __tablename__ = "users"\n',
      '    posts: Mapped[list["Post"]] = relationship()\n',
    ],
    [
      'a virtual field',
      'lib/user.ex',
      'defmodule User do\n  schema "users" do\n',
      '    field :password, :string, virtual: true\n',
    ],
    [
      'a form',
      'shop/models.py',
      'from django.db import models\n\n\nclass UserForm(forms.Form):\n',
      '    seen_at = models.DateTimeField()\n',
    ],
  ])('not %s', async (_name, path, base, added) => {
    const repository = {
      'prisma/migrations/20240101000000_x/migration.sql': 'CREATE TABLE "User" (id int);\n',
      'alembic/versions/1_x.py': 'op.create_table("users")\n',
      'priv/repo/migrations/20240101000000_x.exs': 'create table(:users)\n',
      'shop/migrations/0001_initial.py': 'CreateModel("UserForm")\n',
    }
    expect(await facts([{ path, base, head: `${base}${added}` }], repository)).toEqual([])
  })
})

test('a journal that does not parse stops nothing', async () => {
  const files = [{ path: 'drizzle/0001_x.sql', head: 'SELECT 1;\n' }]
  expect(await facts(files, { 'drizzle/meta/_journal.json': '{' })).toEqual([])
})

test.each(hostile)('hostile input %#', async text => {
  for (const path of [
    'db/migrate/20240101000000_x.rb',
    'prisma/schema.prisma',
    'app/models.py',
    'drizzle/meta/_journal.json',
    'src/db/schema.ts',
  ])
    expect(await facts([{ path, base: 'x\n', head: text }])).toEqual([])
})
