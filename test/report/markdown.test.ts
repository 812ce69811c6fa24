import { describe, expect, test } from 'vitest'
import { markdown } from '../../src/report/markdown.ts'
import { finding, hostile, options, report } from './sample.ts'

describe('the job summary', () => {
  test('has a table, and a section with what, why, safer and how to accept', () => {
    const out = markdown(report([finding()]), options())
    expect(out).toContain('## premortem: 1 error in 1 file\n')
    expect(out).toContain(
      '| error | <code>db/migrate/20260101\\_add\\_index.rb</code> line 3 | Building this index holds a SHARE lock on <code>vulnerabilities</code>, 410',
    )
    expect(out).toContain('### error: Building an index blocks writes\n')
    expect(out).toContain('**Why** An ordinary CREATE INDEX lets reads through')
    expect(out).toContain(
      '**Safer** Build it concurrently, outside a transaction:\n\n```\ndisable_ddl_transaction!\n\ndef change\n',
    )
    expect(out).toContain('<code>premortem-ignore\\[migration/index-blocks-writes\\]: reason</code>')
  })

  test('is one line when there is nothing to say', () => {
    expect(markdown(report([]), options())).toBe('## premortem: No findings in 12 changed files\n')
  })

  test('lists what was accepted and not analysed', () => {
    const out = markdown(
      report([], {
        suppressed: [{ finding: finding(), reason: 'empty table', by: 'a.rb:2', addedHere: true }],
        notAnalysed: [{ path: 'big.sql', reason: 'larger than 5 MB' }],
        problems: [{ message: 'unused' }],
      }),
      options(),
    )
    expect(out).toContain('line 3: empty table (a.rb:2) **Accepted by this very change.**')
    expect(out).toContain('### Not analysed\n\n- <code>big.sql</code>: larger than 5 MB')
    expect(out).toContain('### Problems\n\n- unused')
  })

  test('lets no text become markup', () => {
    const bad = finding({
      path: hostile,
      message: `${hostile} \`<b>|\``,
      why: hostile,
      fix: `\`\`\`\n~~~\n${hostile}\n`,
      docs: 'javascript:alert(1)',
    })
    const out = markdown(report([bad], { notAnalysed: [{ path: hostile, reason: hostile }] }), options())
    expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/)
    const outsideCode = out.replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, '')
    expect(outsideCode).not.toMatch(/<(?!\/?code>|!-- -->)/)
    expect(outsideCode).not.toMatch(/(?<!\\)\[a(?<!\\)\]/)
    expect(outsideCode).not.toMatch(/@octocat|(?<!\\)\]\(javascript/)
    for (const row of outsideCode.split('\n').filter(line => line.startsWith('| ')))
      expect(row.match(/(?<!\\)\|/g)).toHaveLength(5)
  })

  test('cannot be led out of a code block', () => {
    const out = markdown(report([finding({ fix: '    x = ````\n    <script>' })]), options())
    expect(out).toContain('`````\nx = ````\n<script>\n`````')
  })

  test('is cut between two sections at 1 MiB, and says so', () => {
    const findings = Array.from({ length: 3000 }, (_, at) => finding({ rule: `a/r${at}`, why: 'ü'.repeat(300) }))
    const out = markdown(report(findings, { notAnalysed: [{ path: 'a', reason: 'b' }] }), options())
    expect(Buffer.byteLength(out)).toBeLessThan(1024 * 1024)
    expect(Buffer.byteLength(out)).toBeGreaterThan(900_000)
    expect(out).toMatch(
      /\n\n_\d+ more findings did not fit here\. Use `--format json` for all of them\._\n\n### Not analysed\n\n- <code>a<\/code>: b\n$/,
    )
  })
})
