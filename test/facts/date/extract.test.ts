import { expect, test } from 'vitest'
import { loadArtifacts } from '../../../src/artifact/load.ts'
import { changeInMemory } from '../../../src/change/memory.ts'
import { dateKind } from '../../../src/facts/date/index.ts'

async function dates(path: string, head: string) {
  const change = changeInMemory({ files: [{ path, head }] })
  const config = {
    rules: {},
    ignore: [],
    databases: [],
    tables: {},
    environments: { production: [], lower: [] },
    schedules: [],
  }
  const { artifacts } = await loadArtifacts(change, config)
  const extract = await dateKind.load()
  const { facts } = await extract({ change, artifacts, config, now: new Date(0) }, artifacts.filter(dateKind.wants))
  return facts
}

test.each([
  ['a.py', 'x = now().replace(year=now().year + 1)'],
  ['a.py', 'datetime(d.year + 1, d.month, d.day)'],
  ['a.rb', 'Date.new(d.year + 1, d.month, d.day)'],
  ['A.java', 'LocalDate.of(d.getYear() + 1, d.getMonthValue(), d.getDayOfMonth())'],
  ['A.kt', 'LocalDate.of(d.year + 1, d.month, d.dayOfMonth)'],
  ['A.cs', 'new DateTime(now.Year + 1, now.Month, now.Day)'],
  ['a.rs', 'let x = d.with_year(d.year() + 1).unwrap();'],
])('%s: %s', async (path, text) => {
  expect(await dates(path, text)).toMatchObject([{ unit: 'year', fromSameDate: true, guarded: false }])
})

test.each([
  ['a.py', 'first = d.replace(day=1)\nfirst.replace(year=first.year + 1)'],
  ['a.py', 'd.replace(year=2024)'],
  ['a.py', 'd.replace(year=d.year + 1, day=1)'],
  ['a.py', '# d.replace(year=d.year + 1)'],
  ['a.rb', 'Date.new(d.year + 1, 1, 1)'],
  ['A.java', 'd.plusYears(1)'],
  ['A.cs', 'now.AddYears(1)'],
  ['a.py', ''],
  ['a.py', `replace(${'('.repeat(20_000)}year`],
])('%s: %s is no such calculation', async (path, text) => {
  expect(await dates(path, text)).toEqual([])
})
