import { expect, test } from 'vitest'
import { loadArtifacts } from '../../src/artifact/load.ts'
import { changeInMemory } from '../../src/change/memory.ts'
import { loadConfig } from '../../src/config/load.ts'
import { suppress } from '../../src/rule/suppress.ts'
import type { Finding } from '../../src/rule/types.ts'

const rules = new Set(['migration/drop-table', 'schedule/invalid'])
const now = new Date('2026-11-17T10:00:00Z')

function finding(line: number, more: Partial<Finding> = {}): Finding {
  return {
    rule: 'migration/drop-table',
    level: 'error',
    path: 'db/migrate/1_x.sql',
    side: 'head',
    line,
    column: 1,
    endLine: line,
    endColumn: 9,
    message: 'm',
    why: 'w',
    fix: 'f',
    evidence: {},
    fingerprint: 'f',
    docs: 'd',
    ...more,
  }
}

async function run(head: string, findings: readonly Finding[], base?: string) {
  const change = changeInMemory({
    files: [{ path: 'db/migrate/1_x.sql', head, ...(base === undefined ? {} : { base }) }],
  })
  const { artifacts } = await loadArtifacts(change, await loadConfig(async () => undefined))
  const { findings: kept, suppressed, problems } = suppress(findings, artifacts, rules, now)
  return {
    kept: kept.length,
    suppressed: suppressed.map(({ reason, by, addedHere }) => ({ reason, by, addedHere })),
    problems: problems.map(({ line, message }) => `${line}: ${message}`),
  }
}

test('a comment on the line above or on the line itself accepts a finding with its reason', async () => {
  expect(
    await run('-- premortem-ignore[migration/drop-table]: empty since March\nDROP TABLE x;\n', [finding(2)]),
  ).toEqual({
    kept: 0,
    suppressed: [{ reason: 'empty since March', by: 'db/migrate/1_x.sql:1', addedHere: true }],
    problems: [],
  })
  expect((await run('DROP TABLE x; -- premortem-ignore[migration/drop-table]: empty\n', [finding(1)])).kept).toBe(0)
})

test('it covers neither other lines nor other rules', async () => {
  const result = await run('-- premortem-ignore[schedule/invalid]: no\nDROP TABLE x;\n\nDROP TABLE y;\n', [
    finding(2),
    finding(4),
  ])
  expect(result.kept).toBe(2)
  expect(result.problems).toEqual(['1: premortem-ignore[schedule/invalid] suppresses nothing here and can go'])
})

test('-file covers the whole file', async () => {
  expect(
    (await run('DROP TABLE x;\n\n\n-- premortem-ignore-file[migration/drop-table]: generated\n', [finding(1)])).kept,
  ).toBe(0)
})

test.each([
  ['-- premortem-ignore[migration/drop-table]', 'needs a reason'],
  ['-- premortem-ignore[migration/drop-tabel]: x', 'there is no such rule (did you mean "migration/drop-table"?)'],
  ['-- premortem-ignore[migration/drop-table] until 2026-11-16: x', 'expired on 2026-11-16'],
])('%s does not suppress and is reported', async (comment, message) => {
  const result = await run(`${comment}\nDROP TABLE x;\n`, [finding(2)])
  expect(result.kept).toBe(1)
  expect(result.problems).toEqual([expect.stringContaining(message)])
})

test('until a day that has not passed is in force', async () => {
  expect(
    (await run('-- premortem-ignore[migration/drop-table] until 2026-11-17: x\nDROP TABLE x;\n', [finding(2)])).kept,
  ).toBe(0)
})

test('the words in a string are no suppression', async () => {
  expect((await run("SELECT 'premortem-ignore[migration/drop-table]: x';\nDROP TABLE x;\n", [finding(2)])).kept).toBe(1)
})

test('an old comment that this change leaves alone is not complained about', async () => {
  const text = '-- premortem-ignore[migration/drop-table]: x\nDROP TABLE x;\n'
  expect((await run(`${text}SELECT 1;\n`, [], text)).problems).toEqual([])
})
