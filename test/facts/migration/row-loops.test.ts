import { describe, expect, test } from 'vitest'
import { factsOf } from './facts-of.ts'

/** The tables of which a migration writes every row in one transaction. */
async function wholeTables(path: string, head: string, engine = 'postgres'): Promise<readonly string[]> {
  const settings = { 'premortem.yml': JSON.stringify({ databases: [{ engine }] }) }
  const { facts } = await factsOf([{ path, head }], {}, settings)
  return facts.flatMap(({ operation, filtered, batched, table }) =>
    /^(update|delete)-rows$/.test(operation) && !filtered && !batched ? [table] : [],
  )
}

describe('Rails', () => {
  const tables = (body: string, head = '') =>
    wholeTables(
      'db/migrate/20240501101010_fill.rb',
      `class Fill < ActiveRecord::Migration[7.1]\n${head}\ndef up\n${body}\nend\nend\n`,
    )

  test.each([
    'User.where.not(email: nil).update_all("a = lower(email)")',
    'User.where("email IS NOT NULL").find_each { |user| user.update!(a: user.email) }',
    'User.where("email IS NULL").update_all(a: 1)',
    'User.where(email: nil).where.not(name: nil).update_all("email = name")',
    'User.where(email: nil).find_each { |user| user.update!(a: 1) }',
    'select_all("SELECT id FROM users").each { |row| execute("UPDATE users SET a = 1 WHERE id = #{row[0]}") }',
    'rows = connection.select_rows("SELECT id FROM users WHERE a IS NULL")\nrows.each { |id| execute("UPDATE users SET a = 1 WHERE id = #{id}") }',
    'User.pluck(:id).each { |id| User.where(id: id).update_all(a: 1) }',
    'User.find_each { |user| execute("UPDATE users SET a = 1 WHERE id = #{user.id}") }',
  ])('%s', async body => {
    expect(await tables(body)).toEqual(['users'])
  })
  test.each([
    'User.where(role: "x").where.not(email: nil).update_all(a: 1)',
    'User.where.not(email: "x").update_all(a: 1)',
    'User.where.not(team_id: nil).update_all(a: 1)',
    'User.where("team_id IS NOT NULL").find_each { |user| user.update!(a: 1) }',
    'select_all("SELECT id FROM users WHERE team_id IS NOT NULL").each { |row| execute("UPDATE users SET a = 1 WHERE id = #{row[0]}") }',
    `User.where("email IS NULL AND role = 'x'").update_all(a: 1)`,
    'User.where(email: nil, role: "x").update_all(a: 1)',
    'User.where(email: nil).delete_all',
    `select_all("SELECT id FROM users WHERE role = 'x'").each { |row| execute("UPDATE users SET a = 1 WHERE id = #{row[0]}") }`,
    'User.where(role: "x").pluck(:id).each { |id| User.where(id: id).update_all(a: 1) }',
    'Post.pluck(:user_id).each { |id| User.where(id: id).update_all(a: 1) }',
    'execute("UPDATE users SET a = 1 WHERE id = #{id}")',
  ])('near miss: %s', async body => {
    expect(await tables(body)).toEqual([])
  })
  test('a transaction around the loop holds all of it, one inside only its round', async () => {
    const bare = 'disable_ddl_transaction!'
    expect(await tables('User.transaction do\nUser.find_each { |u| u.update!(a: 1) }\nend', bare)).toEqual(['users'])
    expect(await tables('User.in_batches { |b| User.transaction { b.update_all(a: 1) } }', bare)).toEqual([])
  })
})

describe('Django', () => {
  const tables = (body: string, atomic = true) =>
    wholeTables(
      'shop/migrations/0002_fill.py',
      `from django.db import connection, migrations, transaction
def fill(apps, schema_editor):
    User = apps.get_model('shop', 'User')
    cursor = connection.cursor()
${body.replace(/^/gm, '    ')}
class Migration(migrations.Migration):
    atomic = ${atomic ? 'True' : 'False'}
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
`,
    )
  const save = 'for user in User.objects.all().iterator():\n    user.save()'
  const update = "cursor.execute('UPDATE shop_user SET a = 1 WHERE id = %s', [row[0]])"

  test.each([
    save,
    "for pk in User.objects.values_list('pk').iterator(chunk_size=9):\n    User.objects.filter(pk=pk).update(a=1)",
    `cursor.execute('SELECT id FROM shop_user')\nfor row in cursor.fetchall():\n    ${update}`,
    `cursor.execute('SELECT id FROM shop_user')\nrows = cursor.fetchall()\nfor row in rows:\n    ${update}`,
  ])('%s', async body => {
    expect(await tables(body)).toEqual(['shop_user'])
  })
  test.each([
    "for pk in User.objects.filter(a=2).values_list('pk'):\n    User.objects.filter(pk=pk).update(a=1)",
    'for user in User.objects.all():\n    if user.old:\n        User.objects.filter(pk=user.pk).update(a=1)',
    `cursor.execute('SELECT id FROM shop_user WHERE a = 2')\nfor row in cursor.fetchall():\n    ${update}`,
    `cursor.execute('SELECT id FROM shop_user')\nfor row in cursor.fetchmany(9):\n    ${update}`,
  ])('near miss: %s', async body => {
    expect(await tables(body)).toEqual([])
  })
  test('outside of a transaction each record commits by itself', async () => {
    expect(await tables(save, false)).toEqual([])
    expect(await tables(`with transaction.atomic():\n${save.replace(/^/gm, '    ')}`, false)).toEqual(['shop_user'])
  })
})

describe('Alembic', () => {
  const tables = (body: string) =>
    wholeTables(
      'migrations/versions/abc_fill.py',
      `from alembic import op
import sqlalchemy as sa
from sqlalchemy.orm import Session
class User(Base):
    __tablename__ = 'users'
users = sa.table('users', sa.column('id'))
def upgrade():
    conn = op.get_bind()
    session = Session(bind=conn)
${body.replace(/^/gm, '    ')}
`,
    )
  test.each([
    "for user in session.query(User):\n    session.query(User).filter(User.id == user.id).update({'a': 1})",
    'for row in conn.execute(sa.select(users.c.id, users.c.a)):\n    conn.execute(users.update().where(users.c.id == row.id).values(a=1))',
  ])('%s', async body => {
    expect(await tables(body)).toEqual(['users'])
  })
  test('near miss: only some rows', async () => {
    const some = 'sa.select(users.c.id).where(users.c.a == 2)'
    expect(
      await tables(
        `for row in conn.execute(${some}):\n    conn.execute(users.update().where(users.c.id == row.id).values(a=1))`,
      ),
    ).toEqual([])
  })
})

describe('Ecto', () => {
  const tables = (body: string, head = '') =>
    wholeTables(
      'priv/repo/migrations/20240501101010_fill.exs',
      `defmodule Shop.Repo.Migrations.Fill do
  use Ecto.Migration
  import Ecto.Query
  alias Shop.{Repo, User}
  ${head}
  def up do
    ${body}
  end
  defp fill(user), do: user |> User.changeset(%{a: 1}) |> Repo.update!()
  def down, do: :ok
end
`,
    )
  const change = 'Repo.update!(Ecto.Changeset.change(user, a: 1))'
  const byId = 'from(u in "users", where: u.id == ^user.id)'

  test.each([
    `Repo.all(User) |> Enum.each(fn user -> ${change} end)`,
    `for user <- Repo.all(User), do: ${change}`,
    `for user <- repo().all(from u in "users", select: %{id: u.id}) do\nrepo().update_all(${byId}, set: [a: 1])\nend`,
    `User |> Repo.stream() |> Stream.each(fn user -> ${change} end) |> Stream.run()`,
    `User |> Repo.stream() |> Stream.chunk_every(9) |> Enum.each(fn users -> Enum.each(users, fn user -> ${change} end) end)`,
    'users = Repo.all(User)\nEnum.each(users, &fill/1)',
    'ids = Repo.all(from u in User, select: u.id)\nfor id <- ids, do: Repo.get!(User, id) |> User.changeset(%{}) |> Repo.update()',
    '%{rows: rows} = repo().query!("SELECT id FROM users")\nfor [id] <- rows, do: repo().query!("UPDATE users SET a = 1 WHERE id = $1", [id])',
    '{:ok, %{rows: rows}} = repo().query("SELECT id FROM users")\nfor [id] <- rows, do: execute("UPDATE users SET a = 1 WHERE id = #{id}")',
  ])('%s', async body => {
    expect(await tables(body)).toEqual(['users'])
  })
  test.each([
    `for user <- Repo.all(from u in User, where: u.role == "x"), do: ${change}`,
    `for user <- Repo.all(User), user.old, do: ${change}`,
    `for user <- Repo.all(User) do\nif user.old, do: ${change}\nend`,
    'for user <- Repo.all(User), do: Repo.update!(Account.changeset(user.account, %{}))',
    `Repo.all(User) |> Enum.filter(& &1.old) |> Enum.each(fn user -> ${change} end)`,
    `user = Repo.get!(User, 1)\n${change}`,
  ])('near miss: %s', async body => {
    expect(await tables(body)).toEqual([])
  })
  test('outside of a transaction each row commits by itself', async () => {
    const loop = `for user <- Repo.all(User), do: ${change}`
    const bare = '@disable_ddl_transaction true'
    expect(await tables(loop, bare)).toEqual([])
    expect(await tables(`Repo.transaction(fn -> ${loop} end)`, bare)).toEqual(['users'])
  })
})

describe('Sequelize', () => {
  const tables = (body: string) =>
    wholeTables(
      'migrations/20240501101010-fill.js',
      `const { User } = require('../models');
module.exports = {
  up: (queryInterface, Sequelize) => queryInterface.sequelize.transaction(async transaction => {
    ${body}
  }),
  down: async () => {},
};
`,
    )
  const all = 'const users = await User.findAll({ transaction });'
  const sql = 'queryInterface.sequelize.query'

  test.each([
    `${all} for (const user of users) { user.a = 1; await user.save({ transaction }); }`,
    `${all} await Promise.all(users.map(user => user.update({ a: 1 }, { transaction })));`,
    `${all} for (const user of users) await User.update({ a: 1 }, { where: { id: user.id }, transaction });`,
    'for (const user of await db.User.findAll({ where: { a: null }, transaction })) await user.update({ a: 1 }, { transaction });',
    `const [users] = await ${sql}('SELECT id FROM "Users"', { transaction }); for (let i = 0; i < users.length; i++) await queryInterface.bulkUpdate('Users', { a: 1 }, { id: users[i].id }, { transaction });`,
    `const users = await ${sql}('SELECT id FROM "Users"', { transaction }); for (const user of users) await ${sql}('UPDATE "Users" SET a = 1 WHERE id = :id', { replacements: { id: user.id }, transaction });`,
  ])('%s', async body => {
    expect(await tables(body)).toEqual(['Users'])
  })
  test.each([
    'for (const user of await User.findAll({ where: { role: 1 }, transaction })) await user.update({ a: 1 }, { transaction });',
    'for (const user of await User.findAll({ limit: 9, transaction })) await user.update({ a: 1 }, { transaction });',
    `${all} for (const user of users) { if (user.old) await user.update({ a: 1 }, { transaction }); }`,
    `${all} for (const user of users) { const plan = await user.getPlan(); await plan.update({ a: 1 }, { transaction }); }`,
    `${all} await users[0].update({ a: 1 }, { transaction });`,
    // It takes no part in the transaction: each row commits by itself.
    `${all} for (const user of users) await user.update({ a: 1 });`,
  ])('near miss: %s', async body => {
    expect(await tables(body)).toEqual([])
  })
})

describe('TypeORM and Knex', () => {
  const typeorm = (body: string, head = '') =>
    wholeTables(
      'src/migrations/1714550000000-Fill.ts',
      `import { MigrationInterface, QueryRunner } from 'typeorm'
import { User } from '../entities/User'
export class Fill1714550000000 implements MigrationInterface {
  ${head}
  public async up(queryRunner: QueryRunner): Promise<void> {
    const users = queryRunner.manager.getRepository(User)
    ${body}
  }
  public async down(): Promise<void> {}
}
`,
    )
  const knex = (body: string) =>
    wholeTables(
      'migrations/20240501101010_fill.js',
      `exports.up = async function (knex) {\n${body}\n}\nexports.down = async () => {}\n`,
    )
  const save = 'for (const user of await users.find()) { user.a = 1; await users.save(user) }'

  test.each([
    save,
    'const all = await queryRunner.manager.find(User); for (const user of all) user.a = 1; await queryRunner.manager.save(all)',
    'for (const user of await queryRunner.manager.find(User, { where: {} })) await queryRunner.manager.update(User, user.id, { a: 1 })',
  ])('%s', async body => {
    expect(await typeorm(body)).toEqual(['user'])
  })
  test.each([
    "for (const user of await users.find({ where: { role: 'x' } })) await users.save(user)",
    'for (const user of await users.find({ take: 9 })) await users.save(user)',
    'for (const user of await users.find()) await queryRunner.manager.save(Profile, { userId: user.id })',
  ])('near miss: %s', async body => {
    expect(await typeorm(body)).toEqual([])
  })
  test('outside of a transaction each row commits by itself', async () => {
    expect(await typeorm(save, 'transaction = false')).toEqual([])
  })
  const update = "await knex('users').where({ id: user.id }).update({ a: 1 })"
  test.each([
    `const users = await knex('users').select(); for (let i = 0; i < users.length; i++) { const user = users[i]; ${update} }`,
    `return knex('users').select('*').then(users => Promise.all(users.map(async user => { ${update} })))`,
  ])('%s', async body => {
    expect(await knex(body)).toEqual(['users'])
  })
  test('near miss: a loop that counts something else', async () => {
    expect(await knex(`for (let i = 0; i < ids.length; i++) { const user = ids[i]; ${update} }`)).toEqual([])
  })
})

describe('on MySQL', () => {
  test('Django runs a function in a transaction, Rails runs none', async () => {
    const django = `from django.db import migrations
def fill(apps, schema_editor):
    User = apps.get_model('shop', 'User')
    for pk in User.objects.values_list('pk'):
        User.objects.filter(pk=pk).update(a=1)
class Migration(migrations.Migration):
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
`
    expect(await wholeTables('shop/migrations/0002_fill.py', django, 'mysql')).toEqual(['shop_user'])
    const rails =
      'class Fill < ActiveRecord::Migration[7.1]\ndef up\nUser.find_each { |u| u.update!(a: 1) }\nend\nend\n'
    expect(await wholeTables('db/migrate/20240501101010_fill.rb', rails, 'mysql')).toEqual([])
  })

  const laravel = (body: string) =>
    wholeTables(
      'database/migrations/2024_05_01_101010_fill.php',
      `<?php
use App\\Models\\User;
use Illuminate\\Support\\Facades\\DB;
use Illuminate\\Support\\Facades\\Schema;
return new class extends Migration {
  public function up(): void {
    ${body}
  }
};
`,
      'mysql',
    )
  const update = "$user->update(['a' => 1]);"
  test('a transaction of the file holds its loop, until a schema change commits it', async () => {
    expect(await laravel(`DB::transaction(function () { foreach (User::all() as $user) { ${update} } });`)).toEqual([
      'users',
    ])
    expect(
      await laravel(`foreach (User::all() as $user) { DB::transaction(function () use ($user) { ${update} }); }`),
    ).toEqual([])
    const drop = "Schema::dropIfExists('old');"
    expect(await laravel(`DB::beginTransaction(); ${drop} foreach (User::all() as $user) { ${update} }`)).toEqual([])
  })
})
