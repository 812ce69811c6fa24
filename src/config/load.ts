import defaults from '../../schema/config.schema.json?defaults'
import { UserError } from '../text/errors.ts'
import type { Config, Engine, Level, ServerConfig, TableStatistics } from './types.ts'

/** Where the configuration is looked for, first hit wins. */
export const configPaths = [
  'premortem.yml',
  'premortem.yaml',
  '.github/premortem.yml',
  '.github/premortem.yaml',
] as const

type Read = (path: string) => Promise<string | undefined>

/** The configuration as the schema lets it through, with the schema's defaults filled in. */
interface RawConfig {
  readonly rules: Readonly<Record<string, 'off' | Level>>
  readonly ignore: readonly string[]
  readonly databases: readonly { engine: Engine; version?: string | number; paths?: readonly string[] }[]
  readonly tables: string
  readonly window?: NonNullable<Config['window']>
  readonly environments: Config['environments']
  readonly schedules: Config['schedules']
  readonly schemas: NonNullable<Config['schemas']>
}

/**
 * Finds and reads the configuration and the table statistics. Without any file the defaults of the schema hold.
 * `read` reads from the side of the change that is trusted; `explicit` is a file the user named, already read.
 */
export async function loadConfig(read: Read, explicit?: { path: string; text: string }): Promise<Config> {
  const found = explicit ?? (await findConfig(read))
  const raw = await parseConfig(found?.text, found?.path ?? 'premortem.yml')
  const tablesText = await read(raw.tables)
  return toConfig(raw, tablesText === undefined ? {} : await parseTables(tablesText, raw.tables), found?.path)
}

/** The path of the statistics file that the configuration names; the usual one without. */
export async function tablesPath(read: Read, explicit?: { path: string; text: string }): Promise<string> {
  const found = explicit ?? (await findConfig(read))
  return (await parseConfig(found?.text, found?.path ?? 'premortem.yml')).tables
}

async function findConfig(read: Read): Promise<{ path: string; text: string } | undefined> {
  for (const path of configPaths) {
    const text = await read(path)
    if (text !== undefined) return { path, text }
  }
  return undefined
}

/** Parser and validators are loaded only when there is a file; without one the schema's defaults are all there is. */
async function parseConfig(text: string | undefined, path: string): Promise<RawConfig> {
  if (text === undefined) return defaults as RawConfig
  const { readConfig } = await import('./files.ts')
  const raw = readConfig(text, path) as RawConfig
  if (raw.window && !isTimeZone(raw.window.timezone))
    throw new UserError(
      `${path}: "${raw.window.timezone}" in window.timezone is not an IANA time zone`,
      'Use a name such as Europe/Berlin or UTC.',
    )
  return raw
}

/** What the statistics file holds. */
interface RawTables {
  readonly tables?: Record<string, TableStatistics> | null
  readonly server?: { engine: Engine; version: string | number; lockTimeoutMs?: number }
}

async function parseTables(text: string, path: string): Promise<RawTables> {
  const { readTables } = await import('./files.ts')
  return readTables(text, path) as RawTables
}

function toConfig(raw: RawConfig, { tables, server }: RawTables, path: string | undefined): Config {
  const { databases, ...rest } = raw
  return {
    ...(path === undefined ? {} : { path }),
    rules: rest.rules,
    ignore: rest.ignore,
    ...(rest.window === undefined ? {} : { window: rest.window }),
    environments: rest.environments,
    schedules: rest.schedules,
    schemas: rest.schemas,
    databases: databases.map(({ engine, version, paths }) => ({
      engine,
      ...(version === undefined ? {} : { version: String(version) }),
      ...(paths === undefined ? {} : { paths }),
    })),
    tables: tables ?? {},
    ...(server === undefined ? {} : { server: serverOf(server) }),
  }
}

function serverOf({ version, ...server }: NonNullable<RawTables['server']>): ServerConfig {
  return { ...server, version: String(version) }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
