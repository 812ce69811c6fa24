import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import type { Log } from 'sarif'
import { expect, test } from 'vitest'
import { sarif } from '../../src/report/sarif.ts'
import { finding, hostile, options, report } from './sample.ts'

// The committee's schema is draft 4: there `id` names a schema, which ajv knows as `$id`.
const { $schema, id, ...schema } = JSON.parse(
  readFileSync(new URL('../fixtures/sarif-schema-2.1.0.json', import.meta.url), 'utf8'),
)
const validate = new Ajv({
  allErrors: true,
  strict: false,
  unicodeRegExp: false,
  formats: { uri: isUri, 'uri-reference': isUriReference, 'date-time': true },
}).compile(schema)

function isUri(text: string): boolean {
  return URL.canParse(text)
}

function isUriReference(text: string): boolean {
  return !/[\s<>"{}|\\^`[\]\x00-\x1f]|%(?![\dA-Fa-f]{2})/.test(text) && URL.canParse(text, 'file:///')
}

function parse(text: string): Log {
  const log: Log = JSON.parse(text)
  expect(validate(log), JSON.stringify(validate.errors)).toBe(true)
  return log
}

test('an empty report is a valid log', () => {
  expect($schema).toContain('draft-04')
  expect(id).toContain('sarif-2.1.0')
  expect(parse(sarif(report([]), options())).runs[0]?.results).toEqual([])
})

test('rules are listed once and results point at them', () => {
  const { tool, results } =
    parse(
      sarif(
        report([finding(), finding({ line: 4, endLine: 4 }), finding({ rule: 'boot/b', level: 'notice' })]),
        options(),
      ),
    ).runs[0] ?? {}
  expect(tool?.driver.rules?.map(rule => rule.id)).toEqual(['boot/b', 'migration/index-blocks-writes'])
  expect(results?.map(result => [result.ruleIndex, result.level])).toEqual([
    [1, 'error'],
    [1, 'error'],
    [0, 'note'],
  ])
  expect(tool?.driver.rules?.[1]).toMatchObject({
    helpUri: 'https://example.org/rule',
    shortDescription: { text: 'Building an index blocks writes' },
    properties: { tags: ['migration'] },
  })
})

test('a result has a place, a region and a fingerprint that survives shifted lines', () => {
  expect(parse(sarif(report([finding({ path: 'a b/ü:c#?.rb' })]), options())).runs[0]?.results?.[0]).toEqual({
    ruleId: 'migration/index-blocks-writes',
    ruleIndex: 0,
    level: 'error',
    message: { text: finding().message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'a%20b/%C3%BC%3Ac%23%3F.rb', uriBaseId: '%SRCROOT%' },
          region: { startLine: 3, startColumn: 2, endLine: 3, endColumn: 50 },
        },
      },
    ],
    partialFingerprints: { primaryLocationLineHash: '0123456789abcdef0123456789abcdef:1' },
  })
})

test('a removal is shown at its place in head', () => {
  const log = parse(sarif(report([finding({ side: 'base', line: 9, headLine: 2 })]), options()))
  expect(log.runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation?.region).toEqual({ startLine: 2 })
})

test('what was not analysed is a notification', () => {
  const log = parse(
    sarif(
      report([], {
        notAnalysed: [{ path: 'a.sql', reason: 'larger than 5 MB' }],
        problems: [{ message: 'x', path: 'b', line: 3 }],
      }),
      options(),
    ),
  )
  expect(log.runs[0]?.invocations?.[0]?.toolExecutionNotifications?.map(entry => entry.message.text)).toEqual([
    'Not analysed: larger than 5 MB',
    'x',
  ])
})

test('hostile text and an unknown rule leave the log valid', () => {
  const bad = finding({ path: `${hostile}\ud800/x`, message: hostile, why: hostile, fix: hostile })
  parse(sarif(report([bad], { notAnalysed: [{ path: hostile, reason: hostile }] }), options({ rule: () => undefined })))
})
