/** A fact in which nothing is said yet. */
export const blank = {
  kind: 'migration-file',
  side: 'head',
  span: { line: 1, column: 1, endLine: 1, endColumn: 1 },
  changes: '',
  what: '',
  gone: false,
  other: '',
  checksum: false,
  newest: false,
  accompanied: false,
} as const
