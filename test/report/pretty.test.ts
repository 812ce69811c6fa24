import { describe, expect, test } from 'vitest'
import { pretty } from '../../src/report/pretty.ts'
import { finding, hostile, options, report } from './sample.ts'

describe('a finding at the terminal', () => {
  test('says what, where, why and the safer way in 80 columns', () => {
    expect(
      pretty(report([finding()]), options()),
    ).toBe(`error[migration/index-blocks-writes]: Building this index holds a SHARE lock on
  \`vulnerabilities\`, 410 million rows: writes, about 900 a second, wait for the
  whole build.
  --> db/migrate/20260101_add_index.rb:3:2
   |
 2 |   def change
 3 |     add_index :vulnerabilities, [:asset_id, :status]
   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
 4 |   end
   |
   = why: An ordinary CREATE INDEX lets reads through and stops every write
     until the index is built. On a large table that takes minutes, and the
     waiting writes use up the connections of the web servers.
   = safer: Build it concurrently, outside a transaction:

       disable_ddl_transaction!

       def change
         add_index :vulnerabilities, [:asset_id, :status], algorithm: :concurrently
       end

     If it fails, drop the invalid index and run it again.
   = more: npx premortem explain migration/index-blocks-writes

1 error in 1 file
`)
  })

  test('explains a rule once', () => {
    const out = pretty(report([finding(), finding({ line: 1, column: 1, endLine: 5, endColumn: 4 })]), options())
    expect(out.match(/= why/g)).toHaveLength(1)
    expect(out).toContain('= note: why, and the safer way, are told above')
    expect(out.match(/^ 5 \| end\n {3}\| \^\^\^$/m)).not.toBeNull()
  })

  test('shortens a long span', () => {
    const text = Array.from({ length: 30 }, (_, at) => `line ${at + 1}`).join('\n')
    const out = pretty(
      report([finding({ path: 'a', line: 2, column: 1, endLine: 20, endColumn: 3 })]),
      options({ texts: { a: text } }),
    )
    expect(out).toMatch(/ 4 \| line 4\n {3}\| \^{6}\n\.\.\.\n20 \| line 20\n {3}\| \^\^\n21 \| line 21\n/)
  })

  test('cuts a wide line to the part that matters', () => {
    const text = `${'x'.repeat(500)} danger ${'y'.repeat(500)}\n`
    const out = pretty(
      report([finding({ path: 'a', line: 1, column: 502, endLine: 1, endColumn: 508 })]),
      options({ texts: { a: text } }),
    )
    const [source = '', marks = ''] = out.split('\n').filter(line => /danger|\^/.test(line))
    expect(source.length).toBeLessThanOrEqual(80)
    expect(source.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('danger')
  })

  test('marks the right characters behind tabs', () => {
    const out = pretty(
      report([finding({ path: 'a', line: 1, column: 4, endLine: 1, endColumn: 7 })]),
      options({ texts: { a: '\ta\tbad\n' } }),
    )
    const [source = '', marks = ''] = out.split('\n').filter(line => /bad|\^/.test(line))
    expect(source.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('bad')
  })

  test('shows no frame for a file as a whole, or a line that is not there', () => {
    const whole = pretty(report([finding({ line: 1, column: 1, endLine: 1, endColumn: 1 })]), options())
    expect(whole).toContain('--> db/migrate/20260101_add_index.rb\n   = why')
    expect(pretty(report([finding({ line: 99, endLine: 99 })]), options())).toMatch(/:99:2\n +=/)
  })

  test('colours only when asked', () => {
    expect(pretty(report([finding()]), options())).not.toContain('\u001b')
    expect(pretty(report([finding()]), options({ color: true }))).toContain('\u001b[31merror')
  })

  test('prints no control character of a file, path or message', () => {
    const bad = finding({
      path: hostile,
      message: hostile,
      why: hostile,
      fix: hostile,
      docs: hostile,
      line: 1,
      column: 2,
      endLine: 1,
    })
    const out = pretty(
      report([bad], {
        suppressed: [{ finding: bad, reason: hostile, by: hostile, addedHere: true }],
        notAnalysed: [{ path: hostile, reason: hostile }],
        problems: [{ path: hostile, message: hostile }],
      }),
      options({ texts: { [hostile]: hostile } }),
    )
    expect(out.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/)
  })
})

describe('the last lines', () => {
  test('count what was found', () => {
    const found = [finding(), finding({ level: 'warning', path: 'a' }), finding({ level: 'warning', path: 'b' })]
    expect(pretty(report(found), options())).toMatch(/\n\n1 error, 2 warnings in 3 files\n$/)
    expect(pretty(report([]), options())).toBe('No findings in 12 changed files\n')
  })

  test('count a file once, however much of it was not judged', () => {
    const reasons = ['its syntax was not checked', 'its values were not compared']
    const out = pretty(report([], { notAnalysed: reasons.map(reason => ({ path: 'big.yaml', reason })) }), options())
    expect(out).toContain('not analysed: 1 file\n  big.yaml: its syntax was not checked\n  big.yaml: its values')
    expect(out).toMatch(/; 1 file not analysed\n$/)
  })

  test('never hide what was not judged or was accepted', () => {
    const out = pretty(
      report([], {
        notAnalysed: [{ path: 'big.sql', reason: 'larger than 5 MB' }],
        suppressed: [{ finding: finding(), reason: 'the table is empty', by: 'db/x.rb:2', addedHere: true }],
        problems: [{ path: 'a.rb', line: 3, message: 'this suppression is not needed' }],
      }),
      options(),
    )
    expect(out).toBe(`accepted: 1 finding
  migration/index-blocks-writes at db/migrate/20260101_add_index.rb:3: the
    table is empty (db/x.rb:2) [accepted by this very change]

problems:
  a.rb:3: this suppression is not needed

not analysed: 1 file
  big.sql: larger than 5 MB

No findings in 12 changed files; 1 file not analysed
`)
  })
})
