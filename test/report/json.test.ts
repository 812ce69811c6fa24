import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { json } from '../../src/report/json.ts'
import { finding, hostile, options, report } from './sample.ts'

const schema: object = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv2020({ allErrors: true }).compile(schema)

function parse(text: string): unknown {
  const out: unknown = JSON.parse(text)
  expect(validate(out), JSON.stringify(validate.errors)).toBe(true)
  return out
}

test('an empty report', () => {
  expect(parse(json(report([]), options()))).toEqual({
    version: 1,
    base: 'a'.repeat(40),
    head: 'b'.repeat(40),
    level: 'none',
    findings: [],
    suppressed: [],
    notAnalysed: [],
    problems: [],
    files: 12,
    timing: { total: 12.5 },
  })
})

test('findings, suppressions and what was not analysed, as the schema says', () => {
  const removed = finding({
    side: 'base',
    headLine: 3,
    path: hostile,
    message: hostile,
    evidence: { big: 12n, list: [null, { a: 1 }] },
  })
  const out = parse(
    json(
      report([finding(), removed], {
        suppressed: [{ finding: finding(), reason: 'empty table', by: 'a.rb:2', addedHere: false }],
        notAnalysed: [{ path: 'a', reason: 'b' }],
        problems: [{ message: 'c' }],
      }),
      options(),
    ),
  )
  expect(out).toMatchObject({
    findings: [finding(), { ...removed, evidence: { big: '12', list: [null, { a: 1 }] } }],
    suppressed: [{ ...finding(), reason: 'empty table', by: 'a.rb:2', addedHere: false }],
  })
})

test('the schema refuses what is not in the contract', () => {
  const good: { findings: object[] } = JSON.parse(json(report([finding()]), options()))
  expect(validate({ ...good, extra: 1 })).toBe(false)
  expect(validate({ ...good, findings: [{ ...good.findings[0], line: 0 }] })).toBe(false)
  expect(validate({ ...good, findings: [{ ...good.findings[0], extra: 1 }] })).toBe(false)
})
