import type { Case } from './apply.ts'

const index = 'migration/index-blocks-writes'
const hot = 'migration/hot-table-without-lock-timeout'
const tables = { orders: { rows: 50000000, readsPerSecond: 900, writesPerSecond: 200 } }
const config = { databases: [{ engine: 'postgres' }] }

const django = (operations: string): string =>
  `from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0006_before")]\n\n    operations = [\n        ${operations}\n    ]\n`
const shop = {
  path: 'shop/migrations/0007_change.py',
  repository: {
    'shop/migrations/0006_before.py':
      'from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    operations = [\n        migrations.CreateModel("Order", fields=[("id", models.BigAutoField(primary_key=True)), ("code", models.CharField(max_length=10))], options={"db_table": "orders"}),\n    ]\n',
    'manage.py': '',
    'shop/settings.py': 'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}\n',
  },
}
const node = (name: string) => ({ 'package.json': JSON.stringify({ dependencies: { [name]: '1', pg: '8' } }) })

/** What the rewrites of frameworks had in common and some did not. */
export const moreCases: readonly Case[] = [
  {
    name: 'detached partition',
    rule: 'migration/detach-partition-blocks',
    path: 'db/migrations/V15__detach.sql',
    config,
    head: 'ALTER TABLE public.events DETACH PARTITION events_2020;\n',
  },
  {
    ...shop,
    name: 'Django SQL index',
    rule: index,
    head: django('migrations.RunSQL("CREATE INDEX i ON orders (code)", "DROP INDEX i"),'),
  },
  {
    ...shop,
    name: 'Django SQL index among others',
    rule: index,
    head: django(
      'migrations.AddField("order", "note", models.TextField(null=True)),\n        migrations.RunSQL(sql="CREATE INDEX i ON orders (code)", reverse_sql="DROP INDEX i"),',
    ),
  },
  {
    ...shop,
    name: 'Django SQL with quotes',
    rule: 'migration/check-validates',
    head: django('migrations.RunSQL("ALTER TABLE \\"orders\\" ADD CONSTRAINT known CHECK (code IN (\'a\', \'b\'))"),'),
  },
  {
    ...shop,
    name: 'Django SQL volatile default',
    rule: 'migration/add-column-rewrites',
    head: django(
      'migrations.RunSQL(\n            """\n            ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL\n            """\n        ),',
    ),
  },
  {
    ...shop,
    name: 'Django required field',
    rule: 'migration/not-null-without-default',
    head: django(
      'migrations.AddField(\n            model_name="order",\n            name="plan",\n            field=models.CharField(max_length=20),\n        ),',
    ),
  },
  {
    ...shop,
    name: 'Django renamed table',
    rule: 'migration/rename-breaks-code',
    head: django('migrations.AlterModelTable("order", "sales"),'),
  },
  {
    ...shop,
    name: 'Django lock timeout',
    rule: hot,
    tables,
    head: django('migrations.AddField("order", "note", models.TextField(null=True)),'),
  },
  {
    name: 'Rails required column inside change_table',
    rule: 'migration/not-null-without-default',
    config,
    path: 'db/migrate/20240501101010_change.rb',
    head: 'class Change < ActiveRecord::Migration[7.1]\n  def change\n    change_table :orders do |t|\n      t.string :plan, limit: 20, null: false\n      t.text :note\n    end\n  end\nend\n',
  },
  {
    name: 'Rails lock timeout before a heredoc',
    rule: hot,
    tables,
    config,
    path: 'db/migrate/20240501101010_change.rb',
    head: 'class Change < ActiveRecord::Migration[7.1]\n  def up\n    execute <<~SQL\n      ALTER TABLE orders ADD COLUMN note text;\n    SQL\n    add_column :orders, :other, :text\n  end\nend\n',
  },
  {
    name: 'Knex lock timeout',
    rule: hot,
    tables,
    repository: node('knex'),
    path: 'migrations/20240501101010_change.js',
    head: "exports.up = async function (db) {\n  await db.schema.alterTable('orders', table => {\n    table.text('note');\n  });\n};\nexports.down = async () => {};\n",
  },
  {
    name: 'Knex check',
    rule: 'migration/check-validates',
    repository: node('knex'),
    path: 'migrations/20240501101010_change.js',
    head: "exports.up = async knex => {\n  await knex.schema.alterTable('orders', table => {\n    table.check('price > 0', [], 'positive');\n  });\n};\nexports.down = async () => {};\n",
  },
  {
    name: 'TypeORM lock timeout',
    rule: hot,
    tables,
    repository: node('typeorm'),
    path: 'src/migrations/1714550000000-Note.ts',
    head: "import { MigrationInterface, QueryRunner } from 'typeorm'\n\nexport class Note1714550000000 implements MigrationInterface {\n  public async up(queryRunner: QueryRunner): Promise<void> {\n    await queryRunner.query(`ALTER TABLE orders ADD COLUMN note text`)\n  }\n\n  public async down(): Promise<void> {}\n}\n",
  },
  {
    name: 'TypeORM SQL primary key',
    rule: 'migration/primary-key-builds-index',
    repository: node('typeorm'),
    path: 'src/migrations/1714550000000-Key.ts',
    head: "import { MigrationInterface, QueryRunner } from 'typeorm'\n\nexport class Key1714550000000 implements MigrationInterface {\n  public async up(queryRunner: QueryRunner): Promise<void> {\n    await queryRunner.query(`ALTER TABLE orders ADD PRIMARY KEY (id)`)\n  }\n\n  public async down(): Promise<void> {}\n}\n",
  },
  {
    name: 'Kysely lock timeout',
    rule: hot,
    tables,
    repository: node('kysely'),
    path: 'migrations/2024-05-01-note.ts',
    head: "import { type Kysely, sql } from 'kysely'\n\nexport async function up(db: Kysely<unknown>): Promise<void> {\n  await sql`ALTER TABLE orders ADD COLUMN note text`.execute(db)\n}\n",
  },
  {
    name: 'node-pg-migrate lock timeout',
    rule: hot,
    tables,
    repository: node('node-pg-migrate'),
    path: 'migrations/1714550000000_note.js',
    head: "exports.up = pgm => {\n  pgm.addColumns('orders', { note: { type: 'text' } });\n};\n",
  },
]

const mysql = { databases: [{ engine: 'mysql', version: '8.0.20' }] }
const rebuild = { rule: 'migration/online-rebuild', config: mysql, tables: { orders: { rows: 9000000 } } }
const rubyClass = (line: string): string =>
  `class Change < ActiveRecord::Migration[7.1]\n  def up\n    ${line}\n  end\nend\n`

/** Columns in the middle of a row, which MySQL before 8.0.29 writes anew for. */
export const mysqlCases: readonly Case[] = [
  {
    ...rebuild,
    name: 'MySQL column in the middle by Rails',
    path: 'db/migrate/20240501101010_change.rb',
    head: rubyClass('add_column :orders, :note, :text, null: true, after: :id'),
  },
  {
    ...rebuild,
    name: 'MySQL column in the middle by SQL in Rails',
    path: 'db/migrate/20240501101010_change.rb',
    head: rubyClass('execute "ALTER TABLE orders ADD COLUMN note text AFTER id"'),
  },
  {
    ...rebuild,
    name: 'MySQL column in the middle by Laravel',
    path: 'database/migrations/2024_05_01_101010_change.php',
    head: "<?php\n\nuse Illuminate\\Database\\Migrations\\Migration;\n\nreturn new class extends Migration\n{\n    public function up(): void\n    {\n        Schema::table('orders', function (Blueprint $table) {\n            $table->string('note')->after('id')->nullable();\n        });\n    }\n};\n",
  },
  {
    ...rebuild,
    name: 'MySQL column in the middle by Ecto',
    path: 'priv/repo/migrations/20240501101010_change.exs',
    head: 'defmodule Shop.Repo.Migrations.Change do\n  use Ecto.Migration\n\n  def change do\n    alter table(:orders) do\n      add :note, :text, null: true, after: :id\n    end\n  end\nend\n',
  },
  {
    ...rebuild,
    name: 'MySQL column in the middle by Doctrine',
    path: 'migrations/Version20240501101010.php',
    head: "<?php\n\nuse Doctrine\\Migrations\\AbstractMigration;\n\nfinal class Version20240501101010 extends AbstractMigration\n{\n    public function up(Schema $schema): void\n    {\n        $this->addSql('ALTER TABLE orders ADD note LONGTEXT DEFAULT NULL AFTER id');\n    }\n}\n",
  },
]
