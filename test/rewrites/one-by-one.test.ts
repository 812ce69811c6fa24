import { expect, test } from 'vitest'
import { edited, findingsIn } from './apply.ts'

const config = { databases: [{ engine: 'postgres' }] }

const cases: readonly (readonly [name: string, rule: string, path: string, head: string])[] = [
  [
    'Liquibase',
    'migration/set-not-null-scans',
    'db/changelog/042-change.xml',
    '<databaseChangeLog>\n  <changeSet id="42" author="ann">\n    <addNotNullConstraint tableName="orders" columnName="email"/>\n    <addNotNullConstraint tableName="orders" columnName="number"/>\n  </changeSet>\n</databaseChangeLog>\n',
  ],
  [
    'Laravel',
    'migration/index-blocks-writes',
    'database/migrations/2024_05_01_101010_change.php',
    "<?php\n\nuse Illuminate\\Database\\Migrations\\Migration;\nuse Illuminate\\Support\\Facades\\Schema;\n\nreturn new class extends Migration\n{\n    public function up(): void\n    {\n        Schema::table('orders', function (Blueprint $table) {\n            $table->index('customer_id');\n            $table->index('number');\n        });\n        Schema::table('lines', function (Blueprint $table) {\n            $table->index('order_id');\n        });\n    }\n};\n",
  ],
  [
    'Ecto',
    'migration/foreign-key-validates',
    'priv/repo/migrations/20240501101010_change.exs',
    'defmodule Shop.Repo.Migrations.Change do\n  use Ecto.Migration\n\n  def change do\n    alter table(:orders) do\n      add :customer_id, references(:customers)\n      add :shop_id, references(:shops)\n    end\n  end\nend\n',
  ],
  [
    'Doctrine',
    'migration/foreign-key-validates',
    'migrations/Version20240501101010.php',
    "<?php\n\nuse Doctrine\\Migrations\\AbstractMigration;\n\nfinal class Version20240501101010 extends AbstractMigration\n{\n    public function up(Schema $schema): void\n    {\n        $this->addSql('ALTER TABLE orders ADD CONSTRAINT a FOREIGN KEY (a_id) REFERENCES a (id)');\n        $this->addSql('ALTER TABLE orders ADD CONSTRAINT b FOREIGN KEY (b_id) REFERENCES b (id)');\n    }\n}\n",
  ],
]

// Each rewrite leaves a file in which the next one finds its place.
test.each(cases)('%s: rewrites of one file, one after the other', async (_name, rule, path, head) => {
  let files = [{ path, head }]
  for (let round = 0; round < 5; round++) {
    const left = (await findingsIn(files, { config })).filter(finding => finding.rule === rule)
    const [rewrite] = left.flatMap(finding => (finding.rewrite?.edits.length ? [finding.rewrite] : []))
    if (rewrite === undefined) {
      expect(left, files[0]?.head).toEqual([])
      return
    }
    files = edited(files, path, rewrite).map(file => ({ path, head: file.head ?? '' }))
  }
  expect.fail(`there is no end to it:\n${files[0]?.head}`)
})
