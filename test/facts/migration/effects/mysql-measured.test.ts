import { expect, test } from 'vitest'
import { compareAlter } from '../../../../scripts/verify/alter-compare.ts'
import { alterRowsMeasured } from '../../../../scripts/verify/alter-rows.ts'
import { knownAlter, knownAlters } from '../../../../scripts/verify/known.ts'
import { predictWaits, waited, waitRows } from '../../../../scripts/verify/wait-rows.ts'

const cases = alterRowsMeasured().flatMap(({ alter, servers, virtual, ...seen }) =>
  seen.error === undefined ? servers.map(server => ({ alter, server, virtual, seen })) : [],
)

test('servers of both engines and of several versions answered', () => {
  expect(new Set(cases.map(({ server }) => `${server.engine} ${Number.parseFloat(server.version)}`))).toEqual(
    new Set(['mysql 5.6', 'mysql 9.7', 'mariadb 10.5', 'mariadb 10.11', 'mariadb 11.8']),
  )
  expect(cases.length).toBeGreaterThan(1000)
})

// One test for each server: there are too many rows for one each.
const servers = [...new Set(cases.map(({ server }) => `${server.engine} ${server.version}`))]

test.each(servers)('agrees with %s, but for the listed differences', async name => {
  const differences: string[] = []
  for (const { alter, server, virtual, seen } of cases) {
    if (`${server.engine} ${server.version}` !== name) continue
    const { operation, difference, reason } = await compareAlter(alter, server, virtual, seen)
    if (difference !== '' && reason === undefined) differences.push(`${operation}: ${difference}`)
  }
  expect(differences).toEqual([])
})

test.each(['5.7.44', '8.0.11', '8.0.28', '8.0.36', '8.4.3'])(
  'what MySQL 5.6 and 9.7 do alike, MySQL %s is predicted to do too',
  async version => {
    const alike = alterRowsMeasured().filter(
      ({ alter, servers }) =>
        servers[0]?.engine === 'mysql' &&
        servers.length === 2 &&
        // Both rebuild, each for a reason of its own: the one for any column, the other for the key that 9.0 begins to heed.
        alter.clause !== 'ADD COLUMN z int REFERENCES r(id)',
    )
    expect(alike.length).toBeGreaterThan(100)
    const server = { engine: 'mysql', version } as const
    const differences: string[] = []
    for (const { alter, virtual, servers: _both, ...seen } of alike) {
      const { operation, difference } = await compareAlter(alter, server, virtual, seen)
      if (difference !== '' && knownAlter(alter, { engine: 'mysql', version: '9.7.4' }) === undefined)
        differences.push(`${operation}: ${difference}`)
    }
    expect(differences).toEqual([])
  },
)

test('every listed difference is one', async () => {
  const found = new Set<unknown>()
  for (const { alter, server, virtual, seen } of cases) {
    const known = knownAlter(alter, server)
    if (known !== undefined && (await compareAlter(alter, server, virtual, seen)).difference !== '') found.add(known)
  }
  expect(knownAlters.filter(known => !found.has(known))).toEqual([])
})

test('sessions beside a statement wait for it, or do not, as predicted', async () => {
  const rows = waitRows()
  expect(rows.length).toBeGreaterThan(90)
  for (const row of rows) expect({ ...row, ...(await predictWaits(row)) }).toEqual({ ...row, ...waited(row) })
})
