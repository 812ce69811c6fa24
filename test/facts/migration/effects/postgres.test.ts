import { describe, expect, test } from 'vitest'
import { knownDifference } from '../../../../scripts/verify/known.ts'
import { measuredRows, moreSetup, postgresSetup } from '../../../../scripts/verify/postgres-operations.ts'
import { differenceOf, observation, predictPostgres } from '../../../../scripts/verify/postgres-predict.ts'

// `npm run verify:effects` runs the same statements on real servers.

describe.each([
  ['postgres.jsonl', postgresSetup, 224],
  ['postgres-versions.jsonl', postgresSetup + moreSetup, 1400],
] as const)('effects of Postgres statements, as measured in %s', (file, setup, least) => {
  const rows = measuredRows(file)

  test('has rows', () => {
    expect(rows.length).toBeGreaterThanOrEqual(least)
  })

  test.each([...new Set(rows.map(row => row.version))])('PostgreSQL %s', async version => {
    const major = Number.parseInt(version, 10)
    const differences: string[] = []
    for (const row of rows.filter(item => item.version === version)) {
      const seen = row.error === null ? observation(row) : { refused: row.error }
      const difference = differenceOf(await predictPostgres(row.sql, major, setup), seen)
      if (difference !== '' && knownDifference(row.sql, major, difference) === undefined)
        differences.push(`${row.id}: ${difference}`)
    }
    expect(differences).toEqual([])
  })
})
