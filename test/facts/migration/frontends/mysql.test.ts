import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../../../src/artifact/source.ts'
import type { Artifact } from '../../../../src/artifact/types.ts'
import { readMysql, readMysqlStatements } from '../../../../src/facts/migration/frontends/mysql.ts'
import { splitMysql } from '../../../../src/facts/migration/frontends/mysql-split.ts'
import type { Operation, Step } from '../../../../src/facts/migration/operation.ts'
import { indexLines, spanOf } from '../../../../src/text/lines.ts'

const steps = (sql: string, engine: 'mysql' | 'mariadb' = 'mysql') => {
  const lines = indexLines(sql)
  return readMysqlStatements(sql, engine, (start, end) => spanOf(lines, start, end))
}

async function operations(sql: string, engine: 'mysql' | 'mariadb' = 'mysql'): Promise<readonly Operation[]> {
  return (await steps(sql, engine)).flatMap(step => (step.kind === 'change' ? step.operations : []))
}

const kinds = (found: readonly Step[]) => found.map(step => step.kind)
const texts = (sql: string) => splitMysql(sql).statements.map(({ start, end }) => sql.slice(start, end))

describe('cutting a script', () => {
  test('comments, quotes and backslashes hide semicolons', () => {
    const sql = `-- a; b\n# c; d\n/* e; f */ SELECT 'g; \\'h', "i;""j", \`k;\`\`l\`;\nSELECT 5--3;\nSELECT 1 -- last`
    expect(texts(sql)).toEqual([`SELECT 'g; \\'h', "i;""j", \`k;\`\`l\``, 'SELECT 5--3', 'SELECT 1'])
  })
  test('DELIMITER', () => {
    const sql =
      'DELIMITER $$\nCREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN SET x = 1; END$$\ndelimiter ;\nSELECT 2;'
    expect(texts(sql)).toHaveLength(2)
    expect(texts('DELIMITER //\nDROP TABLE a//\nDROP TABLE b//')).toEqual(['DROP TABLE a', 'DROP TABLE b'])
  })
  test('a body without DELIMITER is one statement', () => {
    const sql = `CREATE PROCEDURE p() BEGIN IF a THEN SELECT CASE WHEN 1 THEN 2 END; END IF; WHILE 1 DO SET @a = 1; END WHILE; END; DROP TABLE t;`
    expect(texts(sql)).toHaveLength(2)
    expect(texts('BEGIN; UPDATE t SET a = 1; COMMIT;')).toHaveLength(3)
  })
  test('what a version comment holds is read', async () => {
    expect(await operations('/*!40000 DROP TABLE t */;')).toMatchObject([{ op: 'drop-table', table: 't' }])
    expect(kinds(await steps('/*!40014 SET FOREIGN_KEY_CHECKS=0 */;'))).toEqual(['set'])
  })
})

describe('ALTER TABLE', () => {
  test('every clause is an operation of its own, with its place', async () => {
    const sql =
      'ALTER TABLE `shop`.`orders`\n  ADD COLUMN `note` text,\n  DROP COLUMN old, ADD KEY `i` (`a`(10), b DESC),\n  ALGORITHM=INPLACE, LOCK=NONE;'
    const [step] = await steps(sql)
    expect(step).toMatchObject({
      kind: 'change',
      algorithm: 'inplace',
      lock: 'none',
      operations: [
        { op: 'add-column', table: 'shop.orders', column: { name: 'note', type: { name: 'text' } } },
        { op: 'drop-column', column: 'old' },
        { op: 'create-index', index: 'i', columns: ['a', 'b'], unique: false },
      ],
      spans: [
        { line: 2, column: 3 },
        { line: 3, column: 3 },
        { line: 3, column: 20 },
      ],
    })
  })

  test.each<[string, object]>([
    ['ADD a int', { op: 'add-column' }],
    ['ADD (a int, b int)', { op: 'add-column' }],
    ['ADD COLUMN IF NOT EXISTS a int', { op: 'add-column', column: { name: 'a' } }],
    ['ADD UNIQUE INDEX u (a, b)', { op: 'create-index', index: 'u', unique: true, columns: ['a', 'b'] }],
    ['ADD CONSTRAINT u UNIQUE (a)', { op: 'create-index', index: 'u', unique: true }],
    ['ADD FULLTEXT KEY f (a)', { op: 'create-index', special: 'fulltext', index: 'f' }],
    ['ADD PRIMARY KEY USING BTREE (a)', { op: 'add-primary-key', columns: ['a'] }],
    ['ADD INDEX ((lower(a)))', { op: 'create-index', columns: ['(lower(a))'] }],
    [
      'ADD CONSTRAINT `fk` FOREIGN KEY (`a`) REFERENCES `r` (`id`) ON DELETE SET NULL',
      {
        op: 'add-foreign-key',
        name: 'fk',
        columns: ['a'],
        references: { table: 'r', columns: ['id'] },
        validated: true,
      },
    ],
    ['ADD CHECK (a > 0)', { op: 'add-check', expression: 'a > 0', validated: true }],
    [
      'ADD CONSTRAINT c CHECK (`a` IS NOT NULL) NOT ENFORCED',
      { op: 'add-check', notNullColumn: 'a', validated: false },
    ],
    ['DROP INDEX i', { op: 'drop-index', index: 'i' }],
    ['DROP PRIMARY KEY', { op: 'drop-constraint', type: 'primary-key' }],
    ['DROP FOREIGN KEY IF EXISTS fk', { op: 'drop-constraint', type: 'foreign-key', constraint: 'fk' }],
    ['DROP CHECK c', { op: 'drop-constraint', type: 'check' }],
    ['DROP `index`', { op: 'drop-column', column: 'index' }],
    [
      'MODIFY a bigint unsigned NOT NULL',
      { op: 'change-type', column: 'a', to: { name: 'bigint' }, spec: { notNull: true } },
    ],
    ['CHANGE a A int', { op: 'change-type', column: 'a' }],
    ['ALTER a SET DEFAULT -1', { op: 'set-default', default: { text: '-1' } }],
    ['ALTER COLUMN a DROP DEFAULT', { op: 'drop-default' }],
    ['ALTER INDEX i INVISIBLE', { op: 'harmless' }],
    ['ALTER CHECK c ENFORCED', { op: 'validate-constraint', constraint: 'c' }],
    ['RENAME TO u', { op: 'rename-table', to: 'u' }],
    ['RENAME COLUMN a TO b', { op: 'rename-column', to: 'b' }],
    ['RENAME KEY i TO j', { op: 'rename-index', to: 'j' }],
    ['CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', { op: 'rebuild-table' }],
    ['ENGINE = InnoDB', { op: 'rebuild-table', how: 'ENGINE = InnoDB' }],
    ['FORCE', { op: 'rebuild-table' }],
    ['AUTO_INCREMENT=100', { op: 'harmless' }],
    ['DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin', { op: 'harmless' }],
    ["COMMENT 'a, b'", { op: 'harmless' }],
    ['ADD PARTITION (PARTITION p1 VALUES LESS THAN (10))', { op: 'harmless' }],
    ['DROP PARTITION p0', { op: 'delete-rows', batched: true }],
    ['REORGANIZE PARTITION p0 INTO (PARTITION a VALUES LESS THAN (1))', { op: 'rebuild-table' }],
    ['PARTITION BY HASH (a) PARTITIONS 4', { op: 'rebuild-table' }],
    ['EXCHANGE PARTITION p0 WITH TABLE u', { op: 'attach-partition', partition: 'u' }],
  ])('%s', async (clause, expected) => {
    const [first] = await operations(`ALTER TABLE t ${clause}`)
    expect(first).toMatchObject(expected)
  })

  test('CHANGE to another name renames and restates', async () => {
    const found = await operations('ALTER TABLE t CHANGE COLUMN `a` `b` int')
    expect(found).toMatchObject([
      { op: 'rename-column', column: 'a', to: 'b' },
      { op: 'change-type', column: 'a' },
    ])
  })

  test('a clause that nobody knows is said, the others are read', async () => {
    const found = await steps('ALTER TABLE t FROBNICATE x, DROP COLUMN a')
    expect(found).toMatchObject([{ kind: 'change', operations: [{ op: 'drop-column' }] }, { kind: 'unreadable' }])
  })
})

test.each<[string, object]>([
  [
    'int(11) unsigned NOT NULL DEFAULT 0',
    { type: { name: 'integer', arguments: [11] }, notNull: true, default: { text: '0', functions: [] } },
  ],
  [
    "varchar(20) CHARACTER SET latin1 DEFAULT 'a,b' COMMENT 'NOT NULL'",
    { type: { name: 'varchar', text: 'varchar(20) CHARACTER SET latin1' }, notNull: false, default: { text: "'a,b'" } },
  ],
  ['char(36) DEFAULT (uuid())', { default: { text: '(uuid())', functions: ['uuid'] } }],
  [
    'datetime(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) NOT NULL',
    { default: { functions: ['current_timestamp'] }, notNull: true },
  ],
  ['int GENERATED ALWAYS AS (a + 1) STORED', { generated: 'stored' }],
  ['int AS (a + 1)', { generated: 'virtual' }],
  ['bigint AUTO_INCREMENT PRIMARY KEY', { numbered: true, primaryKey: true, notNull: true }],
  [
    "enum('a','b') NULL DEFAULT NULL AFTER `z`",
    { type: { name: 'enum', text: "enum('a','b')" }, placed: true, notNull: false },
  ],
  ['serial', { numbered: true, unique: true, type: { name: 'bigint' } }],
  ['int CHECK (x > 0) REFERENCES r (id)', { check: true, references: { table: 'r', columns: ['id'] } }],
  ['double precision FIRST', { type: { name: 'double' }, placed: true }],
  ["bit(1) DEFAULT b'0' UNIQUE", { default: { text: "b'0'" }, unique: true }],
])('column %s', async (definition, expected) => {
  const [found] = await operations(`ALTER TABLE t ADD x ${definition}`)
  expect(found).toMatchObject({ op: 'add-column', column: { name: 'x', ...expected } })
  expect(await operations(`CREATE TABLE t (x ${definition})`)).toMatchObject([
    { op: 'create-table', columns: [{ name: 'x', ...expected }] },
  ])
})

describe('other statements', () => {
  test.each<[string, readonly object[]]>([
    [
      'CREATE TABLE IF NOT EXISTS t (id int, KEY k (id), CONSTRAINT f FOREIGN KEY (id) REFERENCES r (id)) ENGINE=InnoDB',
      [{ op: 'create-table', table: 't', references: [{ table: 'r' }], columns: [{ name: 'id' }] }],
    ],
    ['CREATE TEMPORARY TABLE t (a int)', [{ op: 'create-table', temporary: true }]],
    [
      'CREATE TABLE t AS SELECT * FROM a JOIN b USING (id)',
      [{ op: 'create-table' }, { op: 'insert-select', from: ['a', 'b'] }],
    ],
    ['CREATE TABLE t LIKE u', [{ op: 'create-table', columns: [] }]],
    [
      'CREATE UNIQUE INDEX i USING BTREE ON db.t (a, b) ALGORITHM=INPLACE LOCK=NONE',
      [{ op: 'create-index', table: 'db.t', unique: true, columns: ['a', 'b'] }],
    ],
    ['DROP INDEX i ON t', [{ op: 'drop-index', table: 't', index: 'i' }]],
    ['DROP INDEX `PRIMARY` ON t', [{ op: 'drop-constraint', type: 'primary-key' }]],
    [
      'DROP TABLE IF EXISTS a, `b`',
      [
        { op: 'drop-table', table: 'a' },
        { op: 'drop-table', table: 'b' },
      ],
    ],
    ['DROP TEMPORARY TABLE a', [{ op: 'harmless' }]],
    [
      'RENAME TABLE a TO b, c TO d',
      [
        { op: 'rename-table', table: 'a', to: 'b' },
        { op: 'rename-table', table: 'c', to: 'd' },
      ],
    ],
    ['TRUNCATE t', [{ op: 'truncate', table: 't' }]],
    ['OPTIMIZE TABLE t', [{ op: 'rebuild-table', table: 't' }]],
    ['DROP DATABASE d', [{ op: 'drop-database', name: 'd' }]],
    [
      'LOCK TABLES a READ, b WRITE',
      [
        { op: 'lock-table', mode: 'READ' },
        { op: 'lock-table', mode: 'WRITE' },
      ],
    ],
    [
      'CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1',
      [{ op: 'create-trigger', table: 't', trigger: 'x' }],
    ],
    ['UPDATE t SET a = 1', [{ op: 'update-rows', table: 't', filtered: false, batched: false }]],
    ['UPDATE t SET a = 1 WHERE 1 = 1', [{ op: 'update-rows', filtered: false }]],
    ['UPDATE t SET a = 1 WHERE id > 0', [{ op: 'update-rows', filtered: false }]],
    ['UPDATE t SET a = 1 WHERE b IS NULL', [{ op: 'update-rows', filtered: false, batched: false }]],
    ['UPDATE t SET a = 1 WHERE b IS NULL AND c = 2', [{ op: 'update-rows', filtered: true, batched: false }]],
    ['UPDATE t SET a = 1 WHERE b IS NULL LIMIT 1000', [{ op: 'update-rows', batched: true }]],
    ['UPDATE t SET a = 1 WHERE id IN (1, 2)', [{ op: 'update-rows', batched: true }]],
    ['UPDATE a x JOIN db.b y ON x.i = y.i SET y.v = x.v', [{ op: 'update-rows', table: 'db.b', filtered: true }]],
    ['DELETE FROM t', [{ op: 'delete-rows', table: 't', filtered: false }]],
    ['DELETE x FROM t x JOIN u ON x.i = u.i WHERE u.a = 1', [{ op: 'delete-rows', table: 't', filtered: true }]],
    ['INSERT INTO t (a) SELECT a FROM u', [{ op: 'insert-select', table: 't', from: ['u'] }]],
    ['REPLACE INTO t SELECT * FROM u', [{ op: 'insert-select', table: 't', from: ['u'] }]],
    ['INSERT INTO t VALUES (1)', [{ op: 'harmless' }]],
    ['INSERT INTO t SELECT 1', [{ op: 'harmless' }]],
    ['INSERT INTO t SELECT 1 FROM dual WHERE NOT EXISTS (SELECT 1 FROM t)', [{ op: 'harmless' }]],
    ['--split\nDROP TABLE t', [{ op: 'drop-table' }]],
    ['CREATE PROCEDURE p() SELECT 1', [{ op: 'create-object', object: 'procedure', name: 'p' }]],
    [
      'CREATE OR REPLACE ALGORITHM = MERGE VIEW v AS SELECT t.a, b, max(c) AS d, lower(e) FROM t',
      [{ op: 'create-object', object: 'view', name: 'v' }],
    ],
    [
      'CREATE VIEW v AS SELECT DISTINCT t.a, b, (SELECT 1 FROM u) AS c FROM t',
      [{ op: 'create-object', object: 'view', name: 'v', columns: ['a', 'b', 'c'] }],
    ],
    ['CREATE VIEW v (x, y) AS SELECT * FROM t', [{ op: 'create-object', columns: ['x', 'y'] }]],
    [
      'DROP VIEW IF EXISTS v, w',
      [
        { op: 'drop-object', object: 'view', name: 'v' },
        { op: 'drop-object', object: 'view', name: 'w' },
      ],
    ],
    ['DROP FUNCTION IF EXISTS f', [{ op: 'drop-object', object: 'function', name: 'f' }]],
    ['GRANT ALL ON *.* TO x', [{ op: 'harmless' }]],
  ])('%s', async (sql, expected) => {
    const found = await operations(sql)
    expect(found).toHaveLength(expected.length)
    expect(found).toMatchObject(expected)
    if (!/GRANT/.test(sql)) expect(await operations(sql, 'mariadb')).toMatchObject(expected)
  })

  test('settings and transactions', async () => {
    const found = await steps(
      'SET FOREIGN_KEY_CHECKS=0; SET SESSION lock_wait_timeout = 5, @old = 1; SET @@session.sql_mode := ""; SET NAMES utf8; START TRANSACTION; BEGIN; COMMIT; ROLLBACK TO s; ROLLBACK',
    )
    expect(found).toMatchObject([
      { kind: 'set', name: 'foreign_key_checks', value: '0' },
      { kind: 'set', name: 'lock_wait_timeout', value: '5' },
      { kind: 'set', name: 'sql_mode' },
      { kind: 'change', operations: [{ op: 'harmless' }] },
      { kind: 'begin' },
      { kind: 'begin' },
      { kind: 'commit' },
      { kind: 'rollback-to', name: 's' },
      { kind: 'rollback' },
    ])
  })

  test('a procedure that the file creates and calls is read', async () => {
    const sql = `DELIMITER //
CREATE PROCEDURE upgrade() BEGIN
  IF NOT EXISTS (SELECT 1 FROM information_schema.columns) THEN
    ALTER TABLE t MODIFY a bigint;
  END IF;
END //
DELIMITER ;
CALL upgrade();
DROP PROCEDURE upgrade;`
    const found = (await steps(sql)).filter(step => step.kind === 'change' && step.operations[0]?.op === 'change-type')
    expect(found).toMatchObject([{ span: { line: 4, column: 5 } }])
    expect(kinds(await steps('CALL somewhere_else()'))).toEqual(['unreadable'])
  })

  test('a statement that a variable holds whole is read', async () => {
    const sql = `SET @s = (SELECT IF(
  NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't'),
  'ALTER TABLE t ADD COLUMN a json;',
  'SELECT 1;'
));
PREPARE p FROM @s; EXECUTE p; DEALLOCATE PREPARE p;`
    const found = (await steps(sql)).filter(step => step.kind !== 'change' || step.operations[0]?.op !== 'harmless')
    expect(found).toMatchObject([{ span: { line: 3, column: 3 }, operations: [{ op: 'add-column', table: 't' }] }])
  })

  test('what is put together at run time is not read', async () => {
    const found = await steps("SET @s = CONCAT('DROP TABLE ', @t); PREPARE p FROM @s; EXECUTE p;")
    expect(kinds(found)).toEqual(['change', 'unreadable', 'change'])
  })
})

test('a file is read as its runner would', async () => {
  const text = '-- +goose Up\nALTER TABLE t ADD a int;\n-- +goose Down\nALTER TABLE t DROP a;\n'
  const path = 'migrations/1_a.sql'
  const source = sourceOf(path, 'head', text)
  const artifact: Artifact = {
    path,
    status: 'added',
    language: 'sql',
    kind: 'sql-migration',
    role: 'live',
    environment: 'unknown',
    head: source,
    hunks: [],
  }
  const program = await readMysql(source, artifact, 'mariadb')
  expect(program).toMatchObject({ framework: 'goose', engine: 'mariadb', transaction: 'each' })
  expect(program.up).toMatchObject([{ span: { line: 2 }, operations: [{ op: 'add-column' }] }])
  expect(program.down).toMatchObject([{ span: { line: 4 }, operations: [{ op: 'drop-column' }] }])
})

describe('hostile input', () => {
  const statement =
    "ALTER TABLE `t` ADD COLUMN a int DEFAULT (uuid()), ADD CONSTRAINT c CHECK (a > 'x'), ALGORITHM=COPY; UPDATE t SET a=1 WHERE b IN (SELECT 1);"
  test('every truncation', async () => {
    for (let end = 0; end <= statement.length; end++) await steps(statement.slice(0, end))
  })
  test.each([
    ['empty', ''],
    ['blanks', ' \n\t;;;\n'],
    ['only a comment', '/* never closed'],
    ['an open string', "SELECT 'abc"],
    ['zero bytes', 'DROP TABLE \0\0;\0'],
    ['deep parentheses', `ALTER TABLE t ADD CHECK ${'('.repeat(20_000)}`],
    ['closing parentheses', `CREATE TABLE t ${')'.repeat(20_000)}`],
    ['deep expression', `UPDATE t SET a = ${'('.repeat(5000)}1${')'.repeat(5000)}`],
    ['many clauses', `ALTER TABLE t ${'ADD a int,'.repeat(20_000)}`],
    ['many statements', 'DROP TABLE t;'.repeat(20_000)],
    ['a huge insert', `INSERT INTO t VALUES ${"(1,'abc'),".repeat(100_000)}(1,2)`],
    ['a procedure that calls itself', 'CREATE PROCEDURE p() BEGIN CALL p(); END; CALL p(); CALL p();'],
    ['an empty delimiter', 'DELIMITER \n;SELECT 1'],
    ['names of properties', 'ALTER TABLE constructor ADD COLUMN __proto__ constructor; CALL toString()'],
  ])('%s', async (_, sql) => {
    expect(Array.isArray(await steps(sql))).toBe(true)
  })
  test('anything', async () => {
    const word = fc.constantFrom(
      ...'ALTER TABLE t ADD DROP COLUMN INDEX KEY CHANGE MODIFY RENAME TO ( ) , ; ` \' " -- # /* */ /*! CREATE UPDATE SET DELETE FROM WHERE SELECT INSERT INTO DEFAULT NULL NOT CHECK REFERENCES PARTITION BEGIN END CASE CALL DELIMITER $$ int 1 . ='.split(
        ' ',
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(word, fc.string({ maxLength: 4 })), { maxLength: 40 }), async parts => {
        await steps(parts.join(' '))
      }),
      { numRuns: 300 },
    )
  })
})
