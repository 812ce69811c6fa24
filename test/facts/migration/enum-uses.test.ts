import { expect, test } from 'vitest'
import { factsOf } from './facts-of.ts'

const path = 'migrations/0042_state.sql'
const head = "ALTER TYPE order_state RENAME VALUE 'sent' TO 'shipped';\n"

test('a renamed value of an enum type comes with the code that names it', async () => {
  const base = "const q = `UPDATE orders SET state = 'sent'`\n"
  const store = { path: 'store/orders.ts', base, head: base.replace('sent', 'shipped') }
  expect((await factsOf([{ path, head }, store])).facts).toMatchObject([
    { operation: 'rename-enum-value', usedAt: [], usedBefore: ['store/orders.ts:1'] },
  ])
  expect((await factsOf([{ path, head }], { 'store/orders.ts': base })).facts).toMatchObject([
    { usedAt: ['store/orders.ts:1'], usedBefore: [] },
  ])
})

test('another word that holds the value is no use of it', async () => {
  const code = { 'store/orders.ts': "const q = 'sent_at', r = 'consent'\n" }
  expect((await factsOf([{ path, head }], code)).facts).toMatchObject([{ usedAt: [], usedBefore: [] }])
})
