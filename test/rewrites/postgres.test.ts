import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { splitStatements } from '../../src/facts/migration/frontends/sql-split.ts'
import { filesOf, findingsIn, play } from './apply.ts'
import { cases } from './cases.ts'

/** The tables of the cases, with rows that every constraint holds for. */
const tables = `
  CREATE TABLE customers (id bigint PRIMARY KEY);
  CREATE TABLE users (id bigint PRIMARY KEY);
  CREATE TABLE posts (id bigint PRIMARY KEY);
  CREATE TABLE orders (
    id bigint, customer_id bigint, number text, email text, state text, price int, total int, token uuid, code text, title text
  );
  CREATE INDEX orders_customer_old ON orders (customer_id);
  CREATE TABLE "Order" ("customerId" bigint);
  CREATE TABLE "order" (number text);
  CREATE TABLE events (year int) PARTITION BY LIST (year);
  CREATE TABLE events_2020 PARTITION OF events FOR VALUES IN (2020);
  INSERT INTO customers SELECT i FROM generate_series(1, 50) i;
  INSERT INTO "order" SELECT i FROM generate_series(1, 50) i;
  INSERT INTO orders (id, customer_id, number, email, price) SELECT i, i, i, i || '@example.com', i FROM generate_series(1, 50) i;
`

let postgres: PGlite

beforeAll(async () => {
  postgres = await PGlite.create()
}, 60_000)

afterAll(() => postgres.close())

// Cases whose table already has the column or index that the migration at hand brings elsewhere in the same file.
const runnable = cases.filter(one => one.path?.endsWith('.sql') && !/MySQL/.test(one.name))

describe.each(runnable.map(one => [one.name, one] as const))('%s', (name, one) => {
  test('runs on Postgres, each statement by itself', async () => {
    await postgres.exec(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${tables}`)
    if (name === 'dropped index') await postgres.exec('CREATE INDEX orders_customer ON orders (customer_id)')
    if (/column with a reference/.test(name)) await postgres.exec('ALTER TABLE orders DROP COLUMN customer_id')
    if (/column with a check/.test(name)) await postgres.exec('ALTER TABLE orders DROP COLUMN state')
    const findings = await findingsIn(filesOf(one), one)
    const finding = findings.find(({ rule, rewrite }) => rule === one.rule && rewrite !== undefined)
    if (!finding?.rewrite) throw new Error('no rewrite')
    for (const { files } of play(one, finding, finding.rewrite)) {
      const up = (files[0]?.head ?? '').split(/^-- (\+goose Down|migrate:down)|^---- create above/m)[0] ?? ''
      for (const { start, end } of splitStatements(up)) {
        const statement = up.slice(start, end)
        await postgres.exec(statement).catch((error: unknown) => expect(`${statement}\n${String(error)}`).toBe(''))
      }
    }
  })
})

test('a batched update writes every row and only once', async () => {
  await postgres.exec(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${tables}`)
  await postgres.exec(
    "CREATE TABLE wide (id int, note text, filler text); INSERT INTO wide SELECT i, NULL, repeat('x', 3000) FROM generate_series(1, 20000) i",
  )
  const path = 'db/migrations/00001_x.sql'
  const head = "-- +goose Up\nUPDATE public.wide SET note = 'row ' || id;\n"
  const [finding] = (await findingsIn([{ path, head }])).filter(({ rule }) => rule === 'migration/update-all-rows')
  const code = finding?.rewrite?.edits.at(-1)?.text ?? ''
  expect(code).toContain('LOOP')
  await postgres.exec(code)
  const { rows } = await postgres.query("SELECT count(*)::int AS n FROM wide WHERE note = 'row ' || id")
  expect(rows).toEqual([{ n: 20000 }])
})
