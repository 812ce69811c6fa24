import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import type { Rewrite } from '../../src/facts/rewrite.ts'
import { github } from '../../src/report/github.ts'
import { json } from '../../src/report/json.ts'
import { markdown } from '../../src/report/markdown.ts'
import { pretty } from '../../src/report/pretty.ts'
import { sarif } from '../../src/report/sarif.ts'
import { finding, hostile, options, report } from './sample.ts'

const rewrite: Rewrite = {
  title: 'Build the index beside the traffic',
  edits: [
    { line: 2, column: 1, endLine: 2, endColumn: 1, text: '  disable_ddl_transaction!\n\n' },
    { line: 3, column: 2, endLine: 3, endColumn: 50, text: 'add_index :a, :b, algorithm: :concurrently' },
  ],
  complete: true,
  parts: [
    {
      where: 'In place of lines 2 to 3',
      language: 'ruby',
      code: 'disable_ddl_transaction!\n\ndef change\n  add_index :a, :b, algorithm: :concurrently',
    },
  ],
}
const inSteps: Rewrite = {
  ...rewrite,
  complete: false,
  parts: [...rewrite.parts, { where: 'In a second migration', language: 'ruby', code: 'validate_it' }],
}
const one = report([finding({ rewrite })])

describe('a finding with a rewrite', () => {
  test('on a terminal: the code keeps its lines and takes the place of the general advice', () => {
    const text = pretty(one, options())
    expect(text).toContain(
      '   = instead: Build the index beside the traffic. In place of lines 2 to 3:\n\n       disable_ddl_transaction!\n\n       def change\n         add_index :a, :b, algorithm: :concurrently\n',
    )
    expect(text).not.toContain('= safer:')
    expect(text.split('\n').every(line => line.length <= 80)).toBe(true)
  })

  test('on a terminal: the advice comes with the first finding that has no code', () => {
    const text = pretty(report([finding({ rewrite }), finding({ line: 1 }), finding({ line: 2 })]), options())
    expect(text.match(/= safer:/g)).toHaveLength(1)
    expect(text.match(/= note: why is told above/g)).toHaveLength(1)
    expect(text.match(/= note: why, and the safer way, are told above/g)).toHaveLength(1)
  })

  test('the same code for two rules about one statement stands once', () => {
    const twice = report([finding({ rewrite }), finding({ rewrite, rule: 'migration/other' })])
    expect(pretty(twice, options()).match(/disable_ddl_transaction!/g)).toHaveLength(2 - 1)
    expect(pretty(twice, options())).toContain('the code that stands with migration/index-blocks-writes above')
    expect(markdown(twice, options())).toContain('**Instead** see migration/index-blocks-writes above.')
  })

  test('in Markdown: a fence with its language, folded when it is long', () => {
    expect(markdown(one, options())).toContain(
      '**Instead** Build the index beside the traffic. In place of lines 2 to 3:\n\n```ruby\n',
    )
    const long = { ...rewrite, parts: [{ where: 'Here', language: 'sql', code: 'SELECT 1;\n'.repeat(40) }] }
    expect(markdown(report([finding({ rewrite: long })]), options())).toMatch(
      /<details><summary><b>Instead<\/b> .*<\/summary>\n\n```sql\n[\s\S]*```\n\n<\/details>/,
    )
  })

  test('as an annotation: plain text, and the general advice where the code is too long', () => {
    expect(github(one, options())).toContain(
      'Instead: Build the index beside the traffic. In place of lines 2 to 3:%0A%0Adisable_ddl_transaction!',
    )
    const long = { ...rewrite, parts: [{ where: 'Here', language: 'sql', code: 'x'.repeat(3000) }] }
    const text = github(report([finding({ rewrite: long })]), options())
    expect(text).toContain('Safer: ')
    expect(text).not.toContain('xxx')
  })

  test('in SARIF: a fix that viewers can apply', () => {
    const results = JSON.parse(sarif(report([finding({ rewrite: inSteps })]), options())).runs[0].results
    expect(results[0].fixes).toEqual([
      {
        description: { text: 'Build the index beside the traffic. Further steps follow, see the report.' },
        artifactChanges: [
          {
            artifactLocation: { uri: 'db/migrate/20260101_add_index.rb', uriBaseId: '%SRCROOT%' },
            replacements: [
              {
                deletedRegion: { startLine: 2, startColumn: 1, endLine: 2, endColumn: 1 },
                insertedContent: { text: '  disable_ddl_transaction!\n\n' },
              },
              {
                deletedRegion: { startLine: 3, startColumn: 2, endLine: 3, endColumn: 50 },
                insertedContent: { text: 'add_index :a, :b, algorithm: :concurrently' },
              },
            ],
          },
        ],
      },
    ])
    const elsewhere = report([finding({ rewrite: { ...inSteps, edits: [] } })])
    expect(JSON.parse(sarif(elsewhere, options())).runs[0].results[0].fixes).toBeUndefined()
  })

  test('in JSON: as it is, and as the schema says', () => {
    const schema: object = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8'))
    const validate = new Ajv2020().compile(schema)
    const out = JSON.parse(json(one, options()))
    expect(validate(out), JSON.stringify(validate.errors)).toBe(true)
    expect(validate({ ...out, findings: [{ ...out.findings[0], rewrite: { ...rewrite, more: 1 } }] })).toBe(false)
    expect(JSON.parse(json(one, options())).findings[0].rewrite).toEqual(rewrite)
  })

  test('hostile code can neither end its fence nor speak to the terminal', () => {
    const code = `${hostile}\n\`\`\`\n</details>\n<script>`
    const bad = report([
      finding({ rewrite: { ...rewrite, title: hostile, parts: [{ where: hostile, language: 'x"><y', code }] } }),
    ])
    for (const text of [pretty(bad, options()), markdown(bad, options()), github(bad, options())])
      expect(text).not.toContain('\u001b')
    expect(markdown(bad, options())).toContain('````\n')
    expect(
      github(bad, options())
        .split('\n')
        .filter(line => line.startsWith('::error')),
    ).toHaveLength(1)
    expect(
      github(bad, options())
        .split('\n')
        .filter(line => line !== ''),
    ).toHaveLength(1)
  })
})
