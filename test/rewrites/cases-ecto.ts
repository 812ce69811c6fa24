import type { Case } from './apply.ts'

const index = 'migration/index-blocks-writes'
const key = 'migration/foreign-key-validates'
const postgresConfig = { databases: [{ engine: 'postgres' }] }

const ectoCase = (name: string, rule: string, body: string, way = 'change'): Case => ({
  name: `Ecto ${name}`,
  rule,
  path: 'priv/repo/migrations/20240501101010_change.exs',
  config: postgresConfig,
  head: `defmodule Shop.Repo.Migrations.Change do\n  use Ecto.Migration\n\n  def ${way} do\n${body}\n  end\nend\n`,
})
const alter = (...clauses: readonly string[]): string =>
  `    alter table(:orders) do\n${clauses.map(clause => `      ${clause}\n`).join('')}    end`
export const ectoCases: readonly Case[] = [
  ectoCase('index', index, '    create index(:orders, [:customer_id])'),
  ectoCase(
    'index among others',
    index,
    `${alter('add :note, :text')}\n\n    create unique_index(:orders, [:note], name: :notes, where: "note > 'a'")`,
  ),
  ectoCase('dropped index', 'migration/drop-index-blocks', '    drop index(:orders, [:customer_id])'),
  ectoCase(
    'foreign key',
    key,
    alter('add :customer_id, references(:customers, on_delete: :nothing)', 'add :note, :text'),
  ),
  ectoCase('check', 'migration/check-validates', '    create constraint(:orders, :positive, check: "total > 0")'),
  ectoCase(
    'not null',
    'migration/set-not-null-scans',
    alter('modify :email, :string, null: false, from: {:string, null: true}'),
  ),
  ectoCase(
    'not null among others',
    'migration/set-not-null-scans',
    alter('add :note, :text', 'modify :email, :string, null: false'),
    'up',
  ),
  ectoCase(
    'volatile default',
    'migration/add-column-rewrites',
    alter('add :token, :uuid, default: fragment("gen_random_uuid()"), null: false'),
  ),
  ectoCase('required column', 'migration/not-null-without-default', alter('add :plan, :string, null: false')),
  ectoCase('another type', 'migration/change-type-rewrites', alter('modify :number, :bigint')),
  ectoCase('renamed table', 'migration/rename-breaks-code', '    rename table(:posts), to: table(:articles)'),
  ectoCase('SQL index', index, '    execute "CREATE INDEX orders_c ON orders (customer_id)", "DROP INDEX orders_c"'),
  ectoCase(
    'SQL with quotes',
    'migration/check-validates',
    '    execute "ALTER TABLE \\"Order\\" ADD CONSTRAINT c CHECK (a > 1)", "SELECT 1"',
  ),
  ectoCase(
    'SQL in a heredoc',
    key,
    '    execute("""\n    ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (customer_id) REFERENCES customers (id)\n    """)',
    'up',
  ),
  ectoCase('SQL update', 'migration/update-all-rows', '    execute "UPDATE orders SET state = \'new\'"'),
  ectoCase(
    'transaction',
    'migration/concurrently-in-transaction',
    '    create index(:orders, [:customer_id], concurrently: true)',
  ),
  {
    ...ectoCase('lock timeout', 'migration/hot-table-without-lock-timeout', alter('add :note, :text')),
    tables: { orders: { rows: 50000000, readsPerSecond: 900, writesPerSecond: 200 } },
  },
]
