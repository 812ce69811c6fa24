import type { Artifact } from '../../artifact/types.ts'
import { isWayBack } from '../migration/frontends/sql-sections.ts'
import { familyOf } from '../migration/known.ts'

/** The part of a path that tells one migration of its series from the others: the file's name, or that of its folder. */
export function nameOf(path: string): string {
  const family = familyOf(path)
  return path.slice(family === '/' ? 0 : family.length).replace(/\/(migration|up)\.(sql|pgsql)$/i, '')
}

/**
 * What the runner remembers of a migration: the leading number for most, the whole name for those that store it
 * (Django, Knex, Sequelize, Prisma …).
 */
export function identityOf(path: string, framework: string): string {
  const name = nameOf(path)
  if (framework === 'django') return name.replace(/\.py$/, '')
  const version = /^V?(\d+(?:[._]\d+)*)(?=_|-|\.|$)/.exec(name)?.[1]
  if (version === undefined) return name
  if (framework === 'flyway') return version.replaceAll('_', '.')
  // Laravel keeps the whole name, which begins with a date.
  if (/^\d{4}_\d\d_\d\d_\d/.test(version)) return name.replace(/\.[a-z]+$/, '')
  const number = /^\d+/.exec(version)?.[0] ?? version
  return ['rails', 'goose', 'supabase', 'golang-migrate', 'dbmate', 'sqlx', 'tern', 'sql', 'sql-migrate'].includes(
    framework,
  )
    ? number
    : name.replace(/\.[a-z]+$/, '')
}

/** Files of the same series, in the order in which they run; ways back left out. */
export function seriesOf(path: string, paths: readonly string[]): readonly string[] {
  const family = familyOf(path)
  const ending = path.slice(path.lastIndexOf('.'))
  return paths
    .filter(
      other =>
        other.startsWith(family === '/' ? '' : family) &&
        other.endsWith(ending) &&
        familyOf(other) === family &&
        !isWayBack(other) &&
        /\d/.test(nameOf(other)),
    )
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
}

/** A guess at the runner by kind of file alone, for files that need not be parsed. */
export function frameworkOf(artifact: Pick<Artifact, 'kind' | 'path'>): string {
  if (artifact.kind === 'rails-migration') return 'rails'
  if (artifact.kind === 'django-migration') return 'django'
  if (artifact.kind === 'alembic-migration') return 'alembic'
  if (artifact.kind === 'javascript-migration') return 'javascript'
  if (/(^|\/)(V\d[\w.]*|R)__[^/]+\.sql$/.test(artifact.path)) return 'flyway'
  if (/(^|\/)\d{14}_[^/]+\/migration\.sql$/.test(artifact.path)) return 'prisma'
  if (/(^|\/)supabase\/migrations\//.test(artifact.path)) return 'supabase'
  return /\.up\.sql$/.test(artifact.path) ? 'golang-migrate' : 'sql'
}
