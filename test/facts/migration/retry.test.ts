import { expect, test } from 'vitest'
import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory } from '../../../src/change/memory.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { extractMigrations } from '../../../src/facts/migration/extract.ts'

const path = 'db/migrate/20260818000003_x.rb'
const migration = (...lines: readonly string[]) =>
  `class X < ActiveRecord::Migration[8.1]\n  disable_ddl_transaction!\n  def up\n${lines.join('\n')}\n  end\nend\n`

async function facts(head: string, repository: Readonly<Record<string, string>> = {}) {
  const change = changeInMemory({ files: [{ path, head }], repository })
  const config = await loadConfig(async () => undefined)
  const { artifacts } = await loadArtifacts(change, config)
  const extraction = await extractMigrations({ change, artifacts, config, now: new Date(0) }, artifacts)
  return extraction.facts
}

test.each([
  [['add_index :a, :b, algorithm: :concurrently', 'add_index :a, :c, algorithm: :concurrently'], [4]],
  [
    ['add_index :a, :b, algorithm: :concurrently, if_not_exists: true', 'add_index :a, :c, algorithm: :concurrently'],
    [],
  ],
  [['add_index :a, :c, algorithm: :concurrently'], []],
  [['add_column :a, :b, :string', 'add_column :a, :c, :string'], []],
])('the step that stops a second run of %j is on line %j', async (lines, expected) => {
  const found = await facts(migration(...lines))
  expect(found.flatMap(fact => ('stopsRetry' in fact && fact.stopsRetry ? [fact.span.line] : []))).toEqual(expected)
})

test('a call that strong_migrations cannot see into is told once', async () => {
  const text = migration('change_table(:a) { |t| t.string :b }', 'safety_assured { execute "ANALYZE" }')
  const unchecked = (found: readonly object[]) =>
    found.filter(fact => 'operation' in fact && fact.operation === 'unchecked-call')
  expect(unchecked(await facts(text, { 'Gemfile.lock': '    strong_migrations (2.0)\n' }))).toMatchObject([
    { how: 'change_table', table: 'a', span: { line: 4 } },
  ])
  expect(unchecked(await facts(text, { 'Gemfile.lock': '    rails (8.0)\n' }))).toEqual([])
})
