import { describe, expect, test } from 'vitest'
import { readMysqlStatements } from '../../../../src/facts/migration/frontends/mysql.ts'
import type { Effect } from '../../../../src/facts/migration/operation.ts'
import { effects } from '../../../../src/facts/migration/read.ts'
import { emptySchema, replay } from '../../../../src/facts/migration/schema.ts'

const place = () => ({ line: 1, column: 1, endLine: 1, endColumn: 1 })
const mysql = { engine: 'mysql', version: '8.4' } as const
const mariadb = { engine: 'mariadb', version: '10.11' } as const

/** The effects of the last statement on what the ones before it leave. */
async function effectsOf(
  sql: string,
  { engine, version }: { engine: 'mysql' | 'mariadb'; version: string } = mysql,
): Promise<readonly Effect[]> {
  const steps = await readMysqlStatements(sql, engine, place)
  const schema = emptySchema()
  for (const step of steps.slice(0, -1))
    for (const operation of step.kind === 'change' ? step.operations : []) replay(schema, operation)
  const last = steps.at(-1)
  if (last?.kind !== 'change') throw new Error(`not read: ${sql}`)
  const effectOf = effects(engine, version, schema)
  return last.operations.map(operation => effectOf(operation, last, { utc: false, checksOff: false }))
}

const orders = 'CREATE TABLE o (id int PRIMARY KEY, a int, b int, t varchar(50) CHARACTER SET utf8mb4, KEY ka (a));'

describe('what the schema tells', () => {
  test('CHANGE with another name and another type copies', async () => {
    expect((await effectsOf(`${orders} ALTER TABLE o CHANGE a aa bigint`)).at(-1)).toMatchObject({ algorithm: 'copy' })
    expect((await effectsOf(`${orders} ALTER TABLE o CHANGE a aa int`)).at(-1)).toMatchObject({ algorithm: 'instant' })
  })

  test('a column keeps its keys when it is described anew', async () => {
    const changed = `${orders} ALTER TABLE o MODIFY id int COMMENT 'x';`
    expect(await effectsOf(`${changed} ALTER TABLE o DROP COLUMN id`)).toMatchObject([{ algorithm: 'copy' }])
    expect(await effectsOf(`${changed} ALTER TABLE o MODIFY id int NOT NULL`)).toMatchObject([{ rewrites: false }])
  })

  test('a column that was renamed and retyped has its new type afterwards', async () => {
    const before = `${orders} ALTER TABLE o CHANGE a aa bigint;`
    expect(await effectsOf(`${before} ALTER TABLE o MODIFY aa bigint`)).toMatchObject([{ algorithm: 'instant' }])
    expect(await effectsOf(`${before} ALTER TABLE o MODIFY aa int`)).toMatchObject([{ algorithm: 'copy' }])
  })

  test('MySQL rebuilds for a column that an index has', async () => {
    const drop = `${orders} ALTER TABLE o DROP COLUMN`
    expect(await effectsOf(`${drop} a`)).toMatchObject([{ algorithm: 'inplace', rewrites: true, blocksWrites: false }])
    expect(await effectsOf(`${drop} b`)).toMatchObject([{ algorithm: 'instant', rewrites: false }])
    expect(await effectsOf(`${drop} a`, mariadb)).toMatchObject([{ algorithm: 'nocopy', rewrites: false }])
    expect(await effectsOf('ALTER TABLE o DROP COLUMN a')).toMatchObject([{ assumes: 'no index has the column' }])
  })

  test('a cascading foreign key keeps MariaDB from copying online', async () => {
    const table = (rule: string) =>
      `CREATE TABLE c (id int PRIMARY KEY, a int, o int, FOREIGN KEY (o) REFERENCES o (id)${rule}); ALTER TABLE c MODIFY a bigint`
    const recent = { engine: 'mariadb', version: '11.8' } as const
    expect(await effectsOf(table(' ON DELETE CASCADE'), recent)).toMatchObject([{ blocksWrites: true }])
    expect(await effectsOf(table(''), recent)).toMatchObject([{ blocksWrites: false }])
  })
})

describe('clauses that stand together', () => {
  test.each(["COMMENT='x'", 'AUTO_INCREMENT=50', 'DROP INDEX ka', 'MODIFY t varchar(60) CHARACTER SET utf8mb4'])(
    'beside %s MySQL rebuilds for a new column',
    async clause => {
      expect((await effectsOf(`${orders} ALTER TABLE o ADD COLUMN z int, ${clause}`))[0]).toMatchObject({
        algorithm: 'inplace',
        rewrites: true,
      })
      const instead = await effectsOf(`${orders} ALTER TABLE o ADD COLUMN z int, ${clause}`, mariadb)
      expect(instead[0]).toMatchObject({ rewrites: false })
    },
  )

  test.each(['ALTER COLUMN b SET DEFAULT 5', 'DROP COLUMN b', 'RENAME COLUMN b TO bb', "MODIFY b int COMMENT 'x'"])(
    'beside %s a new column is instant',
    async clause => {
      const [added] = await effectsOf(`${orders} ALTER TABLE o ADD COLUMN z int, ${clause}`)
      expect(added).toMatchObject({ algorithm: 'instant', rewrites: false })
    },
  )

  test('a VIRTUAL column beside changes of stored rows copies', async () => {
    const add = `${orders} ALTER TABLE o ADD COLUMN v int AS (a + 1) VIRTUAL`
    for (const server of [mysql, mariadb]) {
      expect(await effectsOf(add, server)).toMatchObject([{ algorithm: 'instant' }])
      expect((await effectsOf(`${add}, MODIFY b int NOT NULL`, server))[0]).toMatchObject({ algorithm: 'copy' })
      expect((await effectsOf(`${add}, COMMENT='x'`, server))[0]).toMatchObject({ algorithm: 'copy' })
    }
    expect((await effectsOf(`${add}, ADD COLUMN z int`))[0]).toMatchObject({ algorithm: 'instant' })
    expect((await effectsOf(`${add}, ADD COLUMN z int`, mariadb))[0]).toMatchObject({ algorithm: 'copy' })
  })
})

test('a default that replicas would compute anew is refused by MySQL only', async () => {
  const add = (value: string) => `ALTER TABLE o ADD COLUMN z varchar(36) DEFAULT (${value})`
  expect((await effectsOf(add('uuid()')))[0]?.refused).toMatch(/uuid\(\).*1674/)
  expect((await effectsOf(add('now()')))[0]?.refused).toBeUndefined()
  expect((await effectsOf(add('uuid()'), mariadb))[0]?.refused).toBeUndefined()
})

test('character sets and collations of MySQL columns without an index are changed in place', async () => {
  const table = (columns: string) => `CREATE TABLE n (id int PRIMARY KEY, ${columns});`
  const name = 'name varchar(50) CHARACTER SET utf8mb3'
  const modify = ' ALTER TABLE n MODIFY name varchar(50) CHARACTER SET utf8mb4'
  const older = { engine: 'mysql', version: '5.7' } as const
  expect(await effectsOf(table(name) + modify)).toMatchObject([{ algorithm: 'inplace', rewrites: false }])
  expect(await effectsOf(table(`${name}, KEY k (name)`) + modify)).toMatchObject([{ algorithm: 'copy' }])
  expect(await effectsOf(table(name) + modify, older)).toMatchObject([{ algorithm: 'copy' }])
  const longer = ' ALTER TABLE n MODIFY name varchar(85) CHARACTER SET utf8mb4'
  expect(await effectsOf(table(name) + longer)).toMatchObject([{ algorithm: 'copy' }])
})
