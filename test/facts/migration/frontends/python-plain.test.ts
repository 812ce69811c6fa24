import { expect, test } from 'vitest'
import { sourceOf } from '../../../../src/artifact/source.ts'
import { readPlainPython } from '../../../../src/facts/migration/frontends/python-plain.ts'
import type { ReadSql } from '../../../../src/facts/migration/frontends/python-sql.ts'
import { factsOf } from '../facts-of.ts'

/** Stands for an engine's reader: one harmless step for each text, which names it. */
const sql: ReadSql = async (text, place) => [
  { kind: 'change', span: place(text.search(/\S/)), text, operations: [{ op: 'harmless', what: text.trim() }] },
]

async function sent(text: string, engine: 'postgres' | 'mysql' = 'postgres') {
  const program = await readPlainPython(sourceOf('migrations/2_x.py', 'head', text), sql, { engine })
  const texts = program.up.map(step =>
    step.kind === 'change'
      ? step.operations.map(item => (item.op === 'harmless' ? item.what : item.op)).join()
      : step.kind,
  )
  return { framework: program.framework, transaction: program.transaction, texts }
}

const yoyo = 'from yoyo import step\n\n'
const aerich = 'from tortoise import BaseDBAsyncClient\n\n\n'

test.each([
  [
    'steps in a list',
    `${yoyo}steps = [step("CREATE TABLE a (b int)", "DROP TABLE a"), step("SELECT 1")]\n`,
    ['CREATE TABLE a (b int)', 'SELECT 1'],
  ],
  [
    'steps one by one',
    `${yoyo}step("""\n  ALTER TABLE a ADD c int\n""")\nstep(apply="SELECT 2", rollback="SELECT 3")\n`,
    ['ALTER TABLE a ADD c int', 'SELECT 2'],
  ],
  [
    'a function as a step',
    `${yoyo}def fill(conn):\n    conn.cursor().execute("UPDATE a SET b = 1")\n\nsteps = [step(fill)]\n`,
    ['UPDATE a SET b = 1'],
  ],
  ['what is only known at run time', `${yoyo}step(statement())\n`, ['unreadable']],
])('yoyo: %s', async (_title, text, texts) => {
  expect(await sent(text)).toEqual({ framework: 'yoyo', transaction: 'wrapped', texts })
})

test('yoyo outside of a transaction', async () => {
  expect(await sent(`${yoyo}__transactional__ = False\nsteps = [step("SELECT 1")]\n`)).toMatchObject({
    transaction: 'each',
  })
})

test('the text that an Aerich migration returns', async () => {
  const text = `${aerich}async def upgrade(db: BaseDBAsyncClient) -> str:\n    return """\n        ALTER TABLE a DROP b;"""\n\n\nasync def downgrade(db: BaseDBAsyncClient) -> str:\n    return """ALTER TABLE a ADD b INT"""\n`
  expect(await sent(text)).toEqual({ framework: 'aerich', transaction: 'likely', texts: ['ALTER TABLE a DROP b;'] })
})

test("the branch of the project's engine", async () => {
  const text =
    'def run_create(cur, engine):\n    if isinstance(engine, PostgresEngine):\n        cur.execute("SELECT 1")\n    else:\n        cur.executescript("DROP TABLE a")\n\ndef run_upgrade(cur, engine):\n    if not isinstance(engine, PostgresEngine):\n        return\n    cur.execute("UPDATE a SET b = ? WHERE c ? \'k\' AND d = \'?\'", (1,))\n'
  expect((await sent(text)).texts).toEqual(['SELECT 1', "UPDATE a SET b = 0 WHERE c ? 'k' AND d = '?'"])
  expect((await sent(text, 'mysql')).texts).toEqual(['DROP TABLE a'])
})

test('calls of the migrator of peewee are said not to be read, its SQL is', async () => {
  const text =
    'import peewee as pw\n\ndef migrate(migrator, database, *, fake=False):\n    migrator.remove_fields("user", "email")\n    migrator.sql("ALTER TABLE a DROP b")\n'
  expect((await sent(text)).texts).toEqual(['unreadable', 'ALTER TABLE a DROP b'])
})

test.each([
  ['migrations/0002.x.py', `${yoyo}steps = [step("ALTER TABLE users DROP COLUMN email")]\n`, ['drop-column']],
  ['schema/delta/79/01_x.py', 'def run_create(cur, engine):\n    cur.execute("DROP INDEX i")\n', ['drop-index']],
  // Not in a folder of migrations, without a way forwards, or without SQL that changes anything.
  ['app/x.py', 'def run_create(cur, engine):\n    cur.execute("DROP INDEX i")\n', []],
  ['migrations/helpers.py', 'def clean(cur):\n    cur.execute("DROP INDEX i")\n', []],
  ['migrations/x.py', 'def apply(cur):\n    cur.execute("SELECT 1")\n', []],
])('%s is found by its path and text', async (path, head, operations) => {
  const { facts } = await factsOf([{ path, head }])
  expect(facts.map(({ operation }) => operation)).toEqual(operations)
})
