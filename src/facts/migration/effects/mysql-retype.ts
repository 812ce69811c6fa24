import type { ColumnSpec, ColumnType, Operation } from '../operation.ts'
import { indexed } from './mysql-column.ts'
import type { MysqlOptions } from './mysql-options.ts'
import { changeOfType, nameOf, type TypeChange } from './mysql-types.ts'
import type { MysqlAbilities } from './mysql-version.ts'
import * as ways from './mysql-ways.ts'
import { assuming, type Way } from './mysql-ways.ts'

type Retype = Extract<Operation, { op: 'change-type' }>

/** Where only the description of the table changes. */
export function description(abilities: MysqlAbilities): Way {
  return abilities.instant ? ways.instant : ways.metadata
}

function unknownChange(operation: Retype, options: MysqlOptions, abilities: MysqlAbilities): Way {
  const renamed = (options.siblings ?? []).some(
    other => other.op === 'rename-column' && other.table === operation.table && other.column === operation.column,
  )
  if (renamed) return assuming(description(abilities), 'the column keeps its type')
  if (/^(?:enum|set)$/.test(nameOf(operation.to)))
    return assuming(description(abilities), 'new values are added at the end of the list')
  return assuming(ways.copy, 'the old type of the column is not known; a change of the type is assumed')
}

const bare = (expression: string | undefined): string | undefined => expression?.replace(/[\s`]/g, '').toLowerCase()

/** A generated column that stays, or becomes, a generated one; undefined when its type decides. */
function regenerate(spec: ColumnSpec, before: ColumnSpec, { engine }: MysqlAbilities): Way | undefined {
  const stored = spec.generated === 'stored' || before.generated === 'stored'
  if (!stored && !(spec.generated === 'virtual' && before.generated === 'virtual')) return undefined
  if (spec.generated !== before.generated) return ways.copy
  const same = spec.expression === undefined || bare(spec.expression) === bare(before.expression)
  if (stored) return engine === 'mariadb' || !same ? ways.copy : undefined
  if (engine === 'mariadb') return spec.placed ? ways.copy : undefined
  return same ? undefined : ways.copy
}

/** Another collation, or a character set with more characters. */
function recode(change: TypeChange, operation: Retype, options: MysqlOptions, abilities: MysqlAbilities): Way {
  const hasIndex = indexed(operation.column, options)
  if (abilities.engine === 'mariadb') return hasIndex && change.collation ? ways.nocopyBuild : description(abilities)
  if (hasIndex) return change.certain ? ways.copy : assuming(description(abilities), 'the column keeps its collation')
  return hasIndex === undefined ? assuming(ways.metadata, 'no index has the column') : ways.metadata
}

export function changeType(operation: Retype, options: MysqlOptions, abilities: MysqlAbilities): Way {
  const before = options.column
  const from: ColumnType | undefined = operation.from ?? before?.type
  const { to, spec } = operation
  const mariadb = abilities.engine === 'mariadb'
  if (spec?.generated === 'stored' && before?.generated !== 'stored') return ways.copy
  if (spec && before && spec.numbered !== before.numbered) {
    if (spec.numbered) return ways.offlineCopy
    if (!mariadb) return ways.copy
  }
  if (spec?.check && !mariadb && abilities.checks) return ways.copy
  if (!from) return unknownChange(operation, options, abilities)
  const change = changeOfType(from, to, abilities, options.table?.charset)
  const with_ = (way: Way) => (change.assumes === undefined ? way : assuming(way, change.assumes))
  if (change.how === 'copied') return with_(ways.copy)
  const generated = spec && before ? regenerate(spec, before, abilities) : undefined
  if (generated) return generated
  // A column of the primary key is NOT NULL, said or not.
  if (spec && before && !before.primaryKey && spec.notNull !== before.notNull) {
    // MariaDB cannot put the current time into timestamps that are NULL without copying.
    const filled = spec.notNull && nameOf(to) === 'timestamp' && (spec.default?.functions.length ?? 0) > 0
    return mariadb && filled ? ways.copy : ways.rebuild
  }
  if (spec?.placed && spec.generated !== 'virtual') return placed(options, abilities)
  if (change.how === 'recoded') return with_(recode(change, operation, options, abilities))
  // Longer VARCHARs are not among what MySQL does instantly.
  if (change.how === 'grows' && nameOf(to).startsWith('var') && !mariadb) return with_(ways.metadata)
  return with_(description(abilities))
}

function placed({ table }: MysqlOptions, abilities: MysqlAbilities): Way {
  const possible = abilities.engine === 'mariadb' && abilities.instantAnywhere
  return possible && !table?.compressed && !table?.hasFulltextIndex ? ways.instant : ways.rebuild
}
