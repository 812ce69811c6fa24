import type { Case } from './apply.ts'
import { ectoCases } from './cases-ecto.ts'
import { liquibaseCases } from './cases-liquibase.ts'
import { moreCases, mysqlCases } from './cases-more.ts'
import { phpCases } from './cases-php.ts'

const rails = (body: string): string =>
  `class Change < ActiveRecord::Migration[7.1]\n  def change\n    ${body}\n  end\nend\n`
const django = (operations: string, imports = ''): string =>
  `from django.db import migrations, models\n${imports}\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0006_before")]\n\n    operations = [\n${operations}\n    ]\n`
const alembic = (body: string): string =>
  `"""change"""\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = "b2"\ndown_revision = "a1"\n\n\ndef upgrade():\n${body}\n`
const shopModels = {
  'shop/migrations/0006_before.py':
    'from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    operations = [\n        migrations.CreateModel("Order", fields=[("id", models.BigAutoField(primary_key=True)), ("email", models.CharField(max_length=100, null=True)), ("code", models.CharField(max_length=10))]),\n        migrations.CreateModel("Customer", fields=[("id", models.BigAutoField(primary_key=True))]),\n    ]\n',
  'manage.py': '',
  'shop/settings.py': 'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}\n',
}
const index = 'migration/index-blocks-writes'
const key = 'migration/foreign-key-validates'

const sql: readonly Case[] = [
  {
    name: 'goose index',
    rule: index,
    path: 'db/migrations/00042_index.sql',
    head: '-- +goose Up\nCREATE INDEX orders_customer ON orders (customer_id);\n\n-- +goose Down\nDROP INDEX orders_customer;\n',
  },
  {
    name: 'dbmate index',
    rule: index,
    path: 'db/migrations/20240501101010_index.sql',
    head: '-- migrate:up\ncreate unique index orders_number on public.orders (number);\n\n-- migrate:down\ndrop index orders_number;\n',
  },
  {
    name: 'sql-migrate index',
    rule: index,
    path: 'migrations/20240501101010-index.sql',
    head: '-- +migrate Up\nCREATE INDEX orders_customer ON orders (customer_id);\n',
  },
  {
    name: 'Flyway index',
    rule: index,
    path: 'src/main/resources/db/migration/V42__index.sql',
    head: 'CREATE INDEX orders_customer ON public.orders (customer_id);\n',
  },
  {
    name: 'Flyway index among others',
    rule: index,
    path: 'src/main/resources/db/migration/V42__index.sql',
    head: 'ALTER TABLE public.orders ADD COLUMN customer_id bigint;\nCREATE INDEX orders_customer ON public.orders (customer_id);\n',
  },
  {
    name: 'Prisma index',
    rule: index,
    path: 'prisma/migrations/20240501101010_index/migration.sql',
    head: '-- CreateIndex\nCREATE INDEX "Order_customerId_idx" ON "Order"("customerId");\n',
    repository: { 'prisma/schema.prisma': 'datasource db { provider = "postgresql" }\n' },
  },
  {
    name: 'Prisma index among others',
    rule: index,
    path: 'prisma/migrations/20240501101010_index/migration.sql',
    head: '-- AlterTable\nALTER TABLE "Order" ADD COLUMN "customerId" BIGINT;\n\n-- CreateIndex\nCREATE INDEX "Order_customerId_idx" ON "Order"("customerId");\n',
    repository: { 'prisma/schema.prisma': 'datasource db { provider = "postgresql" }\n' },
  },
  {
    name: 'sqlx index',
    rule: index,
    path: 'migrations/20240501101010_index.sql',
    head: 'CREATE INDEX orders_customer ON public.orders (customer_id);\n',
    repository: { 'Cargo.toml': '[dependencies]\nsqlx = "0.8"\n' },
  },
  {
    name: 'Diesel index among others',
    rule: index,
    path: 'migrations/2024-05-01-101010_index/up.sql',
    head: 'ALTER TABLE public.orders ADD COLUMN customer_id bigint;\nCREATE INDEX orders_customer ON public.orders (customer_id);\n',
  },
  {
    name: 'tern index',
    rule: index,
    path: 'migrations/042_index.sql',
    head: 'CREATE INDEX orders_customer ON public.orders (customer_id);\n---- create above / drop below ----\nDROP INDEX orders_customer;\n',
  },
  {
    name: 'dropped index',
    rule: 'migration/drop-index-blocks',
    path: 'db/migrations/00043_drop.sql',
    head: '-- +goose Up\nDROP INDEX IF EXISTS orders_customer;\n',
    repository: {
      'db/migrations/00001_orders.sql':
        '-- +goose Up\nCREATE TABLE orders (id bigint, customer_id bigint);\nCREATE INDEX orders_customer ON orders (customer_id);\n',
    },
  },
  {
    name: 'foreign key without a name',
    rule: key,
    path: 'db/migrations/00044_key.sql',
    head: '-- +goose Up\nALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;\n',
  },
  {
    name: 'foreign key in one of two clauses',
    rule: key,
    path: 'db/migrations/V7__key.sql',
    head: 'ALTER TABLE public.orders\n  ADD COLUMN note text,\n  ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id);\n',
  },
  {
    name: 'column with a reference',
    rule: key,
    path: 'db/migrations/V8__key.sql',
    head: 'ALTER TABLE public.orders ADD COLUMN customer_id bigint DEFAULT 1 NOT NULL REFERENCES customers (id) ON DELETE CASCADE;\n',
  },
  {
    name: 'column with a check',
    rule: 'migration/check-validates',
    path: 'db/migrations/V9__check.sql',
    head: "ALTER TABLE public.orders ADD COLUMN state text DEFAULT 'new' CHECK (state IN ('new', 'paid'));\n",
    tables: { orders: { rows: 50000000 } },
  },
  {
    name: 'unique constraint in the words of the author',
    rule: 'migration/unique-builds-index',
    path: 'db/migrations/V10__unique.sql',
    head: 'ALTER TABLE public."order" ADD CONSTRAINT "Order_number" UNIQUE (number) DEFERRABLE INITIALLY DEFERRED;\n',
  },
  {
    name: 'primary key',
    rule: 'migration/primary-key-builds-index',
    path: 'db/migrations/V11__pk.sql',
    head: 'ALTER TABLE public.orders ADD PRIMARY KEY (id);\n',
  },
  {
    name: 'not null',
    rule: 'migration/set-not-null-scans',
    path: 'db/migrations/V12__required.sql',
    head: 'ALTER TABLE public.orders ALTER COLUMN email SET NOT NULL;\n',
  },
  {
    name: 'another type',
    rule: 'migration/change-type-rewrites',
    path: 'db/migrations/V13__type.sql',
    head: 'ALTER TABLE public.orders ALTER COLUMN number TYPE bigint USING number::bigint;\n',
    repository: {
      'db/migrations/V1__orders.sql': 'CREATE TABLE public.orders (id bigint PRIMARY KEY, number text);\n',
    },
  },
  {
    name: 'update without a condition',
    rule: 'migration/update-all-rows',
    path: 'db/migrations/00050_fill.sql',
    head: "-- +goose Up\nUPDATE public.orders SET state = 'new', total = price * 2;\n",
  },
  {
    name: 'update of what is NULL',
    rule: 'migration/update-all-rows',
    path: 'db/migrations/20240501101010_fill.sql',
    head: '-- migrate:up\nUPDATE public.orders SET token = gen_random_uuid() WHERE token IS NULL;\n\n-- migrate:down\n',
  },
  {
    name: 'detached partition of Drizzle',
    rule: index,
    path: 'drizzle/0042_index.sql',
    head: 'ALTER TABLE "orders" ADD COLUMN "customer_id" bigint;--> statement-breakpoint\nCREATE INDEX "orders_customer" ON "orders" USING btree ("customer_id");\n',
  },
  {
    name: 'renamed table',
    rule: 'migration/rename-breaks-code',
    path: 'db/migrations/V14__rename.sql',
    head: 'ALTER TABLE public.posts RENAME TO articles;\n',
  },
  {
    name: 'Flyway update',
    rule: 'migration/update-all-rows',
    path: 'src/main/resources/db/migration/V43__fill.sql',
    head: "UPDATE public.orders SET state = 'new';\n",
  },
  {
    name: 'Supabase index',
    rule: index,
    path: 'supabase/migrations/20240501101010_index.sql',
    head: 'CREATE INDEX orders_customer ON public.orders (customer_id);\n',
  },
  {
    name: 'Liquibase index',
    rule: index,
    path: 'db/changelog/042_index.sql',
    head: '--liquibase formatted sql\n\n--changeset ann:42\nCREATE INDEX orders_customer ON public.orders (customer_id);\n',
  },
]

const ruby: readonly Case[] = [
  {
    name: 'Rails index among others',
    rule: index,
    path: 'db/migrate/20240501101010_change.rb',
    head: rails(
      'add_column :orders, :customer_id, :bigint\n    add_index(:orders, [:customer_id, :state], unique: true, name: "orders_once")',
    ),
  },
  {
    name: 'Rails reference',
    rule: index,
    path: 'db/migrate/20240501101010_change.rb',
    head: rails('add_reference :orders, :customer, null: true, foreign_key: true'),
  },
  {
    name: 'Rails index inside change_table',
    rule: index,
    path: 'db/migrate/20240501101010_change.rb',
    head: rails('change_table :orders do |t|\n      t.string :note\n      t.index :customer_id\n    end'),
  },
  {
    name: 'Rails foreign key with a column',
    rule: key,
    path: 'db/migrate/20240501101010_change.rb',
    head: rails('add_foreign_key :orders, :users, column: :author_id, on_delete: :cascade'),
  },
  {
    name: 'Rails volatile default',
    rule: 'migration/add-column-rewrites',
    path: 'db/migrate/20240501101010_change.rb',
    head: rails('add_column :orders, :token, :uuid, default: -> { "gen_random_uuid()" }, null: false'),
  },
  {
    name: 'Rails SQL index',
    rule: index,
    path: 'db/migrate/20240501101010_change.rb',
    head: rails('execute "CREATE INDEX orders_customer ON orders (customer_id)"'),
  },
  {
    name: 'Rails SQL in a heredoc',
    rule: key,
    path: 'db/migrate/20240501101010_change.rb',
    head: rails(
      'execute <<~SQL\n      ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id);\n    SQL',
    ),
  },
  {
    name: 'Rails renamed column',
    rule: 'migration/rename-breaks-code',
    path: 'db/migrate/20240501101010_change.rb',
    head: rails('rename_column :orders, :name, :title'),
  },
  {
    name: 'Rails update of some',
    rule: 'migration/update-all-rows',
    path: 'db/migrate/20240501101010_change.rb',
    head: rails('Order.where(state: nil).update_all(state: "new")'),
  },
]

const python: readonly Case[] = [
  {
    name: 'Django index',
    rule: index,
    path: 'shop/migrations/0007_index.py',
    repository: shopModels,
    head: django(
      '        migrations.AddIndex(\n            model_name="order",\n            index=models.Index(fields=["code"], name="order_code"),\n        ),',
    ),
  },
  {
    name: 'Django index among others',
    rule: index,
    path: 'shop/migrations/0007_index.py',
    repository: shopModels,
    head: django(
      '        migrations.AddField("order", "note", models.TextField(null=True)),\n        migrations.AddIndex("order", models.Index(fields=["code"], name="order_code")),',
    ),
  },
  {
    name: 'Django foreign key',
    rule: index,
    path: 'shop/migrations/0007_key.py',
    repository: shopModels,
    head: django(
      '        migrations.AddField(\n            model_name="order",\n            name="customer",\n            field=models.ForeignKey(null=True, on_delete=models.CASCADE, to="shop.customer"),\n        ),',
    ),
  },
  {
    name: 'Django check',
    rule: 'migration/check-validates',
    path: 'shop/migrations/0007_check.py',
    repository: shopModels,
    head: django(
      '        migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(code__gt=""), name="order_code")),',
    ),
  },
  {
    name: 'Django unique constraint',
    rule: 'migration/unique-builds-index',
    path: 'shop/migrations/0007_unique.py',
    repository: shopModels,
    head: django(
      '        migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], name="order_code")),',
    ),
  },
  {
    name: 'Django not null',
    rule: 'migration/set-not-null-scans',
    path: 'shop/migrations/0007_required.py',
    repository: shopModels,
    head: django('        migrations.AlterField("order", "email", models.CharField(max_length=100)),'),
  },
  {
    name: 'Django removed field',
    rule: 'migration/drop-column',
    path: 'shop/migrations/0007_drop.py',
    repository: shopModels,
    head: django('        migrations.RemoveField(model_name="order", name="code"),'),
  },
  {
    name: 'Alembic index',
    rule: index,
    path: 'alembic/versions/b2_index.py',
    head: alembic('    op.create_index("ix_orders_customer", "orders", ["customer_id"], unique=False)'),
  },
  {
    name: 'Alembic index over several lines',
    rule: index,
    path: 'alembic/versions/b2_index.py',
    head: alembic(
      '    op.create_index(\n        op.f("ix_orders_customer"),\n        "orders",\n        ["customer_id"],\n    )',
    ),
  },
  {
    name: 'Alembic foreign key',
    rule: key,
    path: 'alembic/versions/b2_key.py',
    head: alembic('    op.create_foreign_key("orders_customer_fk", "orders", "customers", ["customer_id"], ["id"])'),
  },
  {
    name: 'Alembic foreign key without a name, with its actions',
    rule: key,
    path: 'alembic/versions/b2_key.py',
    head: alembic(
      '    op.create_foreign_key(\n        None, "orders", "customers", ["customer_id"], ["id"], onupdate="CASCADE", ondelete="SET NULL"\n    )',
    ),
  },
  {
    name: 'Sequelize column with a reference and its action',
    rule: 'migration/not-null-without-default',
    path: 'server/migrations/20240501101010-scope.js',
    head: 'module.exports = {\n  async up(queryInterface, Sequelize) {\n    await queryInterface.addColumn("subscriptions", "documentId", {\n      type: Sequelize.UUID,\n      allowNull: false,\n      references: { model: "documents", key: "id" },\n      onDelete: "cascade",\n    });\n  },\n};\n',
  },
  {
    name: 'Alembic not null',
    rule: 'migration/set-not-null-scans',
    path: 'alembic/versions/b2_required.py',
    head: alembic('    op.alter_column("orders", "email", existing_type=sa.String(), nullable=False)'),
  },
  {
    name: 'Alembic unique constraint',
    rule: 'migration/unique-builds-index',
    path: 'alembic/versions/b2_unique.py',
    head: alembic('    op.create_unique_constraint("orders_number", "orders", ["number"])'),
  },
  {
    name: 'Alembic SQL update',
    rule: 'migration/update-all-rows',
    path: 'alembic/versions/b2_fill.py',
    head: alembic('    op.execute("UPDATE orders SET state = \'new\' WHERE state IS NULL")'),
  },
  {
    name: 'Alembic SQL index',
    rule: index,
    path: 'alembic/versions/b2_index.py',
    head: alembic('    op.execute("CREATE INDEX orders_customer ON orders (customer_id)")'),
  },
]

const javascript: readonly Case[] = [
  {
    name: 'Knex index',
    rule: index,
    path: 'migrations/20240501101010_index.js',
    head: "exports.up = async knex => {\n  await knex.schema.alterTable('orders', table => {\n    table.index(['customer_id'], 'orders_customer');\n  });\n};\nexports.down = async () => {};\n",
    repository: { 'package.json': '{"dependencies":{"knex":"3","pg":"8"}}' },
  },
  {
    name: 'Knex SQL index',
    rule: index,
    path: 'migrations/20240501101010_index.js',
    head: "exports.up = async knex => {\n  await knex.raw('CREATE INDEX orders_customer ON orders (customer_id)');\n};\nexports.down = async () => {};\n",
    repository: { 'package.json': '{"dependencies":{"knex":"3","pg":"8"}}' },
  },
  {
    name: 'TypeORM SQL index',
    rule: index,
    path: 'src/migrations/1714550000000-Index.ts',
    head: 'import { MigrationInterface, QueryRunner } from \'typeorm\'\n\nexport class Index1714550000000 implements MigrationInterface {\n  public async up(queryRunner: QueryRunner): Promise<void> {\n    await queryRunner.query(`CREATE INDEX "IDX_1" ON "orders" ("customer_id")`)\n  }\n\n  public async down(queryRunner: QueryRunner): Promise<void> {}\n}\n',
    repository: { 'package.json': '{"dependencies":{"typeorm":"0.3","pg":"8"}}' },
  },
  {
    name: 'TypeORM SQL foreign key',
    rule: key,
    path: 'src/migrations/1714550000000-Key.ts',
    head: 'import { MigrationInterface, QueryRunner } from \'typeorm\'\n\nexport class Key1714550000000 implements MigrationInterface {\n  public async up(queryRunner: QueryRunner): Promise<void> {\n    await queryRunner.query(`ALTER TABLE "orders" ADD CONSTRAINT "FK_1" FOREIGN KEY ("customer_id") REFERENCES "customers"("id")`)\n  }\n\n  public async down(queryRunner: QueryRunner): Promise<void> {}\n}\n',
    repository: { 'package.json': '{"dependencies":{"typeorm":"0.3","pg":"8"}}' },
  },
  {
    name: 'Sequelize index',
    rule: index,
    path: 'migrations/20240501101010-index.js',
    head: "module.exports = {\n  async up(queryInterface) {\n    await queryInterface.addIndex('orders', ['customer_id'], { name: 'orders_customer' });\n  },\n  async down() {},\n};\n",
    repository: { 'package.json': '{"dependencies":{"sequelize":"6","pg":"8"}}' },
  },
  {
    name: 'node-pg-migrate SQL index',
    rule: index,
    path: 'migrations/1714550000000_index.js',
    head: "exports.up = pgm => {\n  pgm.sql('CREATE INDEX orders_customer ON orders (customer_id)');\n};\n",
    repository: { 'package.json': '{"dependencies":{"node-pg-migrate":"7","pg":"8"}}' },
  },
  {
    name: 'node-pg-migrate foreign key',
    rule: key,
    path: 'migrations/1714550000000_key.js',
    head: "exports.up = pgm => {\n  pgm.addConstraint('orders', 'orders_customer_fk', { foreignKeys: { columns: 'customer_id', references: 'customers(id)' } });\n};\n",
    repository: { 'package.json': '{"dependencies":{"node-pg-migrate":"7","pg":"8"}}' },
  },
]

const mysqlConfig = { databases: [{ engine: 'mysql', version: '8.0.20' }] }
const mysql: readonly Case[] = [
  {
    name: 'MySQL column in the middle',
    rule: 'migration/online-rebuild',
    path: 'migrations/0042_x.sql',
    config: mysqlConfig,
    tables: { orders: { rows: 9000000 } },
    head: 'ALTER TABLE orders ADD COLUMN note text AFTER id;\n',
  },
  {
    name: 'MySQL another type',
    rule: 'migration/change-type-rewrites',
    path: 'migrations/0042_x.sql',
    config: mysqlConfig,
    head: 'ALTER TABLE shop.orders MODIFY COLUMN number bigint NOT NULL, ALGORITHM=COPY;\n',
  },
  {
    name: 'MySQL foreign key',
    rule: key,
    path: 'migrations/0042_x.sql',
    config: mysqlConfig,
    head: 'ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id);\n',
  },
  {
    name: 'MySQL refused lock',
    rule: 'migration/server-refuses',
    path: 'migrations/0042_x.sql',
    config: { databases: [{ engine: 'mysql', version: '8.0.36' }] },
    head: 'ALTER TABLE orders ADD COLUMN note text, ALGORITHM=INSTANT, LOCK=NONE;\n',
  },
  {
    name: 'MySQL update',
    rule: 'migration/update-all-rows',
    path: 'migrations/0042_x.sql',
    config: mysqlConfig,
    head: "UPDATE orders SET state = 'new';\n",
  },
  {
    name: 'MySQL required column',
    rule: 'migration/not-null-without-default',
    path: 'migrations/0042_x.sql',
    config: mysqlConfig,
    head: 'ALTER TABLE orders ADD COLUMN plan varchar(20) NOT NULL;\n',
  },
]

export const cases: readonly Case[] = [
  ...sql,
  ...ruby,
  ...python,
  ...javascript,
  ...mysql,
  ...phpCases,
  ...ectoCases,
  ...liquibaseCases,
  ...moreCases,
  ...mysqlCases,
]
