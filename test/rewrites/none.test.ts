import { expect, test } from 'vitest'
import { findingsIn } from './apply.ts'

const config = { databases: [{ engine: 'postgres' }] }
const ecto = (body: string): string =>
  `defmodule Shop.Repo.Migrations.Change do\n  use Ecto.Migration\n\n  def change do\n${body}\n  end\nend\n`
const laravel = (body: string): string =>
  `<?php\n\nuse Illuminate\\Database\\Migrations\\Migration;\nuse Illuminate\\Database\\Schema\\Blueprint;\nuse Illuminate\\Support\\Facades\\Schema;\n\nreturn new class extends Migration\n{\n    public function up(): void\n    {\n${body}\n    }\n};\n`
const path = {
  ecto: 'priv/repo/migrations/20240501101010_change.exs',
  laravel: 'database/migrations/2024_05_01_101010_change.php',
  liquibase: 'db/changelog/042-change.xml',
  sql: 'db/migrations/V14__change.sql',
}

/** Findings for which no safe way is known for certain. */
const cases: readonly (readonly [name: string, rule: string, path: string, head: string])[] = [
  [
    'an index that a DO block builds',
    'migration/index-blocks-writes',
    path.ecto,
    ecto(
      '    execute("""\n    do $$\n    begin\n      create index concurrently if not exists i on orders (a);\n    exception\n      when others then\n        create index if not exists i on orders (a);\n    end$$;\n    """)',
    ),
  ],
  [
    'an index that a DO block builds under a condition',
    'migration/index-blocks-writes',
    path.sql,
    'DO $$\nBEGIN\n  IF true THEN\n    CREATE INDEX i ON orders (a);\n  END IF;\nEND $$;\n',
  ],
  [
    'CONCURRENTLY in a DO block',
    'migration/concurrently-in-transaction',
    'db/migrate/20240501101010_change.rb',
    'class Change < ActiveRecord::Migration[7.1]\n  def up\n    execute <<~SQL\n      DO $$ BEGIN\n        CREATE INDEX CONCURRENTLY i ON orders (a);\n      END $$;\n    SQL\n  end\nend\n',
  ],
  [
    'one of several statements of a DO block in Alembic',
    'migration/foreign-key-validates',
    'alembic/versions/b2_x.py',
    'from alembic import op\n\nrevision = "b2"\ndown_revision = "a1"\n\n\ndef upgrade():\n    op.execute("""DO $$ BEGIN\n    UPDATE orders SET a = 1 WHERE a = 2;\n    ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES b (id);\n    END $$""")\n',
  ],
  [
    'one of several statements of a string in Alembic',
    'migration/index-blocks-writes',
    'alembic/versions/b2_x.py',
    'from alembic import op\n\nrevision = "b2"\ndown_revision = "a1"\n\n\ndef upgrade():\n    op.execute("CREATE INDEX i ON orders (a); UPDATE orders SET a = 1 WHERE a = 2")\n',
  ],
  [
    'CONCURRENTLY in a string with others',
    'migration/concurrently-in-transaction',
    'alembic/versions/b2_x.py',
    'from alembic import op\n\nrevision = "b2"\ndown_revision = "a1"\n\n\ndef upgrade():\n    op.execute("CREATE INDEX CONCURRENTLY i ON orders (a); SELECT 1")\n',
  ],
  [
    'a foreign key whose action is only known when it runs',
    'migration/foreign-key-validates',
    'alembic/versions/b2_x.py',
    'from alembic import op\n\nrevision = "b2"\ndown_revision = "a1"\n\n\ndef upgrade():\n    op.create_foreign_key(None, "orders", "b", ["a"], ["id"], ondelete=action_of("b"))\n',
  ],
  [
    'a key that can be deferred',
    'migration/foreign-key-validates',
    'alembic/versions/b2_x.py',
    'from alembic import op\n\nrevision = "b2"\ndown_revision = "a1"\n\n\ndef upgrade():\n    op.create_foreign_key(None, "orders", "b", ["a"], ["id"], deferrable=True, initially="DEFERRED")\n',
  ],
  [
    'an index by another method in Sequelize',
    'migration/index-blocks-writes',
    'server/migrations/20240501101010-index.js',
    'module.exports = {\n  async up(queryInterface) {\n    await queryInterface.addIndex("orders", ["tags"], { using: "GIN" });\n  },\n};\n',
  ],
  [
    'a table that goes under another name',
    'migration/rename-breaks-code',
    path.sql,
    'ALTER TABLE public.posts RENAME TO posts_old;\nDROP TABLE public.posts_old;\n',
  ],
  [
    'one clause of several whose quotes do not fit',
    'migration/set-not-null-scans',
    path.ecto,
    ecto('    execute "ALTER TABLE \\"Order\\" ADD COLUMN note text, ALTER COLUMN email SET NOT NULL", ""'),
  ],
  [
    'another type among other steps',
    'migration/change-type-rewrites',
    path.laravel,
    laravel(
      "        Schema::table('orders', function (Blueprint $table) {\n            $table->bigInteger('number')->change();\n        });\n        Schema::table('lines', function (Blueprint $table) {\n            $table->foreign('number')->references('number')->on('orders')->notValid();\n        });",
    ),
  ],
  [
    'a loop over tables',
    'migration/index-blocks-writes',
    path.laravel,
    laravel(
      "        foreach (['orders', 'lines'] as $name) {\n            Schema::table($name, function (Blueprint $table) {\n                $table->index('customer_id');\n            });\n        }",
    ),
  ],
  [
    'an index of another kind',
    'migration/index-blocks-writes',
    path.laravel,
    laravel(
      "        Schema::table('orders', function (Blueprint $table) {\n            $table->index('tags', 'orders_tags', 'gin');\n        });",
    ),
  ],
  [
    'a transaction over so many tables that a limit on the wait is not enough',
    'migration/several-tables-locked',
    path.sql,
    `BEGIN;\n${[...'abcdefgh'].map(table => `ALTER TABLE ${table} ADD COLUMN x int;\n`).join('')}COMMIT;\n`,
  ],
  [
    'a change set on a condition that others would not share',
    'migration/set-not-null-scans',
    path.liquibase,
    '<databaseChangeLog>\n  <changeSet id="1" author="a">\n    <preConditions onFail="MARK_RAN"><tableExists tableName="orders"/></preConditions>\n    <addNotNullConstraint tableName="orders" columnName="email"/>\n  </changeSet>\n</databaseChangeLog>\n',
  ],
]

test.each(cases)('%s', async (_name, rule, file, head) => {
  const found = (await findingsIn([{ path: file, head }], { config })).filter(item => item.rule === rule)
  expect(found.length).toBeGreaterThan(0)
  expect(found.map(item => item.rewrite)).toEqual(found.map(() => undefined))
})

test('Doctrine with all migrations of a run in one transaction', async () => {
  const head =
    "<?php\n\nuse Doctrine\\Migrations\\AbstractMigration;\n\nfinal class Version20240501101010 extends AbstractMigration\n{\n    public function up(Schema $schema): void\n    {\n        $this->addSql('CREATE INDEX IDX_1 ON orders (customer_id)');\n    }\n}\n"
  const files = [{ path: 'migrations/Version20240501101010.php', head }]
  const together = { 'config/packages/doctrine_migrations.yaml': 'doctrine_migrations:\n    all_or_nothing: true\n' }
  const offered = async (repository: Record<string, string>) =>
    (await findingsIn(files, { config, repository })).flatMap(({ rewrite }) => rewrite?.title ?? [])
  expect(await offered({})).toEqual(['Build the index beside the traffic'])
  expect(await offered(together)).toEqual([])
})
