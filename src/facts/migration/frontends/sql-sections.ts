import type { Program } from '../operation.ts'

/** How a runner reads an SQL file: what it runs forwards and back (other parts blanked, offsets kept), and in which transaction. */
export interface Sections {
  readonly framework: string
  readonly transaction: Program['transaction']
  /** A single statement is sent by itself, so that it runs outside of any transaction. */
  readonly singleIsBare: boolean
  readonly up: string
  readonly down?: string
}

/** What the files around a migration tell about its runner, where its path and text do not. */
export interface Told {
  readonly framework?: string
  readonly transaction?: Program['transaction']
  readonly singleIsBare?: boolean
}

interface Marker {
  readonly framework: string
  readonly up: RegExp
  readonly down: RegExp
  /** In the file or on the line of `up`: the runner opens no transaction. */
  readonly bare: RegExp
}

const markers: readonly Marker[] = [
  {
    framework: 'goose',
    up: /^--\s*\+goose\s+up\b.*$/im,
    down: /^--\s*\+goose\s+down\b.*$/im,
    bare: /^--\s*\+goose\s+no\s+transaction/im,
  },
  {
    framework: 'sql-migrate',
    up: /^--\s*\+migrate\s+up\b.*$/im,
    down: /^--\s*\+migrate\s+down\b.*$/im,
    bare: /^--\s*\+migrate\s+up\b.*notransaction/im,
  },
  {
    framework: 'dbmate',
    up: /^--\s*migrate:up\b.*$/im,
    down: /^--\s*migrate:down\b.*$/im,
    bare: /^--\s*migrate:up\b.*transaction:\s*false/im,
  },
  { framework: 'node-pg-migrate', up: /^--\s*up migration\b.*$/im, down: /^--\s*down migration\b.*$/im, bare: /^(?!)/ },
  { framework: 'play', up: /^(--|#).*!Ups\b.*$/im, down: /^(--|#).*!Downs\b.*$/im, bare: /^(?!)/ },
  {
    framework: 'tern',
    up: /^(?!)/,
    down: /^---- create above \/ drop below ----.*$/im,
    bare: /^----\s*tern:\s*disable-tx/im,
  },
  {
    framework: 'rambler',
    up: /^--\s*rambler up\b.*$/im,
    down: /^--\s*rambler down\b.*$/im,
    bare: /^--\s*rambler no-transaction/im,
  },
]

/** A word of every marker: most files have none, and asking for each in turn costs more than parsing them. */
const hasMarker = /\+goose|\+migrate|migrate:|(up|down) migration|!Ups|!Downs|create above|rambler/i

/** Runners told by the path; the first match wins. */
const runners: readonly {
  readonly framework: string
  readonly path: RegExp
  readonly transaction: Program['transaction']
  readonly bare?: RegExp
  readonly singleIsBare?: boolean
}[] = [
  {
    framework: 'flyway',
    path: /(^|\/)(V\d[\w.]*|R)__[^/]+\.sql$/,
    transaction: 'wrapped',
    bare: /\bconcurrently\b|\bvacuum\b|^--\s*(flyway:\s*)?executeInTransaction\s*=\s*false/im,
  },
  // The server that applies Hasura's migrations wraps each in a transaction; its versions are milliseconds.
  { framework: 'hasura', path: /(^|\/)migrations\/([^/]+\/)?\d{13}_[^/]+\/up\.sql$/, transaction: 'wrapped' },
  // Ory's runner: its name says which files run without a transaction.
  { framework: 'popx', path: /\.autocommit\.up\.sql$/, transaction: 'each' },
  { framework: 'popx', path: /(^|\/)\d{20}_[^/]+\.up\.sql$/, transaction: 'likely', bare: /\bconcurrently\b/i },
  // One multi-statement message, which Postgres runs as one transaction.
  { framework: 'prisma', path: /(^|\/)\d{14}_[^/]+\/migration\.sql$/, transaction: 'wrapped', singleIsBare: true },
  {
    framework: 'supabase',
    path: /(^|\/)supabase\/migrations\/[^/]+\.sql$/,
    transaction: 'likely',
    bare: /\bconcurrently\b/i,
  },
  {
    framework: 'golang-migrate',
    path: /(^|\/)\d+_[^/.]+\.up\.sql$/,
    transaction: 'likely',
    bare: /\bconcurrently\b/i,
    singleIsBare: true,
  },
  { framework: 'sqitch', path: /(^|\/)sqitch[^/]*\/deploy\/|(^|\/)deploy\/[^/]+\.sql$/, transaction: 'each' },
]

/** A file that only takes a migration back, or checks one. */
export function isWayBack(path: string): boolean {
  // `V2__undo.sql` goes forwards, whatever it undoes.
  if (/(^|\/)V\d[^/]*$/.test(path)) return false
  return (
    /(^|[/._-])(down|undo|revert|rollback|downgrade)\.(sql|pgsql)$/i.test(path) ||
    /(^|\/)(U\d[\w.]*__[^/]+\.sql|(revert|reverts|verify|down|undo|rollbacks?|downgrades?)\/[^/]+\.(sql|pgsql))$/i.test(
      path,
    )
  )
}

/** Finds out which runner reads the file, and what it does with it. */
export function sectionsOf(path: string, text: string, told: Told = {}): Sections {
  const marked = hasMarker.test(text)
    ? markers.find(marker => marker.up.test(text) || marker.down.test(text))
    : undefined
  if (marked !== undefined) return markedSections(marked, text)
  // Drizzle's migrator sends all statements of all pending files in one transaction.
  if (/-->\s*statement-breakpoint/.test(text) || /(^|\/)drizzle\/(.+\/)?[^/]+\.sql$/.test(path))
    return { framework: 'drizzle', transaction: 'wrapped', singleIsBare: false, up: text }
  const runner = runners.find(({ path: pattern }) => pattern.test(path))
  // Runners whose files are told by their path alone are not looked for in manifests.
  if (told.transaction !== undefined && !/^(hasura|popx|prisma|supabase|sqitch)$/.test(runner?.framework ?? '')) {
    const { framework = 'sql', transaction, singleIsBare = false } = told
    return { framework, transaction, singleIsBare, up: text }
  }
  if (runner !== undefined) {
    const { framework, transaction, bare, singleIsBare = false } = runner
    return { framework, transaction: bare?.test(text) ? 'each' : transaction, singleIsBare, up: text }
  }
  // Somebody who writes CONCURRENTLY into a file knows that his runner opens no transaction.
  const bare = /\bconcurrently\b|^--\s*no-transaction\b|^--.*\bdisable-transaction\b/im.test(text)
  return { framework: 'sql', transaction: bare ? 'each' : 'likely', singleIsBare: true, up: text }
}

function markedSections({ framework, up, down, bare }: Marker, text: string): Sections {
  const from = up.exec(text)?.index ?? 0
  const back = down.exec(text)?.index
  const upEnds = back === undefined || back < from ? text.length : back
  const downEnds = back !== undefined && back < from ? from : text.length
  return {
    framework,
    transaction: bare.test(text) ? 'each' : 'wrapped',
    singleIsBare: false,
    up: only(text, from + markerAt(up, text), upEnds),
    ...(back === undefined ? {} : { down: only(text, back + markerAt(down, text), downEnds) }),
  }
}

/** The line of a marker need not be a comment of SQL: Play begins it with `#`. */
function markerAt(marker: RegExp, text: string): number {
  return marker.exec(text)?.[0].length ?? 0
}

function only(text: string, from: number, to: number): string {
  return text.slice(0, from).replace(/[^\n]/g, ' ') + text.slice(from, to) + text.slice(to).replace(/[^\n]/g, ' ')
}
