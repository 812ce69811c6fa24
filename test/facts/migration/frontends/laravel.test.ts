import { describe, expect, test } from 'vitest'
import { classifyContent, classifyPath } from '../../../../src/artifact/classify.ts'
import { sourceOf } from '../../../../src/artifact/source.ts'
import type { Tree } from '../../../../src/change/types.ts'
import type { ReadSql } from '../../../../src/facts/migration/frontends/javascript-sql.ts'
import { type PhpHints, readPhp } from '../../../../src/facts/migration/frontends/php.ts'
import type { Operation, Program, Step } from '../../../../src/facts/migration/operation.ts'

/** Stands for an engine's reader: one harmless step for each text; `UPDATE x` is told apart. */
const sql: ReadSql = async (text, place) => {
  const at = text.search(/\S/)
  const table = /^\s*UPDATE (\S+)/i.exec(text)?.[1]
  const operation: Operation =
    table === undefined
      ? { op: 'harmless', what: text.trim() }
      : { op: 'update-rows', table, filtered: /\bWHERE\b/i.test(text), batched: false }
  return [{ kind: 'change', span: place(at), text: text.trim(), operations: [operation] }]
}

/** The given files, by path. */
function treeOf(files: Readonly<Record<string, string>>): Tree {
  return { list: async () => Object.keys(files), read: async (path: string) => files[path] } as Tree
}

const read = (text: string, hints: PhpHints = {}): Promise<Program> =>
  readPhp(sourceOf('database/migrations/2024_01_01_000000_x.php', 'head', text), sql, { engine: 'mysql', ...hints })

/** A migration whose `up` begins on line 4. */
const migration = (body: string, more = ''): string =>
  `<?php\nreturn new class extends Migration {\n  public function up(): void {\n${body}\n  }\n${more}};\n`

async function steps(body: string, hints: PhpHints = {}, more = ''): Promise<readonly Step[]> {
  return (await read(migration(body, more), hints)).up
}

async function operations(body: string, hints: PhpHints = {}, more = ''): Promise<readonly Operation[]> {
  return (await steps(body, hints, more)).flatMap(step => (step.kind === 'change' ? step.operations : []))
}

const table = (body: string): string => `Schema::table('users', function (Blueprint $table) {\n${body}\n});`
const postgres = { engine: 'postgres' } as const

async function columns(body: string, hints: PhpHints = {}): Promise<readonly unknown[]> {
  const found = await operations(table(body), hints)
  return found.map(item => (item.op === 'add-column' ? item.column : item))
}

describe('columns', () => {
  const types: readonly (readonly [call: string, mysql: string, postgres: string])[] = [
    [`string('a')`, 'varchar(255)', 'varchar(255)'],
    [`string('a', 50)`, 'varchar(50)', 'varchar(50)'],
    [`string(column: 'a', length: 9)`, 'varchar(9)', 'varchar(9)'],
    [`char('a', 2)`, 'char(2)', 'char(2)'],
    [`text('a')`, 'text', 'text'],
    [`longText('a')`, 'longtext', 'text'],
    [`integer('a')`, 'int', 'integer'],
    [`integer('a', false, true)`, 'int unsigned', 'integer'],
    [`unsignedBigInteger('a')`, 'bigint unsigned', 'bigint'],
    [`bigInteger('a')->unsigned()`, 'bigint unsigned', 'bigint'],
    [`tinyInteger('a')`, 'tinyint', 'smallint'],
    [`boolean('a')`, 'tinyint(1)', 'boolean'],
    [`decimal('a', 10, 2)`, 'decimal(10,2)', 'numeric(10,2)'],
    [`double('a')`, 'double', 'double precision'],
    [`json('a')`, 'json', 'json'],
    [`jsonb('a')`, 'json', 'jsonb'],
    [`uuid('a')`, 'char(36)', 'uuid'],
    [`ulid('a')`, 'char(26)', 'char(26)'],
    [`dateTime('a')`, 'datetime', 'timestamp(0)'],
    [`datetime('a')`, 'datetime', 'timestamp(0)'],
    [`timestampTz('a')`, 'timestamp', 'timestamptz(0)'],
    [`enum('a', ['x', 'y'])`, `enum('x','y')`, 'varchar(255)'],
    [`ipAddress('a')`, 'varchar(45)', 'inet'],
    [`binary('a')`, 'blob', 'bytea'],
    [`foreignId('a')`, 'bigint unsigned', 'bigint'],
    [`foreignUuid('a')`, 'char(36)', 'uuid'],
    [`rawColumn('a', 'int NOT NULL')`, 'int NOT NULL', 'int NOT NULL'],
    [`addColumn('string', 'a')`, 'varchar(255)', 'varchar(255)'],
  ]
  test.each(types)('%s', async (call, mysql, other) => {
    expect(await columns(`$table->${call}->nullable();`)).toMatchObject([{ name: 'a', type: { text: mysql } }])
    expect(await columns(`$table->${call}->nullable();`, postgres)).toMatchObject([
      { name: 'a', type: { text: other } },
    ])
  })

  test('NOT NULL unless nullable, defaults, places, generated values', async () => {
    expect(
      await columns(`
        $table->string('a');
        $table->string('b')->nullable()->after('a');
        $table->integer('c')->default(0)->first();
        $table->timestamp('d')->useCurrent();
        $table->uuid('e')->default(DB::raw('gen_random_uuid()'));
        $table->integer('f')->storedAs('a + b');
        $table->integer('g')->virtualAs('a + b');
        $table->string('h')->default('now()');`),
    ).toMatchObject([
      { name: 'a', notNull: true },
      { name: 'b', notNull: false, placed: true },
      { name: 'c', default: { text: '0', functions: [] }, placed: true },
      { name: 'd', default: { text: 'CURRENT_TIMESTAMP' } },
      { name: 'e', default: { text: 'gen_random_uuid()', functions: ['gen_random_uuid'] } },
      { name: 'f', generated: 'stored' },
      { name: 'g', generated: 'virtual' },
      { name: 'h', default: { text: "'now()'", functions: [] } },
    ])
  })

  test('columns that come in sets', async () => {
    expect(await columns('$table->timestamps();\n$table->softDeletes();\n$table->rememberToken();')).toMatchObject([
      { name: 'created_at', notNull: false },
      { name: 'updated_at', notNull: false },
      { name: 'deleted_at', notNull: false },
      { name: 'remember_token', notNull: false },
    ])
    expect(await columns(`$table->nullableMorphs('owner');`)).toMatchObject([
      { name: 'owner_type', notNull: false },
      { name: 'owner_id', notNull: false, type: { text: 'bigint unsigned' } },
      { op: 'create-index', columns: ['owner_type', 'owner_id'], index: 'users_owner_type_owner_id_index' },
    ])
  })

  test('a column after another, in a closure', async () => {
    expect(await columns(`$table->after('id', function ($t) { $t->string('a'); });`)).toMatchObject([
      { name: 'a', placed: true },
    ])
  })

  test('a changed column: restated on MySQL, piece by piece on Postgres, and since Laravel 11 NOT NULL unless said', async () => {
    const body = table(`$table->string('a', 50)->default('x')->change();`)
    expect(await operations(body)).toEqual([
      { op: 'change-type', table: 'users', column: 'a', to: expect.objectContaining({ text: 'varchar(50)' }) },
    ])
    const eleven = { tree: treeOf({ 'composer.json': '{"require":{"laravel/framework":"^11.0"}}' }) }
    expect(await operations(body, eleven)).toMatchObject([{ op: 'change-type', spec: { notNull: true } }])
    expect((await operations(body, postgres)).map(item => item.op)).toEqual(['change-type', 'set-default'])
    expect((await operations(body, { ...postgres, ...eleven })).map(item => item.op)).toEqual([
      'change-type',
      'set-default',
      'set-not-null',
    ])
    expect(await operations(table(`$table->string('a')->nullable()->change();`), postgres)).toMatchObject([
      { op: 'change-type' },
      { op: 'drop-not-null', column: 'a' },
    ])
  })
})

describe('keys and indexes', () => {
  const calls: readonly (readonly [string, Partial<Operation>])[] = [
    [`index('a')`, { op: 'create-index', columns: ['a'], index: 'users_a_index', unique: false }],
    [`index(['a', 'b'], 'named')`, { op: 'create-index', columns: ['a', 'b'], index: 'named' }],
    [`index('a', name: 'named')`, { op: 'create-index', index: 'named' }],
    [`unique('a')`, { op: 'add-unique', columns: ['a'], name: 'users_a_unique' }],
    [`primary(['a', 'b'])`, { op: 'add-primary-key', columns: ['a', 'b'] }],
    [`fullText('a')`, { op: 'create-index', special: 'fulltext', index: 'users_a_fulltext' }],
    [`spatialIndex('a')`, { op: 'create-index', special: 'spatial', index: 'users_a_spatialindex' }],
    [`rawIndex('(lower(a))', 'raw')`, { op: 'create-index', index: 'raw' }],
    [
      `foreign('a')->references('id')->on('teams')`,
      { op: 'add-foreign-key', name: 'users_a_foreign', references: { table: 'teams', columns: ['id'] } },
    ],
    [`dropColumn('a', 'b')`, { op: 'drop-column', column: 'a' }],
    [`dropTimestamps()`, { op: 'drop-column', column: 'created_at' }],
    [`dropSoftDeletes()`, { op: 'drop-column', column: 'deleted_at' }],
    [`dropIndex(['a'])`, { op: 'drop-index', index: 'users_a_index', columns: ['a'] }],
    [`dropIndex('named')`, { op: 'drop-index', index: 'named' }],
    [`dropUnique(['a'])`, { op: 'drop-index', index: 'users_a_unique' }],
    [`dropForeign(['a'])`, { op: 'drop-constraint', constraint: 'users_a_foreign', type: 'foreign-key' }],
    [`dropPrimary()`, { op: 'drop-constraint', type: 'primary-key' }],
    [`dropConstrainedForeignId('a')`, { op: 'drop-constraint', constraint: 'users_a_foreign' }],
    [`renameColumn('a', 'b')`, { op: 'rename-column', column: 'a', to: 'b' }],
    [`renameIndex('a', 'b')`, { op: 'rename-index', index: 'a', to: 'b' }],
    [`rename('people')`, { op: 'rename-table', to: 'people' }],
    [`dropMorphs('owner')`, { op: 'drop-column', column: 'owner_type' }],
  ]
  test.each(calls)('%s', async (call, operation) => {
    expect((await operations(table(`$table->${call};`)))[0]).toMatchObject({ table: 'users', ...operation })
  })

  test('a column with key and index is three steps on its own line', async () => {
    const found = await steps(
      table(
        `$table->foreignId('team_id')\n  ->nullable()\n  ->constrained()\n  ->index();\n$table->string('b')->unique();`,
      ),
    )
    expect(found.map(step => [step.span.line, step.kind === 'change' ? step.operations[0]?.op : ''])).toEqual([
      [5, 'add-column'],
      [5, 'add-foreign-key'],
      [5, 'create-index'],
      [9, 'add-column'],
      [9, 'add-unique'],
    ])
    expect(found[1]).toMatchObject({ operations: [{ columns: ['team_id'], references: { table: 'teams' } }] })
  })

  test('Laravel 12 builds an index online on Postgres', async () => {
    expect(await operations(table(`$table->index('a')->online();`), postgres)).toMatchObject([{ concurrently: true }])
  })

  test('the model of `foreignIdFor` may name its table', async () => {
    const text = migration(table('$table->foreignIdFor(User::class)->constrained();')).replace(
      'return',
      'use App\\Models\\User;\nreturn',
    )
    const tree = treeOf({ 'app/Models/User.php': "class User extends Model { protected $table = 'people'; }" })
    const { up } = await read(text, { tree })
    expect(up[1]).toMatchObject({
      operations: [{ op: 'add-foreign-key', columns: ['user_id'], references: { table: 'people' } }],
    })
  })
})

describe('tables', () => {
  test('create, with its columns, references and indexes', async () => {
    const found = await operations(`
      Schema::create('orders', function (Blueprint $table) {
        $table->id();
        $table->foreignId('user_id')->constrained();
        $table->foreign('shop_id')->references('id')->on('shops');
        $table->unique('number');
        $table->index('number');
        $table->engine = 'InnoDB';
      });`)
    expect(found).toMatchObject([
      {
        op: 'create-table',
        table: 'orders',
        columns: [
          { name: 'id', primaryKey: true, numbered: true },
          { name: 'user_id', references: { table: 'users' } },
        ],
        references: [{ table: 'users' }, { table: 'shops' }],
      },
      { op: 'create-index', table: 'orders' },
    ])
  })

  test('drop, rename, columns, other connections, conditions of the builder', async () => {
    expect(
      await operations(`
        Schema::dropIfExists('a');
        Schema::rename('b', 'c');
        Schema::dropColumns('d', ['e', 'f']);
        Schema::connection('other')->table('g', fn ($t) => $t->dropColumn('h'));
        Schema::whenTableHasColumn('i', 'j', function (Blueprint $t) { $t->dropColumn('j'); });`),
    ).toMatchObject([
      { op: 'drop-table', table: 'a' },
      { op: 'rename-table', table: 'b', to: 'c' },
      { op: 'drop-column', table: 'd', column: 'e' },
      { op: 'drop-column', table: 'd', column: 'f' },
      { op: 'drop-column', table: 'g', column: 'h' },
      { op: 'drop-column', table: 'i', column: 'j' },
    ])
  })

  test('guards are passed, loops over lists are unrolled, properties and methods are known', async () => {
    expect(
      await operations(
        `if (! Schema::hasTable('x')) { return; }
        foreach ($this->tables as $name => $column) {
          if (Schema::hasColumn($name, $column)) {
            Schema::table($name, function (Blueprint $table) use ($column) { $table->dropColumn($column); });
          }
        }
        $this->rest('z');`,
        {},
        `private array $tables = ['a' => 'b', 'c' => 'd'];
        private function rest(string $name): void { Schema::table($name, fn (Blueprint $t) => $t->dropColumn('y')); }`,
      ),
    ).toMatchObject([
      { table: 'a', column: 'b' },
      { table: 'c', column: 'd' },
      { table: 'z', column: 'y' },
    ])
  })

  test('branches of other engines are left out', async () => {
    const body = `
      if (DB::getDriverName() === 'sqlite') { return; }
      $driver = Schema::getConnection()->getDriverName();
      if ($driver === 'pgsql') { Schema::drop('p'); } elseif (in_array($driver, ['mysql', 'mariadb'])) { Schema::drop('m'); } else { Schema::drop('n'); }
      if (app()->environment('testing')) { Schema::drop('t'); }
      match (DB::getDriverName()) { 'x' => 1, default => 2 };`
    expect(await operations(body)).toMatchObject([{ table: 'm' }])
    expect(await operations(body, postgres)).toMatchObject([{ table: 'p' }])
  })
})

describe('rows', () => {
  const writes: readonly (readonly [string, Partial<Operation>])[] = [
    [`DB::table('users')->update(['a' => 1]);`, { op: 'update-rows', filtered: false, batched: false }],
    [`DB::table('users as u')->where('a', 1)->update([]);`, { op: 'update-rows', table: 'users', filtered: true }],
    [`DB::table('users')->whereNull('a')->update([]);`, { op: 'update-rows', filtered: false }],
    [`DB::table('users')->where('a', null)->update([]);`, { op: 'update-rows', filtered: false }],
    [`DB::table('users')->whereRaw('a IS NULL')->update([]);`, { op: 'update-rows', filtered: false }],
    [`DB::table('users')->limit(10)->delete();`, { op: 'delete-rows', filtered: true, batched: true }],
    [`DB::connection('x')->table('users')->delete();`, { op: 'delete-rows', filtered: false }],
    [`DB::table('users')->truncate();`, { op: 'truncate' }],
    [`DB::table('users')->increment('a');`, { op: 'update-rows', filtered: false }],
    [`User::query()->update(['a' => 1]);`, { op: 'update-rows', filtered: false }],
    [`User::where('a', 1)->update(['a' => 1]);`, { op: 'update-rows', filtered: true }],
    [`User::withTrashed()->update(['a' => 1]);`, { op: 'update-rows', filtered: false }],
    [`User::truncate();`, { op: 'truncate' }],
    [`User::all()->each(function ($u) { $u->save(); });`, { op: 'update-rows', batched: true }],
    [`User::all()->each->delete();`, { op: 'delete-rows', batched: true }],
    [
      `User::chunkById(9, function ($us) { foreach ($us as $u) { $u->update([]); } });`,
      { op: 'update-rows', batched: true },
    ],
    [`foreach (User::cursor() as $u) { $u->a = 1; $u->save(); }`, { op: 'update-rows', batched: true }],
    [
      `foreach (DB::table('users')->get() as $u) { DB::table('users')->where('id', $u->id)->update([]); }`,
      { op: 'update-rows', filtered: false, batched: true, looped: true },
    ],
  ]
  test.each(writes)('%s', async (call, operation) => {
    expect(await operations(call)).toMatchObject([{ table: 'users', ...operation }])
  })

  test('one record, inserts, and what only reads are no backfill', async () => {
    expect(
      await operations(`
        User::find(1)->update(['a' => 1]);
        $user = User::create(['a' => 1]);
        $user->save();
        (new User)->save();
        DB::table('users')->insert(['a' => 1]);
        $n = DB::table('users')->where('a', 1)->count();
        Storage::delete('x');
        Cache::increment('x');
        $file->delete();`),
    ).toEqual([])
  })
})

describe('SQL', () => {
  test('heredocs stand on their own line, marks are values, names of run time are said', async () => {
    const found = await steps(`
      DB::statement(<<<'SQL'
        UPDATE users SET a = 1
      SQL);
      DB::update('UPDATE users SET a = ? WHERE id = ?', [1, 2]);
      DB::unprepared("ALTER TABLE {$this->name} ADD x int");
      DB::statement(file_get_contents('x.sql'));`)
    expect(found).toMatchObject([
      { span: { line: 6 }, operations: [{ op: 'update-rows', filtered: false }] },
      { span: { line: 8 }, operations: [{ op: 'update-rows', filtered: true }] },
      { span: { line: 9 }, operations: [{ op: 'harmless' }] },
      { kind: 'unreadable', reason: 'the SQL stands in another file' },
    ])
  })

  test('Doctrine adds SQL to a list', async () => {
    const text = `<?php\nfinal class Version1 extends AbstractMigration {\n  public function up(Schema $schema): void {\n    $this->addSql('UPDATE users SET a = 1');\n  }\n  public function isTransactional(): bool { return false; }\n}\n`
    expect(await read(text, postgres)).toMatchObject({
      framework: 'doctrine',
      transaction: 'each',
      up: [{ span: { line: 4 }, operations: [{ op: 'update-rows' }] }],
    })
  })
})

describe('what is not known is said', () => {
  const unknown: readonly (readonly [string, RegExp])[] = [
    [table(`$table->frobnicate('x');`), /`frobnicate` is not a call of the migration language/],
    [table(`$table->dropColumn($name);`), /only known when the migration runs/],
    [table(`Helper::columns($table);`), /`columns` does stands in another file/],
    [`Schema::table($name, function ($table) { $table->dropColumn('a'); });`, /only known when the migration runs/],
    [`Schema::table('users', [Helper::class, 'columns']);`, /stands in another file/],
    [`Artisan::call('db:seed');`, /`call` does stands in another file/],
    [`(new UserSeeder)->run();`, /`run` does stands in another file/],
    [`$this->unknownHelper();`, /`unknownHelper` does stands in another file/],
    [`Schema::frobnicate('x');`, /`frobnicate` is not a call/],
    [`DB::statement($sql);`, /put together while the migration runs/],
  ]
  test.each(unknown)('%s', async (body, reason) => {
    expect(await steps(body)).toMatchObject([{ kind: 'unreadable', reason: expect.stringMatching(reason) }])
  })
})

describe('the whole file', () => {
  test('Postgres wraps, MySQL does not, and the file can ask not to be wrapped', async () => {
    const text = migration(`DB::transaction(function () { DB::table('a')->delete(); });`)
    expect((await read(text, postgres)).transaction).toBe('wrapped')
    expect((await read(text, postgres)).up.map(step => step.kind)).toEqual(['change'])
    expect((await read(text)).transaction).toBe('each')
    const alone = text.replace('{\n  public', '{\n  public $withinTransaction = false;\n  public')
    expect((await read(alone, postgres)).transaction).toBe('each')
    expect((await read(alone, postgres)).up.map(step => step.kind)).toEqual(['begin', 'change', 'commit'])
  })

  test('named classes, the way back, and checks that are switched off', async () => {
    const text = `<?php\nclass AddX extends Migration {\n  public function up() {\n    Schema::disableForeignKeyConstraints();\n  }\n  public function down() {\n    Schema::drop('x');\n  }\n}\n`
    expect(await read(text)).toMatchObject({
      up: [{ kind: 'set', name: 'foreign_key_checks', value: '0', span: { line: 4 } }],
      down: [{ operations: [{ op: 'drop-table' }] }],
    })
  })

  test('broken, empty and endless files end', async () => {
    expect((await read('<?php return new class extends Migration {')).up.length).toBeLessThan(2)
    expect((await read('')).up).toEqual([])
    const deep = `if ($a) {`.repeat(3000)
    expect((await read(migration(deep))).up.length).toBeLessThan(10)
    const loop = migration(
      '$this->a();',
      'function a() { $this->b(); $this->b(); } function b() { $this->a(); $this->a(); }',
    )
    expect((await read(loop)).up.length).toBeLessThan(10)
  })
})

describe('classification', () => {
  const files: readonly (readonly [path: string, text: string, kind: string])[] = [
    [
      'database/migrations/2024_01_01_000000_x.php',
      '<?php\nreturn new class extends Migration {\n  public function up() { Schema::drop("a"); }\n};',
      'php-migration',
    ],
    [
      'migrations/Version1.php',
      '<?php\nuse Doctrine\\Migrations\\AbstractMigration;\nclass Version1 extends AbstractMigration {\n  public function up(Schema $s): void {}\n}',
      'php-migration',
    ],
    ['app/Services/Lift.php', '<?php\nclass Lift {\n  public function up() { Schema::drop("a"); }\n}', 'code'],
    [
      'database/seeders/UserSeeder.php',
      '<?php\nclass UserSeeder extends Seeder {\n  public function run() { DB::table("a")->delete(); }\n}',
      'code',
    ],
  ]
  test.each(files)('%s', (path, text, kind) => {
    const by = classifyPath(path)
    expect(by && classifyContent(path, by, text).kind).toBe(kind)
  })
})
