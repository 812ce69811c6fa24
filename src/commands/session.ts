import type { Change, Side, Tree } from '../change/types.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/types.ts'
import { factKinds } from '../facts/index.ts'
import type { Rule } from '../rule/types.ts'
import { closest } from '../text/distance.ts'
import { UserError } from '../text/errors.ts'

/** Where users keep rules of their own. */
export const userRules = '.premortem/rules'

export interface Session {
  readonly config: Config
  readonly rules: readonly Rule[]
}

/** The configuration and the rules in force for a change, both read from the side that is trusted. */
export async function openSession(
  change: Change,
  builtIn: readonly Rule[],
  from: Side,
  explicit?: { path: string; text: string },
): Promise<Session> {
  const tree = change.trees[from]
  const config = await loadConfig(path => tree.read(path), explicit)
  const own = await readUserRules(tree)
  const rules = [...builtIn, ...own]
  const known = new Set(rules.map(rule => rule.id))
  const areas = new Set([...known].map(id => `${id.split('/')[0]}/*`))
  for (const id of Object.keys(config.rules)) {
    if (known.has(id) || areas.has(id)) continue
    const meant = closest(id, [...known, ...areas])
    throw new UserError(
      `${config.path ?? 'premortem.yml'}: there is no rule "${id}"${meant === undefined ? '' : ` (did you mean "${meant}"?)`}`,
      'List them with: premortem rules',
    )
  }
  return { config, rules }
}

/** The configuration with the statistics of a running database in place of those in the file. */
export async function withLiveStatistics(config: Config, url: string | undefined): Promise<Config> {
  if (url === undefined || url === '') return config
  const { readStatistics } = await import('../database/read.ts')
  const { server, tables } = await readStatistics(url, { schemas: [] })
  return { ...config, server, tables }
}

async function readUserRules(tree: Tree): Promise<readonly Rule[]> {
  const paths = (await tree.list(userRules)).filter(path => /\.ya?ml$/.test(path))
  const files = await Promise.all(
    paths.map(async path => ({
      path,
      expectedId: path.slice(userRules.length + 1).replace(/\.ya?ml$/, ''),
      text: (await tree.read(path)) ?? '',
    })),
  )
  if (files.length === 0) return []
  const { readRules } = await import('../rule/load.ts')
  return readRules(files, factKinds)
}

/** The rules that `--rule` leaves. Throws a UserError for a name that is none. */
export function selectRules(rules: readonly Rule[], wanted: readonly string[] | undefined): readonly Rule[] {
  if (wanted === undefined) return rules
  const areas = new Set(rules.map(rule => `${rule.id.split('/')[0]}/*`))
  for (const name of wanted) {
    if (areas.has(name) || rules.some(rule => rule.id === name)) continue
    const meant = closest(name, [...rules.map(rule => rule.id), ...areas])
    throw new UserError(
      `--rule ${name}: there is no such rule${meant === undefined ? '' : ` (did you mean ${meant}?)`}`,
      'List them with: premortem rules',
    )
  }
  return rules.filter(rule => wanted.includes(rule.id) || wanted.includes(`${rule.id.split('/')[0]}/*`))
}
