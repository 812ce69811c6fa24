import type { Finding } from '../rule/types.ts'
import type { Reporter } from './model.ts'

/** The stable machine format; its schema is `schema/report.schema.json`. */
export const json: Reporter = report => {
  const { version, base, head, level, files, findings, suppressed, notAnalysed, problems, timing } = report
  const out = {
    version,
    base,
    head,
    level,
    findings: findings.map(findingOf),
    suppressed: suppressed.map(({ finding, reason, by, addedHere }) => ({
      ...findingOf(finding),
      reason,
      by,
      addedHere,
    })),
    notAnalysed: notAnalysed.map(({ path, reason }) => ({ path, reason })),
    problems,
    files,
    timing,
  }
  return `${JSON.stringify(out, printable, 2)}\n`
}

/** The keys of the contract, in its order, whatever else a finding may carry. */
export function findingOf(finding: Finding) {
  const {
    rule,
    level,
    path,
    line,
    column,
    endLine,
    endColumn,
    side,
    message,
    why,
    fix,
    rewrite,
    evidence,
    fingerprint,
    docs,
    headLine,
  } = finding
  return {
    rule,
    level,
    path,
    line,
    column,
    endLine,
    endColumn,
    side,
    ...(headLine === undefined ? {} : { headLine }),
    message,
    why,
    fix,
    ...(rewrite === undefined ? {} : { rewrite }),
    evidence,
    fingerprint,
    docs,
  }
}

/** Facts may hold large integers, which JSON does not know. */
function printable(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
