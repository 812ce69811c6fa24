/** Differences that are there on purpose, with the reason. A difference that is not listed here fails the run. */
interface Known {
  readonly statement: RegExp
  /** Major versions it concerns; all when absent. */
  readonly versions?: (version: number) => boolean
  readonly difference: RegExp
  readonly reason: string
}

const known: readonly Known[] = [
  {
    statement: /^(CREATE OR REPLACE|DROP) VIEW/,
    difference: /^locks/,
    reason: 'a lock on a view, held for no time, stops no writer of a table',
  },
  {
    statement: /\bINHERIT\b/,
    difference: /^locks/,
    reason: 'the weak lock on the parent (SHARE UPDATE EXCLUSIVE) blocks nobody',
  },
  {
    statement: /^REFRESH/,
    difference: /^locks/,
    reason: 'the tables behind a view are only read',
  },
  {
    statement: /\bVIRTUAL$|NOT NULL a NOT VALID$/,
    versions: version => version < 18,
    difference: /refuses it: .*syntax error/,
    reason: 'the syntax comes with PostgreSQL 18; the parser here is that of 18 and takes it',
  },
  {
    statement: /ADD VALUE 'zzz'; INSERT/,
    difference: /unsafe use of new value/,
    reason: 'refused because of the two statements together, which the rule migration/enum-value-used-too-early says',
  },
]

/** The reason for a difference, where it is a known one. */
export function knownDifference(sql: string, version: number, difference: string): string | undefined {
  return known.find(
    item =>
      item.statement.test(sql) && item.difference.test(difference) && (item.versions === undefined || item.versions(version)),
  )?.reason
}
