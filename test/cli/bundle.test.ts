import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestRepository, testRepository } from '../git.ts'
import { premortem } from './run.ts'

// Parsers are resolved anew when they are bundled: each one once, through the built program.
const deployment = (replicas: number): string =>
  JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas } }, null, 2)

const files: readonly (readonly [path: string, base: string, head: string, rule: string])[] = [
  ['k8s/production/web.json', deployment(30), deployment(3), 'capacity/replicas-dropped'],
  ['config/limits.toml', 'a = 1\n', 'a = [1\n', 'syntax/toml-does-not-parse'],
  [
    'terraform/db.tf',
    'resource "aws_db_instance" "main" {\n  deletion_protection = true\n}\n',
    'resource "aws_db_instance" "main" {\n  deletion_protection = false\n}\n',
    'data-loss/deletion-protection-removed',
  ],
  [
    'prometheus/rules.yml',
    'groups: []\n',
    'groups:\n  - name: a\n    rules:\n      - alert: Errors\n        expr: rate(errors_total[5min]) > 1\n',
    'alerting/rule-refused',
  ],
  ['db/sql/0002_index.sql', '', 'CREATE INDEX orders_state ON orders (state);\n', 'migration/index-blocks-writes'],
  [
    'db/migrate/20260101000000_index_orders.rb',
    '',
    'class IndexOrders < ActiveRecord::Migration[7.1]\n  def change\n    add_index :orders, :state\n  end\nend\n',
    'migration/index-blocks-writes',
  ],
  [
    'priv/repo/migrations/20260101000000_index_orders.exs',
    '',
    'defmodule Shop.Repo.Migrations.IndexOrders do\n  use Ecto.Migration\n  def change do\n    create index(:orders, [:state])\n  end\nend\n',
    'migration/index-blocks-writes',
  ],
  [
    'database/migrations/2026_01_01_000000_index_orders.php',
    '',
    "<?php\nreturn new class extends Migration {\n    public function up(): void\n    {\n        Schema::table('orders', function (Blueprint $table) {\n            $table->index('state');\n        });\n    }\n};\n",
    'migration/index-blocks-writes',
  ],
  [
    'db/changelog/2.xml',
    '',
    '<databaseChangeLog>\n  <changeSet id="1" author="a">\n    <createIndex tableName="orders" indexName="i"><column name="state"/></createIndex>\n  </changeSet>\n</databaseChangeLog>\n',
    'migration/index-blocks-writes',
  ],
]

let repo: TestRepository
let report: { findings: { rule: string; path: string }[]; notAnalysed: unknown[] }

beforeAll(() => {
  repo = testRepository()
  repo.write('premortem.yml', 'databases:\n  - { engine: postgres, version: "15", paths: ["**"] }\n')
  for (const [path, base] of files) if (base !== '') repo.write(path, base)
  repo.commit('base')
  repo.git('checkout', '-q', '-b', 'topic')
  for (const [path, , head] of files) repo.write(path, head)
  repo.commit('risky')
  report = JSON.parse(premortem(repo.folder, ['--format', 'json']).out)
})
afterAll(() => repo.remove())

test.each(files)('%s is read by the built program', (path, _base, _head, rule) => {
  expect(report.findings.filter(finding => finding.path === path).map(finding => finding.rule)).toContain(rule)
})

test('nothing is left out', () => {
  expect(report.notAnalysed).toEqual([])
})
