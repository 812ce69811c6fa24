import type { Report, ReportOptions } from '../../src/report/model.ts'
import type { Finding } from '../../src/rule/types.ts'
import { indexLines } from '../../src/text/lines.ts'

export const migration = `class AddIndexToVulnerabilities < ActiveRecord::Migration[7.1]
  def change
\tadd_index :vulnerabilities, [:asset_id, :status]
  end
end
`

export function finding(part: Partial<Finding> = {}): Finding {
  return {
    rule: 'migration/index-blocks-writes',
    level: 'error',
    path: 'db/migrate/20260101_add_index.rb',
    line: 3,
    column: 2,
    endLine: 3,
    endColumn: 50,
    side: 'head',
    message:
      'Building this index holds a SHARE lock on `vulnerabilities`, 410 million rows: writes, about 900 a second, wait for the whole build.',
    why: 'An ordinary CREATE INDEX lets reads through and stops every write until the index is built.\nOn a large table that takes minutes, and the waiting writes use up the connections of the web servers.',
    fix: 'Build it concurrently, outside a transaction:\n\n```ruby\ndisable_ddl_transaction!\n\ndef change\n  add_index :vulnerabilities, [:asset_id, :status], algorithm: :concurrently\nend\n```\n\nIf it fails, drop the invalid index and run it again.',
    evidence: { op: 'create-index', rows: 410_000_000 },
    fingerprint: '0123456789abcdef0123456789abcdef',
    docs: 'https://github.com/premortem/premortem/blob/main/docs/rules.md#migration-index-blocks-writes',
    ...part,
  }
}

export function report(findings: readonly Finding[], part: Partial<Report> = {}): Report {
  return {
    version: 1,
    base: 'a'.repeat(40),
    head: 'b'.repeat(40),
    level: findings[0]?.level ?? 'none',
    findings,
    suppressed: [],
    notAnalysed: [],
    problems: [],
    files: 12,
    timing: { total: 12.5 },
    ...part,
  }
}

export function options(
  part: Partial<ReportOptions> & { texts?: Readonly<Record<string, string>> } = {},
): ReportOptions {
  const texts: Readonly<Record<string, string>> = part.texts ?? { 'db/migrate/20260101_add_index.rb': migration }
  return {
    color: false,
    width: 80,
    source: path => {
      const text = texts[path]
      return text === undefined ? undefined : indexLines(text)
    },
    rule: id => ({
      id,
      title: 'Building an index blocks writes',
      why: 'why',
      fix: 'fix',
      docs: 'https://example.org/rule',
      level: 'error',
    }),
    ...part,
  }
}

/** A path, a message and a text as an attacker would write them. */
export const hostile =
  '\u001b[31mred\u001b]8;;http://evil\u0007 \u202e\r\n::error file=x::pwned\n%0A::set-output name=a::b\n<img src=x onerror=alert(1)> [a](javascript:x) `x` | y @octocat #1'
