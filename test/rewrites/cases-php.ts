import type { Case } from './apply.ts'

const index = 'migration/index-blocks-writes'
const key = 'migration/foreign-key-validates'
const postgresConfig = { databases: [{ engine: 'postgres' }] }

const laravel = (body: string): string =>
  `<?php\n\nuse Illuminate\\Database\\Migrations\\Migration;\nuse Illuminate\\Database\\Schema\\Blueprint;\nuse Illuminate\\Support\\Facades\\Schema;\n\nreturn new class extends Migration\n{\n    public function up(): void\n    {\n${body}\n    }\n};\n`
const onOrders = (body: string): string =>
  laravel(`        Schema::table('orders', function (Blueprint $table) {\n            ${body}\n        });`)
const doctrine = (body: string): string =>
  `<?php\n\ndeclare(strict_types=1);\n\nnamespace DoctrineMigrations;\n\nuse Doctrine\\DBAL\\Schema\\Schema;\nuse Doctrine\\Migrations\\AbstractMigration;\n\nfinal class Version20240501101010 extends AbstractMigration\n{\n    public function up(Schema $schema): void\n    {\n${body}\n    }\n}\n`
const laravelCase = (name: string, rule: string, head: string): Case => ({
  name: `Laravel ${name}`,
  rule,
  path: 'database/migrations/2024_05_01_101010_change.php',
  config: postgresConfig,
  head,
})
const doctrineCase = (name: string, rule: string, body: string, repository = {}): Case => ({
  name: `Doctrine ${name}`,
  rule,
  path: 'migrations/Version20240501101010.php',
  config: postgresConfig,
  repository,
  head: doctrine(body),
})
export const phpCases: readonly Case[] = [
  laravelCase('index', index, onOrders("$table->index('customer_id');")),
  laravelCase(
    'index of two',
    index,
    onOrders("$table->index(['customer_id', 'state'], 'orders_once');\n            $table->dropIndex('orders_state');"),
  ),
  laravelCase(
    'index among others',
    index,
    onOrders("$table->string('note')->nullable();\n            $table->index('note');"),
  ),
  laravelCase('index of a new column', index, onOrders("$table->string('note')->nullable()->index();")),
  laravelCase(
    'index in an arrow function',
    index,
    laravel("        Schema::table('orders', fn (Blueprint $table) => $table->index('customer_id'));"),
  ),
  laravelCase(
    'index on another connection',
    index,
    laravel(
      "        Schema::connection('shop')->table('orders', function (Blueprint $table) {\n            $table->index('customer_id');\n        });",
    ),
  ),
  laravelCase('dropped index', 'migration/drop-index-blocks', onOrders("$table->dropIndex(['customer_id']);")),
  laravelCase(
    'foreign key',
    key,
    onOrders("$table->foreign('customer_id')\n                ->references('id')\n                ->on('customers');"),
  ),
  laravelCase(
    'new column with a key',
    key,
    onOrders("$table->foreignId('customer_id')->nullable()->constrained()->cascadeOnDelete();"),
  ),
  laravelCase('unique constraint', 'migration/unique-builds-index', onOrders("$table->unique(['number']);")),
  laravelCase(
    'unique column',
    'migration/unique-builds-index',
    onOrders("$table->string('number')->nullable()->unique();"),
  ),
  laravelCase('primary key', 'migration/primary-key-builds-index', onOrders("$table->primary('id');")),
  laravelCase(
    'not null',
    'migration/set-not-null-scans',
    onOrders("$table->string('email')->nullable(false)->change();"),
  ),
  laravelCase(
    'volatile default',
    'migration/add-column-rewrites',
    onOrders("$table->uuid('token')->default(DB::raw('gen_random_uuid()'));"),
  ),
  laravelCase('required column', 'migration/not-null-without-default', onOrders("$table->string('plan');")),
  laravelCase('another type', 'migration/change-type-rewrites', onOrders("$table->bigInteger('number')->change();")),
  laravelCase('renamed table', 'migration/rename-breaks-code', laravel("        Schema::rename('posts', 'articles');")),
  laravelCase(
    'SQL index',
    index,
    laravel("        DB::statement('CREATE INDEX orders_customer ON orders (customer_id)');"),
  ),
  laravelCase(
    'SQL update',
    'migration/update-all-rows',
    laravel('        DB::statement("UPDATE orders SET state = \'new\'");'),
  ),
  laravelCase(
    'transaction',
    'migration/concurrently-in-transaction',
    laravel("        DB::statement('CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id)');"),
  ),
  {
    ...laravelCase(
      'lock timeout',
      'migration/hot-table-without-lock-timeout',
      onOrders("$table->string('note')->nullable();"),
    ),
    tables: { orders: { rows: 50000000, readsPerSecond: 900, writesPerSecond: 200 } },
  },
  doctrineCase('index', index, "        $this->addSql('CREATE INDEX IDX_1 ON orders (customer_id)');"),
  doctrineCase(
    'index among others',
    index,
    "        $this->addSql('ALTER TABLE orders ADD customer_id INT DEFAULT NULL');\n        $this->addSql('CREATE INDEX IDX_1 ON orders (customer_id)');",
  ),
  doctrineCase(
    'foreign key',
    key,
    "        $this->addSql('ALTER TABLE orders ADD CONSTRAINT FK_1 FOREIGN KEY (customer_id) REFERENCES customer (id) NOT DEFERRABLE INITIALLY IMMEDIATE');",
  ),
  doctrineCase(
    'check with escapes',
    'migration/check-validates',
    "        $this->addSql('ALTER TABLE orders ADD CONSTRAINT known CHECK (state IN (\\'new\\', \\'paid\\'))');",
  ),
  doctrineCase(
    'not null',
    'migration/set-not-null-scans',
    "        $this->addSql('ALTER TABLE orders ALTER email SET NOT NULL');",
  ),
  doctrineCase(
    'volatile default',
    'migration/add-column-rewrites',
    "        $this->addSql('ALTER TABLE orders ADD token UUID DEFAULT gen_random_uuid() NOT NULL');",
  ),
  doctrineCase(
    'SQL in a heredoc',
    key,
    "        $this->addSql(<<<'SQL'\n            ALTER TABLE orders ADD CONSTRAINT FK_1 FOREIGN KEY (customer_id) REFERENCES customer (id)\n        SQL);",
  ),
]
