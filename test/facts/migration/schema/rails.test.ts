import { describe, expect, test } from 'vitest'
import { operationsFromRuby, schemaFromRuby } from '../../../../src/facts/migration/schema/rails.ts'

const text = `ActiveRecord::Schema[7.1].define(version: 2026_01_02_030405) do
  enable_extension "plpgsql"

  create_enum "mood", ["sad", "ok"]

  create_table "users", id: :uuid, default: -> { "gen_random_uuid()" }, force: :cascade do |t|
    t.string "email", limit: 320, default: "", null: false
    t.integer "age", limit: 8
    t.decimal "balance", precision: 10, scale: 2, default: "0.0"
    t.datetime "created_at", precision: nil, null: false
    t.jsonb "data", default: {"a"=>[1]}, null: false
    t.string "tags", default: [], array: true
    t.enum "mood", enum_type: "mood"
    t.virtual "full", type: :string, as: "a || b", stored: true
    t.index "lower((email)::text)", name: "by_mail", unique: true
    t.index ["age", "email"], name: "by_age", where: "(age > 1)"
    t.check_constraint "email IS NOT NULL", name: "mail", validate: false
  end

  create_table "posts", force: :cascade do |t|
    t.bigint "user_id"
  end

  create_table "plain", id: false, force: :cascade do |t|
    t.integer "a"
  end

  add_foreign_key "posts", "users", name: "author", on_delete: :cascade
end
`

describe('schema.rb', () => {
  test('columns with their types', () => {
    const { tables } = schemaFromRuby(text)
    expect([...tables.keys()]).toEqual(['users', 'posts', 'plain'])
    const users = tables.get('users')
    const types = [...(users?.columns ?? [])].map(([name, { type }]) => [name, type.name, type.arguments])
    expect(types).toEqual([
      ['id', 'uuid', []],
      ['email', 'varchar', [320]],
      ['age', 'bigint', []],
      ['balance', 'numeric', [10, 2]],
      ['created_at', 'timestamp', []],
      ['data', 'jsonb', []],
      ['tags', 'varchar', []],
      ['mood', 'mood', []],
      ['full', 'varchar', []],
    ])
    expect(users?.columns.get('email')?.notNull).toBe(true)
    expect(users?.columns.get('tags')?.type.array).toBe(true)
    expect(tables.get('posts')?.columns.get('id')).toMatchObject({ type: { name: 'bigint' }, primaryKey: true })
    expect(tables.get('plain')?.columns.has('id')).toBe(false)
  })

  test('indexes, checks and foreign keys', () => {
    const { tables } = schemaFromRuby(text)
    const users = tables.get('users')
    expect(users?.indexes).toContainEqual({ name: 'by_mail', columns: ['lower((email)::text)'], unique: true })
    expect(users?.indexes).toContainEqual({ name: 'by_age', columns: ['age', 'email'], unique: false, partial: true })
    expect(users?.checks).toMatchObject([{ name: 'mail', notNullColumn: 'email', validated: false }])
    expect(tables.get('posts')?.foreignKeys).toMatchObject([
      { name: 'author', columns: ['user_id'], references: { table: 'users', columns: ['id'] } },
    ])
  })

  test('types of MySQL, and keys of old files', () => {
    const old =
      'ActiveRecord::Schema.define(version: 20150101000000) do\n  create_table "a", force: :cascade do |t|\n    t.string "b"\n    t.datetime "c"\n  end\nend\n'
    const columns = schemaFromRuby(old, { engine: 'mysql' }).tables.get('a')?.columns
    expect(columns?.get('id')?.type.name).toBe('integer')
    expect(columns?.get('b')?.type).toMatchObject({ name: 'varchar', arguments: [255] })
    expect(columns?.get('c')?.type.name).toBe('datetime')
  })

  test('only the tables that are wanted', () => {
    const found = operationsFromRuby(text, { wanted: table => table === 'posts' })
    expect(found.map(({ op }) => op)).toEqual(['create-table', 'add-foreign-key'])
  })

  test('hostile input', () => {
    for (let at = 0; at <= text.length; at += 50) expect(() => schemaFromRuby(text.slice(0, at))).not.toThrow()
    const nested = `create_table "a" do |t|\n t.jsonb "b", default: ${'['.repeat(10_000)}\n`
    for (const bad of ['', '\0', nested, `t.string "${'\\'.repeat(9999)}`, 'create_table do |t|'])
      expect(() => schemaFromRuby(bad)).not.toThrow()
  })
})
