import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../../../src/artifact/source.ts'
import type { ReadSql } from '../../../../src/facts/migration/frontends/javascript-sql.ts'
import { type PhpHints, readPhp } from '../../../../src/facts/migration/frontends/php.ts'
import type { Operation } from '../../../../src/facts/migration/operation.ts'

const sql: ReadSql = async (text, place) => [
  { kind: 'change', span: place(0), text, operations: [{ op: 'harmless', what: text }] },
]

/** What `up` of a migration of Doctrine does, in words. */
async function up(body: string, hints: PhpHints = { engine: 'postgres' }): Promise<readonly string[]> {
  const text = `<?php
use Doctrine\\DBAL\\Schema\\Schema;
use Doctrine\\DBAL\\Types\\Types;
use Doctrine\\Migrations\\AbstractMigration;
final class Version1 extends AbstractMigration {
  public function up(Schema $schema): void {
${body}
  }
}
`
  const program = await readPhp(sourceOf('migrations/Version1.php', 'head', text), sql, hints)
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
      return `create ${item.table} (${item.columns.map(({ name, primaryKey }) => `${name}${primaryKey ? '*' : ''}`).join(', ')})`
    case 'harmless':
      return item.what
    case 'change-type':
      return `type ${item.table}.${item.column} ${item.to.text}`
    case 'set-default':
      return `default ${item.table}.${item.column} ${item.default.text}`
    case 'add-foreign-key':
      return `key ${item.table}.${item.columns.join()} to ${item.references.table}`
    case 'create-index':
      return `index ${item.index ?? '-'} on ${item.table} (${item.columns.join()})${item.unique ? ' unique' : ''}`
    default:
      return `${item.op} ${'table' in item ? item.table : ''}${'column' in item && typeof item.column === 'string' ? `.${item.column}` : ''}`
  }
}

describe('the schema object of Doctrine', () => {
  test('columns of a table that exists', async () => {
    expect(
      await up(`
        $table = $schema->getTable('users');
        $table->addColumn('plan', 'string', ['length' => 20, 'notnull' => false]);
        $table->addColumn('seats', Types::INTEGER)->setDefault(1);
        $table->addColumn('born', Types::DATETIME_MUTABLE, ['notnull' => false]);
        $schema->getTable('users')->dropColumn('old');
      `),
    ).toEqual([
      'add users.plan varchar(20)',
      'add users.seats integer not null default 1',
      'add users.born timestamp(0)',
      'drop-column users.old',
    ])
  })

  test('a column that is described later, in a statement of its own', async () => {
    expect(
      await up(`
        $column = $schema->getTable('users')->addColumn('plan', 'string');
        $column->setNotnull(false);
        $column->setDefault('free');
      `),
    ).toEqual([`add users.plan varchar(255) default 'free'`])
  })

  test('a column that changes', async () => {
    expect(
      await up(`
        $table = $schema->getTable('users');
        $table->getColumn('plan')->setNotnull(true)->setLength(80);
        $table->changeColumn('seats', ['type' => Type::getType('bigint'), 'default' => 0, 'notnull' => false]);
        $table->modifyColumn('note', ['default' => null]);
      `),
    ).toEqual([
      'set-not-null users.plan',
      'type users.plan varchar(80)',
      'type users.seats bigint',
      'drop-not-null users.seats',
      'default users.seats 0',
      'drop-default users.note',
    ])
  })

  test('indexes and keys', async () => {
    expect(
      await up(`
        $table = $schema->getTable('orders');
        $table->addIndex(['user_id', 'at'], 'orders_user')->addUniqueIndex(['number']);
        $table->addForeignKeyConstraint('users', ['user_id'], ['id'], ['onDelete' => 'CASCADE'], 'fk_user');
        $table->addForeignKeyConstraint($schema->getTable('shops'), ['shop_id'], ['id']);
        $table->removeForeignKey('fk_old');
        $table->dropIndex('orders_old');
        $table->dropPrimaryKey();
      `),
    ).toEqual([
      'index orders_user on orders (user_id,at)',
      'index - on orders (number) unique',
      'key orders.user_id to users',
      'key orders.shop_id to shops',
      'drop-constraint orders',
      'drop-index orders',
      'drop-constraint orders',
    ])
  })

  test('tables', async () => {
    expect(
      await up(`
        $table = $schema->createTable('carts');
        $table->addColumn('id', 'integer', ['autoincrement' => true]);
        $table->addColumn('user_id', 'integer');
        $table->setPrimaryKey(['id']);
        $table->addForeignKeyConstraint('users', ['user_id'], ['id']);
        $table->addIndex(['user_id']);
        $schema->dropTable('baskets');
        $schema->renameTable('a', 'b');
      `),
    ).toEqual(['create carts (id*, user_id)', 'index - on carts (user_id)', 'drop-table baskets', 'rename-table a'])
  })

  test('comes after all SQL, as Doctrine runs it', async () => {
    expect(
      await up(`
        $schema->getTable('users')->dropColumn('old');
        $this->addSql('UPDATE users SET plan = 1');
      `),
    ).toEqual(['UPDATE users SET plan = 1', 'drop-column users.old'])
  })

  test('loops over names that are written out, and methods of the file', async () => {
    expect(
      await up(`
        foreach (['users', 'orders'] as $name) { $schema->getTable($name)->dropColumn('old'); }
        if ($schema->hasTable('carts')) { $schema->dropTable('carts'); }
      `),
    ).toEqual(['drop-column users.old', 'drop-column orders.old', 'drop-table carts'])
  })

  test('what is meant for another platform is left out', async () => {
    expect(
      await up(`
        $platform = $this->connection->getDatabasePlatform();
        switch (true) {
          case $platform instanceof SqlitePlatform:
            $this->addSql('one');
            break;
          case $platform instanceof PostgreSQLPlatform:
            $this->addSql('two');
            break;
          default:
            $this->addSql('three');
        }
        if (!$platform instanceof MySQLPlatform) { $this->addSql('four'); }
        if ($this->connection->getDatabasePlatform() instanceof \\Doctrine\\DBAL\\Platforms\\MySQL80Platform) { $this->addSql('five'); }
      `),
    ).toEqual(['two', 'four'])
  })

  test('types of MySQL', async () => {
    expect(
      await up(
        `$schema->getTable('users')->addColumn('age', 'smallint', ['unsigned' => true, 'notnull' => false]);
         $schema->getTable('users')->addColumn('flag', 'boolean');`,
        { engine: 'mysql' },
      ),
    ).toEqual(['add users.age smallint unsigned', 'add users.flag tinyint(1) not null'])
  })

  test('what is only known when it runs is said', async () => {
    expect(await up(`$schema->getTable($this->getTable('users'))->dropColumn('old');`)).toEqual([
      'drop-column users.old',
    ])
    expect(await up(`$schema->getTable($this->nameOf('users'))->dropColumn('old');`)).toEqual([
      '? the name of the table or column is only known when the migration runs',
    ])
  })

  test('fragments in any order', async () => {
    const fragment = fc.constantFrom(
      '$schema',
      '->getTable(',
      '->createTable(',
      "'a'",
      ')',
      ';',
      '$t',
      '=',
      '->addColumn(',
      ',',
      '[',
      ']',
      "'notnull' => false",
      '->setNotnull(',
      '->addIndex(',
      '->getColumn(',
      '->setLength(',
      'null',
      '->addForeignKeyConstraint(',
      'foreach (',
      ' as ',
      '{',
      '}',
      '$this->addSql(',
      '->dropTable(',
      'switch (true) {',
      'case',
      ':',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fragment, { maxLength: 30 }), async fragments => {
        return (await up(fragments.join(' '))).length >= 0
      }),
      { numRuns: 150 },
    )
  })
})
