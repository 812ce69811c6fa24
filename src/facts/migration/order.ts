import type { Tree } from '../../change/types.ts'
import { blankFact, type Setting } from './build.ts'
import type { MigrationFact } from './fact.ts'
import { isWayBack } from './frontends/sql-sections.ts'
import { familyOf } from './known.ts'

/** Runners that refuse or silently skip a migration whose version is not the newest. Rails, dbmate, Prisma and sqlx run it. */
const strict = new Set(['flyway', 'supabase', 'goose', 'node-pg-migrate', 'tern', 'golang-migrate'])

/** The version a migration's name begins with, as numbers: `V2_1__x.sql` → [2, 1]; undefined without one. */
function versionOf(path: string, family: string): readonly number[] | undefined {
  const name = path.slice(family === '/' ? 0 : family.length)
  const found = /^V?(\d+(?:[._]\d+)*)(?=_|-|\.|\/)/.exec(name)?.[1]
  // Past a time stamp come words and further numbers of the description.
  return found === undefined
    ? undefined
    : /^\d{8,}/.test(found)
      ? [Number(/^\d+/.exec(found)?.[0])]
      : flywayParts(name, found)
}

/** Only Flyway's versions have parts; elsewhere `0042_2_x` is version 42 of something that begins with a 2. */
function flywayParts(name: string, found: string): readonly number[] {
  const parts = found.split(/[._]/).map(Number)
  return name.startsWith('V') ? parts : parts.slice(0, 1)
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** A new migration whose version sorts before one that is on the base branch already, or equals one. */
export async function orderFacts(setting: Setting, base: Tree): Promise<readonly MigrationFact[]> {
  const { artifact, program } = setting
  if (artifact.status !== 'added' || !strict.has(program.framework)) return []
  const family = familyOf(artifact.path)
  const own = versionOf(artifact.path, family)
  if (own === undefined) return []
  let newest: { path: string; version: readonly number[] } | undefined
  let twin: string | undefined
  const paths = await base.list()
  // sqlx names its files in the same way, and does not mind the order.
  if (program.framework === 'golang-migrate' && !paths.some(path => /(^|\/)go\.mod$/.test(path))) return []
  for (const path of paths) {
    if (
      !path.startsWith(family) ||
      !/\.(sql|pgsql)$/.test(path) ||
      path === artifact.path ||
      isWayBack(path) ||
      familyOf(path) !== family
    )
      continue
    const version = versionOf(path, family)
    if (version === undefined || scale(version) !== scale(own)) continue
    const order = compare(version, own)
    if (order === 0) twin = path
    if (order > 0 && (newest === undefined || compare(version, newest.version) > 0)) newest = { path, version }
  }
  const other = twin ?? newest?.path
  if (other === undefined) return []
  const first = program.up[0]
  return [
    {
      ...blankFact(setting, 'out-of-order', first?.text ?? ''),
      ...(first === undefined ? {} : { span: first.span }),
      how: twin === undefined ? 'older' : 'same',
      to: other,
    },
  ]
}

/** Counted numbers and time stamps in one folder belong to different eras. */
function scale(version: readonly number[]): 'time' | 'number' {
  return (version[0] ?? 0) >= 19_000_000 ? 'time' : 'number'
}
