import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { tablesPath } from '../config/load.ts'
import { readStatistics } from '../database/read.ts'
import type { Statistics } from '../database/types.ts'
import { tablesFile } from '../database/write.ts'
import { messageOf, UserError } from '../text/errors.ts'
import type { Flags } from './arguments.ts'
import type { Io } from './io.ts'

const engines = { postgres: 'PostgreSQL', mysql: 'MySQL', mariadb: 'MariaDB', sqlite: 'SQLite' } as const

/** `premortem stats`: reads the size of the tables from a running server and writes the statistics file. Gives the exit code. */
export async function runStats(flags: Flags, io: Io): Promise<number> {
  const url = flags['database-url'] ?? io.env.DATABASE_URL ?? ''
  if (url === '')
    throw new UserError(
      'no database is named',
      'Give --database-url postgres://user:password@host/name (or mysql://…), or set DATABASE_URL.',
    )
  const sample = wholeNumber('sample', flags.sample)
  const least = wholeNumber('min-rows', flags['min-rows']) ?? 0
  // A path that cannot be written should not cost a connection first.
  const path = flags.output ?? (await configuredPath(flags, io))
  const statistics = await readStatistics(url, {
    schemas: flags.schema ?? [],
    ...(sample === undefined ? {} : { sample }),
  })
  if (Object.keys(statistics.tables).length === 0) throw noTables(flags.schema)
  const large = atLeast(statistics, least)
  const text = tablesFile(large, io.now)
  if (path === '-') io.out(text)
  else write(resolve(io.cwd, path), path, text)
  io.err(`${summary(large, path)}\n`)
  return 0
}

/** Tables with fewer rows than `least` are left out; one whose rows are unknown stays. */
function atLeast(statistics: Statistics, least: number): Statistics {
  const entries = Object.entries(statistics.tables).filter(([, { rows }]) => rows === undefined || rows >= least)
  return { ...statistics, tables: Object.fromEntries(entries) }
}

function noTables(schemas: readonly string[] | undefined): UserError {
  return schemas === undefined
    ? new UserError(
        'no tables are to be seen in this database',
        'Check its name at the end of the URL, and that the user may see the tables: GRANT SELECT ON …',
      )
    : new UserError(
        `no tables are to be seen in ${schemas.join(', ')}`,
        'Check --schema, and that the user may see the tables: GRANT SELECT ON …',
      )
}

function summary({ server, tables, rates }: Statistics, path: string): string {
  const count = Object.keys(tables).length
  const from = `${engines[server.engine]} ${server.version}`
  const where = path === '-' ? '' : ` into ${path}`
  return `wrote ${count} ${count === 1 ? 'table' : 'tables'} of ${from}${where}; reads and writes per second: ${rates || 'left out'}`
}

async function configuredPath(flags: Flags, io: Io): Promise<string> {
  const read = async (path: string): Promise<string | undefined> => textAt(resolve(io.cwd, path))
  const { config } = flags
  if (config === undefined) return tablesPath(read)
  const text = await read(config)
  if (text === undefined) throw new UserError(`--config ${config} cannot be read`)
  return tablesPath(read, { path: config, text })
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function write(file: string, name: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  } catch (error) {
    throw new UserError(`${name} cannot be written: ${messageOf(error)}`)
  }
}

function wholeNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,12}$/.test(text)) throw new UserError(`--${flag} ${text}: it is a whole number`)
  return Number(text)
}
