import type { Artifact } from '../../artifact/types.ts'
import { nameOf } from '../migration/series.ts'

/**
 * What the runner remembers of a migration: the leading number for most, the whole name for those that store it
 * (Django, Knex, Sequelize, Prisma …).
 */
export function identityOf(path: string, framework: string): string {
  const name = nameOf(path)
  if (framework === 'django') return name.replace(/\.py$/, '')
  // Diesel: all before the first underscore, without the dashes.
  const dated = /^\d{4}-\d\d-\d\d-\d[\d-]*(?=_|$)/.exec(name)?.[0]
  if (dated !== undefined) return dated.replaceAll('-', '')
  if (/^\d{4}-\d\d-\d\d/.test(name)) return name.replace(/\.[a-z]+$/, '')
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
