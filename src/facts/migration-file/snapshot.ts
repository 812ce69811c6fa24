import type { Artifact } from '../../artifact/types.ts'
import type { FactContext } from '../types.ts'
import { blank } from './blank.ts'
import type { MigrationFileFact } from './fields.ts'

/** Statements of the migration DSL that a dump shows. Moving rows leaves no trace in it but its version. */
const changesSchema =
  /\b(?:create|add|change|remove|rename|drop|enable|disable|validate)_\w+|\bexecute\b|\bt\.\w+|\bsafety_assured\b|\b(?:up|down)_only\b/

/** New migrations of Rails that the dump of the schema, which every new database is made from, does not know. */
export async function snapshotFacts(
  context: FactContext,
  artifacts: readonly Artifact[],
): Promise<readonly MigrationFileFact[]> {
  const added = artifacts.filter(
    ({ status, kind, path, head }) =>
      status === 'added' &&
      kind === 'rails-migration' &&
      /\/[a-z_]*migrate\/\d{14}_/.test(path) &&
      changesSchema.test(head?.text ?? ''),
  )
  if (added.length === 0) return []
  const paths = await context.change.trees.head.list()
  const facts: MigrationFileFact[] = []
  const told = new Set<string>()
  for (const artifact of added) {
    const dump = dumpOf(artifact.path, paths)
    const text = dump === undefined ? undefined : await context.change.trees.head.read(dump)
    if (dump === undefined || text === undefined || told.has(dump)) continue
    const version = /\/(\d{14})_/.exec(artifact.path)?.[1] ?? ''
    const changed = context.change.files.some(({ path }) => path === dump)
    if (!isBehind(dump, text, version, changed)) continue
    told.add(dump)
    facts.push({
      ...blank,
      path: artifact.path,
      problem: 'snapshot-stale',
      framework: 'rails',
      what: version,
      other: dump,
    })
  }
  return facts
}

/** `db/migrate` and `db/post_migrate` belong to `db/schema.rb` or `db/structure.sql`, `db/animals_migrate` to `db/animals_schema.rb`. */
function dumpOf(path: string, paths: readonly string[]): string | undefined {
  const found = /^(.*\/)?([a-z_]*?)(?:post_)?migrate\/[^/]+$/.exec(path)
  if (found === null) return undefined
  const [, folder = '', prefix = ''] = found
  const names = [`${folder}${prefix}schema.rb`, `${folder}${prefix}structure.sql`]
  return names.find(name => paths.includes(name))
}

/** A structure.sql lists every version. A schema.rb tells the newest, which a migration of an older version leaves alone. */
function isBehind(dump: string, text: string, version: string, changed: boolean): boolean {
  if (dump.endsWith('.sql')) return /INSERT INTO .{0,20}schema_migrations/i.test(text) && !text.includes(version)
  const told = /\.define\(version:\s*([\d_]+)\)/.exec(text)?.[1]?.replaceAll('_', '')
  return told !== undefined && told.length === 14 && told < version && !changed
}
