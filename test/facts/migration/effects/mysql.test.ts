import { describe, expect, test } from 'vitest'
import { mysqlEffect } from '../../../../src/facts/migration/effects/mysql.ts'
import type { MysqlOptions } from '../../../../src/facts/migration/effects/mysql-options.ts'
import { readMysqlStatements } from '../../../../src/facts/migration/frontends/mysql.ts'
import type { ColumnSpec, Effect } from '../../../../src/facts/migration/operation.ts'

/** The tables of the measurements. */
const schema = `
  CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(50) CHARACTER SET utf8mb4, c int NOT NULL DEFAULT 1,
    d varchar(300) CHARACTER SET utf8mb4, e enum('a','b'), l varchar(20) CHARACTER SET latin1,
    l2 varchar(100) CHARACTER SET latin1, u3 varchar(20) CHARACTER SET utf8mb3, u3k varchar(20) CHARACTER SET utf8mb3,
    n decimal(10,2), ui int unsigned, ts timestamp NULL, dt datetime, txt text, mt mediumtext, bin varbinary(50),
    ch char(10), ch3 char(10) CHARACTER SET utf8mb4, f float, si smallint, bi bigint, st set('a','b'), rid int);
  CREATE TABLE npk (x int NOT NULL, y int);
  CREATE TABLE c1 (id int PRIMARY KEY, x int);`

const place = () => ({ line: 1, column: 1, endLine: 1, endColumn: 1 })

async function columns(): Promise<Map<string, ColumnSpec>> {
  const found = new Map<string, ColumnSpec>()
  for (const step of await readMysqlStatements(schema, 'mariadb', place))
    for (const operation of step.kind === 'change' ? step.operations : [])
      if (operation.op === 'create-table')
        for (const column of operation.columns) found.set(`${operation.table}.${column.name}`, column)
  return found
}

const known = await columns()

/** Effects of the clauses of one statement. */
async function effectsOf(sql: string, options: Partial<MysqlOptions> = {}): Promise<readonly Effect[]> {
  const engine = options.engine ?? 'mysql'
  const [step] = await readMysqlStatements(sql, engine, place)
  if (step?.kind !== 'change') throw new Error(`not read: ${sql}`)
  return step.operations.map(operation => {
    const name = 'column' in operation && typeof operation.column === 'string' ? operation.column : ''
    const column = 'table' in operation ? known.get(`${operation.table}.${name}`) : undefined
    return mysqlEffect(operation, {
      version: undefined,
      siblings: step.operations,
      ...(step.algorithm ? { algorithm: step.algorithm } : {}),
      ...(step.lock ? { lock: step.lock } : {}),
      ...(column ? { column } : {}),
      ...options,
      engine,
    })
  })
}

async function effectOf(sql: string, options: Partial<MysqlOptions> = {}): Promise<Effect> {
  const [effect] = await effectsOf(sql, options)
  if (!effect) throw new Error(`no operation: ${sql}`)
  return effect
}

describe('MySQL by version', () => {
  test.each([
    ['ADD COLUMN z int', '5.7.44', 'inplace', true],
    ['ADD COLUMN z int', '8.0.12', 'instant', false],
    ['ADD COLUMN z int', '9.1', 'instant', false],
    ['ADD COLUMN z int AFTER a', '8.0.28', 'inplace', true],
    ['ADD COLUMN z int AFTER a', '8.0.29', 'instant', false],
    ['ADD COLUMN z int AFTER a', '8.4', 'instant', false],
    ['ADD COLUMN z int NOT NULL DEFAULT 0', '8.0', 'instant', false],
    ['ADD COLUMN z datetime NOT NULL DEFAULT CURRENT_TIMESTAMP', '8.0', 'instant', false],
    ['ADD COLUMN z char(36) DEFAULT (uuid())', '8.0', 'copy', true],
    ['ADD COLUMN z int AS (a + 1) STORED', '8.0', 'copy', true],
    ['ADD COLUMN z int AS (a + 1) VIRTUAL', '8.0', 'instant', false],
    ['ADD COLUMN z int, ADD INDEX i (z)', '8.0', 'inplace', true],
    ['DROP COLUMN a', '8.0.28', 'inplace', true],
    ['DROP COLUMN a', '8.0.29', 'instant', false],
    ['RENAME COLUMN a TO z', '8.0.27', 'inplace', false],
    ['RENAME COLUMN a TO z', '8.0.28', 'instant', false],
    ['MODIFY a bigint', '8.4', 'copy', true],
    ['MODIFY a int NOT NULL', '8.4', 'inplace', true],
    ['MODIFY b varchar(60) CHARACTER SET utf8mb4', '8.4', 'inplace', false],
    ['MODIFY b varchar(100) CHARACTER SET utf8mb4', '8.4', 'copy', true],
    ['MODIFY d varchar(400) CHARACTER SET utf8mb4', '8.4', 'inplace', false],
    ["MODIFY e enum('a','b','c')", '8.4', 'instant', false],
    ["MODIFY e enum('a','b','c')", '5.7', 'inplace', false],
    ["MODIFY e enum('z','a','b')", '8.4', 'copy', true],
    ['MODIFY a int AFTER b', '8.4', 'inplace', true],
    ['ADD INDEX i (a)', '8.4', 'inplace', false],
    ['ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES r (id)', '8.4', 'copy', true],
    ['ADD CONSTRAINT c CHECK (a > 0)', '8.4', 'copy', true],
    ['ADD CONSTRAINT c CHECK (a > 0)', '8.0.15', 'inplace', false],
    ['ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED', '8.4', 'instant', false],
    ['DROP PRIMARY KEY', '8.4', 'copy', true],
    ['DROP PRIMARY KEY, ADD PRIMARY KEY (a)', '8.4', 'inplace', true],
    ['CONVERT TO CHARACTER SET utf8mb4', '8.4', 'copy', true],
    ['ENGINE=InnoDB', '8.4', 'inplace', true],
    ['ALTER COLUMN a SET DEFAULT 3', '8.4', 'instant', false],
  ])('%s on %s', async (clause, version, algorithm, rewrites) => {
    const effect = await effectOf(`ALTER TABLE t ${clause}`, { version })
    expect({ algorithm: effect.algorithm, rewrites: effect.rewrites }).toEqual({ algorithm, rewrites })
    expect(effect.blocksWrites).toBe(algorithm === 'copy')
  })

  test('an online rebuild says that replicas lag', async () => {
    const effect = await effectOf('ALTER TABLE t ADD COLUMN z int', { version: '5.7' })
    expect(effect).toMatchObject({ blocksWrites: false, rewrites: true, work: 'rewrite' })
    expect(effect.assumes).toMatch(/replica/)
  })

  test('says which version an answer rests on', async () => {
    expect((await effectOf('ALTER TABLE t ADD COLUMN z int')).assumes).toMatch(/8\.0\.29/)
    expect((await effectOf('ALTER TABLE t MODIFY a bigint')).assumes).toBeUndefined()
  })

  test('a copy takes a lock that writes wait for', async () => {
    const effect = await effectOf('ALTER TABLE t MODIFY a bigint')
    expect(effect).toMatchObject({ locks: [{ table: 't', mode: 'SHARE' }], blocksReads: false, work: 'rewrite' })
  })

  test('auto_increment, fulltext and spatial indexes block writes without a copy', async () => {
    for (const clause of ['ADD COLUMN z int AUTO_INCREMENT UNIQUE', 'ADD FULLTEXT f (txt)', 'ADD SPATIAL INDEX s (p)'])
      expect(await effectOf(`ALTER TABLE t ${clause}`)).toMatchObject({ algorithm: 'inplace', blocksWrites: true })
  })

  test('an unknown old type is said', async () => {
    const effect = await effectOf('ALTER TABLE elsewhere MODIFY q bigint')
    expect(effect).toMatchObject({ algorithm: 'copy', blocksWrites: true })
    expect(effect.assumes).toMatch(/not known/)
    const renamed = await effectsOf('ALTER TABLE elsewhere CHANGE q qq bigint')
    expect(renamed.every(one => !one.blocksWrites)).toBe(true)
  })

  test('a longer varchar of unknown character set', async () => {
    const text = (length: number) => ({ name: 'varchar', arguments: [length], text: `varchar(${length})` })
    const grow = (from: number, to: number, charset?: string) =>
      mysqlEffect(
        { op: 'change-type', table: 't', column: 'x', from: text(from), to: text(to) },
        { engine: 'mysql', version: '8.0', ...(charset ? { table: { charset } } : {}) },
      )
    expect(grow(10, 20)).toMatchObject({ algorithm: 'inplace', work: 'none' })
    expect(grow(50, 100).assumes).toMatch(/utf8mb4/)
    expect(grow(50, 100, 'latin1')).toMatchObject({ algorithm: 'inplace', work: 'none' })
    expect(grow(50, 300, 'latin1')).toMatchObject({ algorithm: 'copy' })
    expect(grow(255, 191)).toMatchObject({ algorithm: 'copy' })
  })

  test('MariaDB 11.2 copies without blocking writes', async () => {
    const options = { engine: 'mariadb' as const }
    const sql = 'ALTER TABLE t MODIFY a bigint'
    expect(await effectOf(sql, { ...options, version: '11.4' })).toMatchObject({
      algorithm: 'copy',
      blocksWrites: false,
    })
    expect(await effectOf(sql, { ...options, version: '10.11' })).toMatchObject({
      algorithm: 'copy',
      blocksWrites: true,
    })
    expect(await effectOf(`${sql}, LOCK=SHARED`, { ...options, version: '11.4' })).toMatchObject({ blocksWrites: true })
  })
})

describe('what a statement asks for', () => {
  test.each([
    ['MODIFY a bigint, ALGORITHM=INSTANT', 'mysql', '8.0', /ALGORITHM=COPY/],
    ['MODIFY a bigint, ALGORITHM=INPLACE', 'mysql', '8.0', /ALGORITHM=INPLACE/],
    ['ADD INDEX i (a), ALGORITHM=INSTANT', 'mysql', '8.0', /ALGORITHM=INPLACE/],
    ['ADD COLUMN z int, ALGORITHM=INSTANT, LOCK=NONE', 'mysql', '8.0', /1221/],
    ['ADD COLUMN z int, ALGORITHM=INSTANT', 'mysql', '5.7', /knows no ALGORITHM=INSTANT/],
    ['ADD INDEX i (a), ALGORITHM=NOCOPY', 'mysql', '8.0', /NOCOPY/],
    ['MODIFY a bigint, LOCK=NONE', 'mysql', '8.0', /LOCK=NONE/],
    ['ADD FULLTEXT f (txt), LOCK=NONE', 'mysql', '8.0', /LOCK=NONE/],
    ['ADD INDEX i (a), ALGORITHM=COPY, LOCK=NONE', 'mysql', '8.0', /LOCK=NONE/],
    ['ADD INDEX i (a), ALGORITHM=INSTANT', 'mariadb', '10.11', /ALGORITHM=NOCOPY/],
  ] as const)('%s on %s %s is refused', async (clause, engine, version, reason) => {
    expect((await effectOf(`ALTER TABLE t ${clause}`, { engine, version })).refused).toMatch(reason)
  })

  test.each([
    ['ADD COLUMN z int, ALGORITHM=INSTANT', 'mysql', '8.0'],
    ['ADD COLUMN z int, ALGORITHM=INSTANT, LOCK=NONE', 'mariadb', '10.11'],
    ['ADD INDEX i (a), ALGORITHM=INPLACE, LOCK=NONE', 'mysql', '5.7'],
    ['ADD INDEX i (a), ALGORITHM=NOCOPY, LOCK=NONE', 'mariadb', '10.11'],
    ['MODIFY a bigint, ALGORITHM=COPY', 'mysql', '8.0'],
    ['MODIFY a bigint, ALGORITHM=DEFAULT, LOCK=DEFAULT', 'mysql', '8.0'],
  ] as const)('%s on %s %s is accepted', async (clause, engine, version) => {
    expect((await effectOf(`ALTER TABLE t ${clause}`, { engine, version })).refused).toBeUndefined()
  })

  test('ALGORITHM=COPY and LOCK=SHARED block writes where nothing would', async () => {
    const asked = { algorithm: 'copy', blocksWrites: true, rewrites: true }
    expect(await effectOf('ALTER TABLE t ADD INDEX i (a), ALGORITHM=COPY')).toMatchObject(asked)
    expect(await effectOf('ALTER TABLE t ADD INDEX i (a), LOCK=SHARED')).toMatchObject({ blocksWrites: true })
    const exclusive = await effectOf('ALTER TABLE t ADD INDEX i (a), LOCK=EXCLUSIVE')
    expect(exclusive).toMatchObject({ blocksReads: true, blocksWrites: true })
  })

  test('ALGORITHM=INPLACE makes MySQL rebuild for a column that it could add instantly', async () => {
    expect(await effectOf('ALTER TABLE t ADD COLUMN z int, ALGORITHM=INPLACE')).toMatchObject({ rewrites: true })
    const mariadb = await effectOf('ALTER TABLE t ADD COLUMN z int, ALGORITHM=INPLACE', { engine: 'mariadb' })
    expect(mariadb).toMatchObject({ rewrites: false })
  })
})

describe('what is no ALTER TABLE', () => {
  test('dropping and emptying loses data', async () => {
    expect(await effectOf('DROP TABLE t')).toMatchObject({ losesData: true, breaksRunningCode: true })
    expect(await effectOf('TRUNCATE t')).toMatchObject({ losesData: true })
    expect(await effectOf('ALTER TABLE t DROP COLUMN a')).toMatchObject({ losesData: true, breaksRunningCode: true })
    expect(await effectOf('ALTER TABLE t DROP PARTITION p0')).toMatchObject({ losesData: true })
  })
  test('rows', async () => {
    expect(await effectOf('UPDATE t SET a = 1')).toMatchObject({ work: 'rows', scans: true })
    expect(await effectOf('LOCK TABLES t WRITE')).toMatchObject({ blocksReads: true, blocksWrites: true })
  })
  test('a required column without a default breaks the INSERTs of the running release', async () => {
    expect((await effectOf('ALTER TABLE t ADD COLUMN z int NOT NULL')).breaksRunningCode).toBe(true)
    expect((await effectOf('ALTER TABLE t ADD COLUMN z int NOT NULL DEFAULT 0')).breaksRunningCode).toBe(false)
  })
})
