import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { tablesFile } from '../../src/database/write.ts'

const statistics = {
  server: { engine: 'postgres', version: '15.10', lockTimeoutMs: 5000 },
  tables: {
    users: { rows: 41_000_000, bytes: 8_800_000_000, writesPerSecond: 0.5, readsPerSecond: 900 },
    'audit.log': { rows: 0 },
    on: { rows: 1 },
    'a: "b"': {},
    '12': { bytes: 3 },
  },
  rates: 'mean of the last 30 days',
} as const

test('what is written is read back as it was', async () => {
  const text = tablesFile(statistics, new Date('2026-11-28T12:00:00Z'))
  const config = await loadConfig(async path => (path === '.premortem/tables.yml' ? text : undefined))
  expect(config.tables).toEqual(statistics.tables)
  expect(config.server).toEqual(statistics.server)
  expect(text.split('\n')[0]).toBe(
    '# Written by `premortem stats` on 2026-11-28; reads and writes per second: mean of the last 30 days.',
  )
})

test('an empty database makes a file that is valid', async () => {
  const text = tablesFile({ ...statistics, tables: {} }, new Date('2026-11-28T12:00:00Z'))
  const config = await loadConfig(async path => (path === '.premortem/tables.yml' ? text : undefined))
  expect(config.tables).toEqual({})
})

test.each([
  ['tables: {}\nservr: { engine: postgres }', 'unknown key "servr" (did you mean "server"?)'],
  ['tables: {}\nserver: { engine: postgrs, version: "15" }', '"postgrs" is not one of postgres, mysql, mariadb'],
  ['tables: { users: { row: 3 } }', 'unknown key "row" (did you mean "rows"?)'],
])('%s', async (text, complaint) => {
  await expect(loadConfig(async path => (path === '.premortem/tables.yml' ? text : undefined))).rejects.toThrow(
    complaint,
  )
})
