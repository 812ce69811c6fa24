const name = String.raw`(?:"(?:[^"]|"")+"|[\w$\u0080-\uffff]+)`
const table = String.raw`(${name}(?:\.${name})?)`

/** The statement that takes another one back: the empty text where there is nothing to take back, undefined where it cannot be. */
export function undoOf(sql: string): string | undefined {
  for (const [pattern, undo] of ways) {
    const found = new RegExp(pattern, 'i').exec(sql)
    if (found !== null) return undo.replace(/\$(\d)/g, (_, at: string) => found[Number(at)] ?? '')
  }
  return undefined
}

/** Statements as rewrites write them, one clause each. */
const ways: readonly (readonly [pattern: string, undo: string])[] = [
  [`^ALTER TABLE ${table} VALIDATE CONSTRAINT `, ''],
  [`^ALTER TABLE ${table} ADD CONSTRAINT (${name}) [^;]*$`, 'ALTER TABLE $1 DROP CONSTRAINT $2'],
  [`^ALTER TABLE ${table} ADD COLUMN (${name}) [^;]*$`, 'ALTER TABLE $1 DROP COLUMN $2'],
  [`^ALTER TABLE ${table} ALTER COLUMN (${name}) SET DEFAULT `, 'ALTER TABLE $1 ALTER COLUMN $2 DROP DEFAULT'],
  [`^CREATE (?:UNIQUE )?INDEX CONCURRENTLY (${name}) ON `, 'DROP INDEX CONCURRENTLY $1'],
  [String.raw`^CREATE FUNCTION (${name}\(\)) RETURNS trigger `, 'DROP FUNCTION $1'],
  [String.raw`^CREATE TRIGGER (${name}) [\s\S]*? ON ${table} FOR EACH ROW`, 'DROP TRIGGER $1 ON $2'],
]
