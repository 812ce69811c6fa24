import { describe, expect, test } from 'vitest'
import { durationInWords } from '../../../src/facts/migration/duration.ts'
import { measuredOn, rates } from '../../../src/facts/migration/rates.ts'

describe('a duration in words', () => {
  test.each([
    [0.1, 0.5, 'less than a second'],
    [0.2, 1.2, 'up to 1 second'],
    [3, 15, 'between 3 and 15 seconds'],
    [18, 90, 'up to 2 minutes'],
    [240, 1200, 'between 4 and 20 minutes'],
    [60, 4000, 'between 1 and 65 minutes'],
    [3600, 18_000, 'between 1 and 5 hours'],
    [100_000, 500_000, 'between 1 and 6 days'],
    [3600, 3700, 'about 60 minutes'],
  ])('%d to %d seconds', (least, most, words) => {
    expect(durationInWords({ least, most })).toBe(words)
  })
})

test('the rates are measured, and say on what', () => {
  expect(measuredOn).toMatchObject({
    date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    cpu: expect.stringContaining('cores'),
  })
  for (const rate of [...Object.values(rates.postgres), ...Object.values(rates.mariadb)])
    expect(rate.perMillionRows + rate.perGigabyte).toBeGreaterThan(0)
})
