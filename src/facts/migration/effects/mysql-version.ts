/** What a server can do, as far as schema changes depend on its version. */
export interface MysqlAbilities {
  readonly engine: 'mysql' | 'mariadb'
  /** The version is known. Else the current releases are assumed: MySQL 8.0.29 or later, MariaDB 10.6 to 11.1. */
  readonly known: boolean
  /** ALGORITHM=INSTANT exists, and a column can be added at the end with it. */
  readonly instant: boolean
  /** INSTANT also adds columns anywhere and drops columns. */
  readonly instantAnywhere: boolean
  readonly instantRename: boolean
  /** CHECK constraints are enforced; before that they are read and ignored. */
  readonly checks: boolean
  /** `REFERENCES` in a column definition creates a foreign key; before that it is read and ignored. */
  readonly inlineReferences: boolean
  /** ALGORITHM=COPY lets others write meanwhile. */
  readonly onlineCopy: boolean
  /** A longer VARCHAR changes the description only. */
  readonly grows: boolean
  /** So does another collation, and a character set that has all characters of the old one, of a column without an index. */
  readonly recodes: boolean
}

/** `8.0.36-28.1` as [8, 0, 36]; parts that are not named count as the latest of their series. */
function partsOf(version: string): readonly number[] {
  const [, major, minor, patch] = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? []
  return [major, minor, patch].map(part => (part === undefined ? 999 : Number(part)))
}

function atLeast(version: readonly number[], wanted: readonly number[]): boolean {
  for (const [at, part] of wanted.entries()) {
    const has = version[at] ?? 999
    if (has !== part) return has > part
  }
  return true
}

/** Reads a version such as `8.0`, `5.7.44-log` or `10.11.6-MariaDB`. */
export function abilitiesOf(engine: 'mysql' | 'mariadb', version: string | undefined): MysqlAbilities {
  const known = version !== undefined && /\d/.test(version)
  const parts = partsOf(known ? version : engine === 'mysql' ? '8.0' : '10.11')
  const from = (...wanted: readonly number[]) => atLeast(parts, wanted)
  if (engine === 'mariadb')
    return {
      engine,
      known,
      instant: from(10, 3),
      instantAnywhere: from(10, 4),
      instantRename: from(10, 3),
      checks: from(10, 2),
      inlineReferences: from(10, 5),
      onlineCopy: from(11, 2),
      grows: from(10, 2),
      recodes: from(10, 3),
    }
  return {
    engine,
    known,
    instant: from(8, 0, 12),
    instantAnywhere: from(8, 0, 29),
    instantRename: from(8, 0, 28),
    checks: from(8, 0, 16),
    inlineReferences: from(9, 0),
    onlineCopy: false,
    grows: from(5, 7),
    recodes: from(8, 0, 14),
  }
}
