import { memo } from '../../artifact/source.ts'
import type { Artifact } from '../../artifact/types.ts'
import { keyOf, noUsage, type Usage } from '../usage/search.ts'
import type { Target } from '../usage/target.ts'
import type { MigrationFact } from './fact.ts'
import type { Operation } from './operation.ts'
import { type Judged, touchedOperations } from './settled.ts'

/** What the change takes away or renames, and does not put back under the same name. */
export function removalsIn(
  migrations: readonly Judged[],
  created: ReadonlySet<string>,
  everyOperation: readonly Operation[],
): readonly Target[] {
  const back = new Set(everyOperation.flatMap(broughtBack))
  const live = migrations.filter(({ artifact }) => artifact.role === 'live')
  const targets = live.flatMap(migration =>
    touchedOperations(migration).flatMap((item): readonly Target[] => {
      const common = {
        framework: migration.program.framework,
        home: homeOf(migration.artifact.path),
        renamed: item.op.startsWith('rename'),
      }
      switch (item.op) {
        case 'drop-column':
        case 'rename-column':
          return [{ table: item.table, column: item.column, ...common }]
        case 'drop-table':
        case 'rename-table':
          return [{ table: item.table, ...common }]
        case 'drop-object':
        case 'rename-object': {
          const object = usedAs(item.object)
          // Moved to another schema, it is found by the search path.
          const moved = item.op === 'drop-object' && back.has(keyOf({ table: bare(item.name), ...object }))
          return moved ? [] : [{ table: item.name, ...object, ...common }]
        }
        default:
          return []
      }
    }),
  )
  const gone = targets.filter(target => !created.has(target.table) && !back.has(keyOf(target)))
  // The search has a bound: what every query names comes before what some call.
  return [
    ...gone.filter(({ object }) => object === undefined),
    ...gone.filter(({ object }) => object !== undefined),
    ...live.filter(({ artifact }) => isAfterRelease(artifact)).flatMap(additionsOf),
  ]
}

/** `packages/api/` of `packages/api/prisma/migrations/…`. */
const homeOf = (path: string): string => /^(.*\/)?prisma\/migrations\//.exec(path)?.[1] ?? ''

const bare = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

/** A view is used as a table is. */
function usedAs(object: string): { readonly object?: 'routine' | 'sequence' } {
  if (object === 'sequence') return { object }
  return object === 'view' ? {} : { object: 'routine' }
}

/** Names that are there afterwards: a view may take the place of a table, and the other way round. */
function broughtBack(item: Operation): readonly string[] {
  switch (item.op) {
    case 'add-column':
      return [keyOf({ table: item.table, column: item.column.name })]
    case 'rename-column':
      return [keyOf({ table: item.table, column: item.to })]
    case 'create-table':
      return [keyOf({ table: item.table })]
    case 'rename-table':
      return [keyOf({ table: item.to })]
    case 'create-object':
      return [item.name, bare(item.name)].map(table => keyOf({ table, ...usedAs(item.object) }))
    case 'rename-object':
      return [keyOf({ table: item.to, ...usedAs(item.object) })]
    default:
      return []
  }
}

/** Columns that come only when the code that wants them is live. */
function additionsOf(migration: Judged): readonly Target[] {
  return touchedOperations(migration).flatMap((item): readonly Target[] =>
    item.op === 'add-column'
      ? [{ table: item.table, column: item.column.name, framework: migration.program.framework, renamed: false }]
      : [],
  )
}

/** The project runs it when the new release is live: GitLab's folder, or a mark of django-safemigrate. */
export function isAfterRelease({ path, head }: Artifact): boolean {
  if (/(^|\/)[a-z0-9_]*post_migrate\//.test(path)) return true
  if (head === undefined || !path.endsWith('.py')) return false
  return memo(head, 'after release', () => /^[ \t]+safe\s*=\s*Safe\.after_deploy\b/m.test(head.text))
}

const removes = /^(drop|rename)-(column|table|object)$|^view-column-gone$/

export function withUsage(fact: MigrationFact, usages: ReadonlyMap<string, Usage>): MigrationFact {
  const early = fact.operation === 'add-column' && fact.afterRelease
  if (!early && !removes.test(fact.operation)) return fact
  const object = fact.operation.endsWith('-object') ? usedAs(fact.how) : {}
  const { head, base, certain, unused, leftOutNow } = usages.get(keyOf({ ...fact, ...object })) ?? noUsage
  if (early) return { ...fact, usedAt: head, usageCertain: certain }
  return { ...fact, usedAt: head, usedBefore: base, usageCertain: certain, unused, ignoredNow: leftOutNow }
}
