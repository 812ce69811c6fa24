import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classifyContent, classifyPath } from '../../../../src/artifact/classify.ts'
import { sourceOf } from '../../../../src/artifact/source.ts'
import type { Tree } from '../../../../src/change/types.ts'
import type { ReadSql } from '../../../../src/facts/migration/frontends/javascript-sql.ts'
import { type PhpHints, readPhp } from '../../../../src/facts/migration/frontends/php.ts'
import type { Operation } from '../../../../src/facts/migration/operation.ts'

const sql: ReadSql = async (text, place) => [
  { kind: 'change', span: place(0), text, operations: [{ op: 'harmless', what: text }] },
]

const path = 'db/migrations/20260501_x.php'

const file = (body: string, way = 'change'): string => `<?php
use Phinx\\Migration\\AbstractMigration;
use Phinx\\Db\\Adapter\\MysqlAdapter;
final class X extends AbstractMigration {
  public function ${way}(): void {
${body}
  }
}
`

/** What a migration of Phinx does, in words. */
async function up(body: string, hints: PhpHints = { engine: 'mysql' }, way = 'change'): Promise<readonly string[]> {
  const program = await readPhp(sourceOf(path, 'head', file(body, way)), sql, hints)
  return program.up.flatMap(step =>
    step.kind === 'change' ? step.operations.map(shown) : [step.kind === 'unreadable' ? `? ${step.reason}` : step.kind],
  )
}

function shown(item: Operation): string {
  switch (item.op) {
    case 'add-column': {
      const { name, type, notNull, default: value } = item.column
      return `add ${item.table}.${name} ${type.text}${notNull ? ' not null' : ''}${value ? ` default ${value.text}` : ''}`
    }
    case 'create-table':
      return `create ${item.table} (${item.columns.map(({ name }) => name).join(', ')})`
    case 'harmless':
      return item.what
    case 'change-type':
      return `type ${item.table}.${item.column} ${item.to.text}${item.spec?.notNull ? ' not null' : ''}`
    case 'add-foreign-key':
      return `key ${item.table}.${item.columns.join()} to ${item.references.table}.${item.references.columns.join()}`
    case 'create-index':
      return `index ${item.index ?? '-'} on ${item.table} (${item.columns.join()})${item.unique ? ' unique' : ''}`
    case 'update-rows':
    case 'delete-rows':
      return `${item.op} ${item.table}${item.filtered ? ' filtered' : ''}`
    default:
      return `${item.op} ${'table' in item ? item.table : ''}${'column' in item && typeof item.column === 'string' ? `.${item.column}` : ''}`
  }
}

const treeOf = (files: Readonly<Record<string, string>>): Tree =>
  ({ list: async () => Object.keys(files), read: async (name: string) => files[name] }) as Tree

function kindOf(name: string, text: string): string | undefined {
  const by = classifyPath(name)
  return by && classifyContent(name, by, text).kind
}

describe('Phinx', () => {
  test('is told by what the class extends, with either way', () => {
    for (const way of ['up', 'change']) expect(kindOf(path, file('', way))).toBe('php-migration')
    expect(kindOf(path, file('$this->table("a")->update();').replaceAll('Phinx\\', 'Own\\'))).toBe('php-migration')
    const cake = '<?php\nuse Migrations\\BaseMigration;\nclass X extends BaseMigration { function up() {} }\n'
    expect(kindOf('config/Migrations/X.php', cake)).toBe('php-migration')
  })

  test('columns', async () => {
    expect(
      await up(`
        $this->table('users')
          ->addColumn('plan', 'string', ['limit' => 20, 'null' => false])
          ->addColumn('age', 'integer', ['limit' => MysqlAdapter::INT_TINY, 'signed' => false])
          ->addColumn('body', 'text', ['limit' => MysqlAdapter::TEXT_LONG, 'default' => 'x'])
          ->changeColumn('note', 'string', ['limit' => 80, 'null' => false])
          ->removeColumn('old')
          ->renameColumn('a', 'b')
          ->update();
      `),
    ).toEqual([
      'add users.plan varchar(20) not null',
      'add users.age tinyint',
      "add users.body longtext default 'x'",
      'type users.note varchar(80) not null',
      'drop-column users.old',
      'rename-column users.a',
    ])
  })

  test('nothing happens before the table is written', async () => {
    expect(
      await up(
        `
        $table = $this->table('users');
        $table->addColumn('plan', 'string');
        $this->execute('UPDATE shops SET a = 1');
        $table->addIndex(['plan'], ['unique' => true, 'name' => 'users_plan']);
        $table->save();
        $this->table('orders')->removeColumn('lost');
      `,
        { engine: 'mysql', tree: treeOf({ 'db/migrations/20200101_users.php': "$this->table('users')->create();" }) },
      ),
    ).toEqual(['UPDATE shops SET a = 1', 'add users.plan varchar(255)', 'index users_plan on users (plan) unique'])
  })

  test('tables that are made, with keys and indexes', async () => {
    expect(
      await up(`
        $this->table('carts', ['id' => false, 'primary_key' => ['id']])
          ->addColumn('id', 'uuid')->addColumn('user_id', 'integer')->addTimestamps()
          ->addForeignKey('user_id', 'users', 'id', ['delete' => 'CASCADE'])
          ->addIndex('user_id')
          ->create();
        $this->table('bags')->addColumn('id', 'uuid')->save();
      `),
    ).toEqual(['create carts (id, user_id, created_at, updated_at)', 'index - on carts (user_id)', 'create bags (id)'])
  })

  test('keys, indexes, tables that go, rows', async () => {
    expect(
      await up(
        `
        $this->table('orders')->addForeignKey('user_id', 'users', 'id')->dropForeignKey('shop_id')
          ->addForeignKeyWithName('fk', ['a'], 'b', ['c'])->removeIndexByName('old')->removeIndex(['x'])->update();
        $this->table('baskets')->drop()->save();
        $this->table('a')->rename('b')->update();
        $this->table('logs')->truncate();
        $this->table('roles')->insert([['name' => 'x']])->saveData();
        $this->getQueryBuilder('update')->update('users')->set('plan', 'free')->execute();
        $this->getDeleteBuilder()->delete('users')->where(['id' => 1])->execute();
        $rows = $this->fetchAll('SELECT 1');
        if ($this->hasTable('x')) { $this->table('x')->drop()->save(); }
      `,
        { engine: 'postgres' },
        'up',
      ),
    ).toEqual([
      'key orders.user_id to users.id',
      'drop-constraint orders',
      'key orders.a to b.c',
      'drop-index orders',
      'drop-index orders',
      'drop-table baskets',
      'rename-table a',
      'truncate logs',
      'INSERT',
      'INSERT',
      'update-rows users',
      'delete-rows users filtered',
      'drop-table x',
    ])
  })

  test('what is only known when it runs is said', async () => {
    expect(await up(`$this->table($this->name())->removeColumn('old')->update();`)).toEqual([
      '? the name of the table or column is only known when the migration runs',
    ])
  })

  test('NOT NULL on Postgres', async () => {
    expect(
      await up(`$this->table('users')->changeColumn('plan', 'string', ['null' => false])->update();`, {
        engine: 'postgres',
      }),
    ).toEqual(['type users.plan varchar(255)', 'set-not-null users.plan'])
  })

  test('fragments in any order', async () => {
    const fragment = fc.constantFrom(
      '$this->table(',
      "'a'",
      ')',
      ';',
      '$t',
      '=',
      '->addColumn(',
      ',',
      '[',
      ']',
      "'null' => false",
      '->update()',
      '->create()',
      '->save()',
      '->addIndex(',
      '->removeColumn(',
      '->drop()',
      'null',
      '->addForeignKey(',
      'foreach (',
      ' as ',
      '{',
      '}',
      '$this->execute(',
      '->changeColumn(',
      '->addTimestamps()',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fragment, { maxLength: 30 }), async fragments => {
        return (await up(fragments.join(' '))).length >= 0
      }),
      { numRuns: 150 },
    )
  })
})
