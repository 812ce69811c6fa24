import { describe, expect, test } from 'vitest'
import { withRates } from '../../src/database/rates.ts'
import type { Connection, Look, TableSample } from '../../src/database/types.ts'

const connection: Connection = { query: async () => [], close: async () => {} }
const table = (reads: number, writes: number): TableSample => ({ schema: 'public', name: 't', reads, writes })

async function rates(looks: readonly Look[], sample?: number) {
  const left = [...looks]
  const waited: number[] = []
  const { tables, words } = await withRates(connection, async () => left.shift() ?? { tables: [] }, {
    schemas: [],
    ...(sample === undefined ? {} : { sample }),
    wait: async seconds => void waited.push(seconds),
  })
  return { table: tables[0], words, waited }
}

describe('reads and writes per second', () => {
  test('the mean since the counters started, without waiting', async () => {
    const { table: found, words, waited } = await rates([{ tables: [table(864_000, 86_400)], countedSeconds: 86_400 }])
    expect(found).toMatchObject({ readsPerSecond: 10, writesPerSecond: 1 })
    expect([words, waited]).toEqual(['mean of the last 24 hours', []])
  })

  test('two looks where nobody tells the start, or it was a moment ago', async () => {
    for (const countedSeconds of [undefined, 30]) {
      const looks = [table(100, 10), table(300, 30)].map(item => ({
        tables: [item],
        ...(countedSeconds === undefined ? {} : { countedSeconds }),
      }))
      const { table: found, words, waited } = await rates(looks)
      expect(found).toMatchObject({ readsPerSecond: 20, writesPerSecond: 2 })
      expect([words, waited]).toEqual(['counted for 10 seconds', [10]])
    }
  })

  test('two looks where they are asked for', async () => {
    const looks = [table(0, 0), table(8, 4)].map(item => ({ tables: [item], countedSeconds: 1e7 }))
    expect((await rates(looks, 4)).table).toMatchObject({ readsPerSecond: 2, writesPerSecond: 1 })
  })

  test('counters that were set back meanwhile tell nothing', async () => {
    const { table: found } = await rates([{ tables: [table(500, 500)] }, { tables: [table(1, 1)] }])
    expect(found).not.toHaveProperty('readsPerSecond')
    expect(found).not.toHaveProperty('writesPerSecond')
  })

  test('none are wanted, or none are counted', async () => {
    expect(await rates([{ tables: [table(5, 5)] }], 0)).toMatchObject({ words: '', waited: [] })
    expect(await rates([{ tables: [{ schema: 'a', name: 'b', rows: 3 }] }])).toMatchObject({ words: '', waited: [] })
  })
})
