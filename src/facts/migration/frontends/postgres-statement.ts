import type { Constraint, CreateStmt, DropStmt, IndexStmt, Node, RenameStmt, SelectStmt } from '@pgsql/types'
import type { LockMode, Operation } from '../operation.ts'
import { alterTable } from './postgres-alter.ts'
import {
  columnOf,
  notNullColumn,
  partsOf,
  type Quoted,
  qualified,
  referenceOf,
  tableOf,
  textsOf,
  typeOf,
  walk,
} from './postgres-nodes.ts'
import { nameOfObject, objectKinds, objectsOf } from './postgres-objects.ts'
import { deleteRows, takesAll, updateRows } from './postgres-rows.ts'

/** What one statement does. Statements without any effect that concerns us come back as `harmless`. */
export function operationsOf(node: Node, quoted: Quoted): readonly Operation[] {
  if ('AlterTableStmt' in node) return alterTable(node.AlterTableStmt, quoted)
  if ('CreateStmt' in node) return [createTable(node.CreateStmt, quoted)]
  if ('IndexStmt' in node) return [createIndex(node.IndexStmt)]
  if ('DropStmt' in node) return drop(node.DropStmt)
  if ('RenameStmt' in node) return rename(node.RenameStmt)
  if ('UpdateStmt' in node) return [updateRows(node.UpdateStmt)]
  if ('DeleteStmt' in node) return [deleteRows(node.DeleteStmt)]
  if ('TruncateStmt' in node) {
    const { relations = [], behavior } = node.TruncateStmt
    return relations.flatMap(item =>
      'RangeVar' in item
        ? [{ op: 'truncate' as const, table: tableOf(item.RangeVar), cascade: behavior === 'DROP_CASCADE' }]
        : [],
    )
  }
  if ('InsertStmt' in node) return insert(node.InsertStmt)
  if ('CreateTableAsStmt' in node) {
    const { into } = node.CreateTableAsStmt
    return [emptyTable(tableOf(into?.rel), into?.rel?.relpersistence), ...objectsOf(node)]
  }
  if ('SelectStmt' in node && node.SelectStmt.intoClause !== undefined) {
    const { rel } = node.SelectStmt.intoClause
    return [emptyTable(tableOf(rel), rel?.relpersistence)]
  }
  return rarer(node)
}

function rarer(node: Node): readonly Operation[] {
  if ('ReindexStmt' in node) {
    const { kind, relation, name = '', params } = node.ReindexStmt
    const target =
      kind === 'REINDEX_OBJECT_INDEX'
        ? 'index'
        : kind === 'REINDEX_OBJECT_TABLE'
          ? 'table'
          : kind === 'REINDEX_OBJECT_SCHEMA'
            ? 'schema'
            : 'database'
    return [
      {
        op: 'reindex',
        target,
        name: relation === undefined ? name : tableOf(relation),
        concurrently: hasOption(params, 'concurrently'),
      },
    ]
  }
  if ('RefreshMatViewStmt' in node) {
    const { relation, concurrent } = node.RefreshMatViewStmt
    return [{ op: 'refresh-view', view: tableOf(relation), concurrently: concurrent === true }]
  }
  if ('ClusterStmt' in node) return [{ op: 'rebuild-table', table: tableOf(node.ClusterStmt.relation), how: 'CLUSTER' }]
  if ('VacuumStmt' in node) return vacuum(node.VacuumStmt)
  if ('LockStmt' in node) {
    const { relations = [], mode = 8 } = node.LockStmt
    return relations.flatMap(item =>
      'RangeVar' in item
        ? [{ op: 'lock-table' as const, table: tableOf(item.RangeVar), mode: lockModes[mode] ?? 'ACCESS EXCLUSIVE' }]
        : [],
    )
  }
  if ('CreateTrigStmt' in node)
    return [
      {
        op: 'create-trigger',
        table: tableOf(node.CreateTrigStmt.relation),
        trigger: node.CreateTrigStmt.trigname ?? '',
      },
    ]
  if ('AlterEnumStmt' in node) return enumValue(node.AlterEnumStmt)
  if ('CreateDomainStmt' in node) {
    const { domainname, typeName, constraints = [] } = node.CreateDomainStmt
    const constrained = constraints.some(
      item => 'Constraint' in item && /CHECK|NOTNULL/.test(item.Constraint.contype ?? ''),
    )
    return [{ op: 'create-domain', name: qualified(textsOf(domainname)), constrained, base: typeOf(typeName) }]
  }
  if ('AlterDomainStmt' in node) return alterDomain(node.AlterDomainStmt)
  if ('CreateEnumStmt' in node)
    return [{ op: 'harmless', what: `CREATE TYPE ${qualified(textsOf(node.CreateEnumStmt.typeName))}` }]
  const objects = objectsOf(node)
  if (objects.length > 0) return objects
  if ('DropdbStmt' in node) return [{ op: 'drop-database', name: node.DropdbStmt.dbname ?? '' }]
  if ('AlterObjectSchemaStmt' in node) {
    const { objectType, relation, newschema = '' } = node.AlterObjectSchemaStmt
    return objectType === 'OBJECT_TABLE'
      ? [{ op: 'rename-table', table: tableOf(relation), to: `${newschema}.${relation?.relname ?? ''}` }]
      : [{ op: 'harmless', what: 'SET SCHEMA' }]
  }
  if ('CreatePolicyStmt' in node)
    return [
      { op: 'metadata', table: tableOf(node.CreatePolicyStmt.table), what: 'CREATE POLICY', lock: 'ACCESS EXCLUSIVE' },
    ]
  if ('AlterPolicyStmt' in node)
    return [
      { op: 'metadata', table: tableOf(node.AlterPolicyStmt.table), what: 'ALTER POLICY', lock: 'ACCESS EXCLUSIVE' },
    ]
  if ('CommentStmt' in node) return comment(node.CommentStmt)
  if ('CreateStatsStmt' in node) {
    const from = node.CreateStatsStmt.relations?.[0]
    return [
      {
        op: 'metadata',
        table: from !== undefined && 'RangeVar' in from ? tableOf(from.RangeVar) : '',
        what: 'CREATE STATISTICS',
        lock: 'SHARE UPDATE EXCLUSIVE',
      },
    ]
  }
  return [{ op: 'harmless', what: Object.keys(node)[0] ?? '' }]
}

/** Lock modes by number, as LOCK TABLE's tree has them. */
const lockModes: readonly (LockMode | '')[] = [
  '',
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
]

function hasOption(options: readonly Node[] | undefined, name: string): boolean {
  return (options ?? []).some(item => 'DefElem' in item && item.DefElem.defname === name)
}

function emptyTable(table: string, persistence: string | undefined): Operation {
  return { op: 'create-table', table, columns: [], references: [], ...(persistence === 't' ? { temporary: true } : {}) }
}

function createTable(statement: CreateStmt, quoted: Quoted): Operation {
  const elements = statement.tableElts ?? []
  const columns = elements.flatMap(item => ('ColumnDef' in item ? [columnOf(item.ColumnDef, quoted)] : []))
  const constraints = elements.flatMap(item => ('Constraint' in item ? [item.Constraint] : []))
  const keys = new Set(constraints.flatMap(item => (item.contype === 'CONSTR_PRIMARY' ? textsOf(item.keys) : [])))
  const foreign = constraints.filter(item => item.contype === 'CONSTR_FOREIGN').map(referenceOf)
  const parent = statement.partbound === undefined ? undefined : statement.inhRelations?.[0]
  const persistence = statement.relation?.relpersistence
  const checks = constraints.flatMap(item =>
    item.contype === 'CONSTR_CHECK' ? (notNullColumn(item.raw_expr) ?? []) : [],
  )
  return {
    op: 'create-table',
    table: tableOf(statement.relation),
    columns: columns.map(column => (keys.has(column.name) ? { ...column, notNull: true, primaryKey: true } : column)),
    references: [...columns.flatMap(column => column.references ?? []), ...foreign],
    ...(parent !== undefined && 'RangeVar' in parent
      ? { partitionOf: tableOf(parent.RangeVar), defaultPartition: statement.partbound?.is_default === true }
      : {}),
    ...(statement.partspec === undefined ? {} : { partitioned: true }),
    ...(persistence === 't' ? { temporary: true } : {}),
    ...(persistence === 'u' ? { unlogged: true } : {}),
    ...(checks.length === 0 ? {} : { notNullChecks: checks }),
    ...(columns.some(({ check }) => check) || constraints.some(isRealCheck) ? { checked: true } : {}),
    ...declared(tableOf(statement.relation), constraints),
  }
}

/** Unique and foreign keys beside the columns, under the names that Postgres makes up for those without one. */
function declared(table: string, constraints: readonly Constraint[]): { declares?: readonly Operation[] } {
  const bare = table.slice(table.lastIndexOf('.') + 1)
  const declares = constraints.flatMap((item): readonly Operation[] => {
    const { contype, conname } = item
    if (contype === 'CONSTR_UNIQUE') {
      const columns = textsOf(item.keys)
      return [{ op: 'add-unique', table, name: conname ?? `${[bare, ...columns].join('_')}_key`, columns }]
    }
    if (contype !== 'CONSTR_FOREIGN') return []
    const columns = textsOf(item.fk_attrs)
    const name = conname ?? `${[bare, ...columns].join('_')}_fkey`
    return [{ op: 'add-foreign-key', table, name, columns, references: referenceOf(item), validated: true }]
  })
  return declares.length === 0 ? {} : { declares }
}

function isRealCheck({ contype, raw_expr: check }: Constraint): boolean {
  return contype === 'CONSTR_CHECK' && notNullColumn(check) === undefined
}

function createIndex(statement: IndexStmt): Operation {
  const columns = (statement.indexParams ?? []).map(item =>
    'IndexElem' in item ? (item.IndexElem.name ?? '(expression)') : '',
  )
  return {
    op: 'create-index',
    table: tableOf(statement.relation),
    ...(statement.idxname === undefined ? {} : { index: statement.idxname }),
    columns,
    unique: statement.unique === true,
    concurrently: statement.concurrent === true,
    ...(statement.relation?.inh === true ? {} : { only: true }),
    ...(statement.whereClause === undefined ? {} : { partial: true }),
    ...(statement.if_not_exists === true ? { ifNotExists: true } : {}),
  }
}

function drop(statement: DropStmt): readonly Operation[] {
  const cascade = statement.behavior === 'DROP_CASCADE'
  return (statement.objects ?? []).map((object): Operation => {
    const parts = partsOf(object)
    const name = qualified(parts)
    switch (statement.removeType) {
      case 'OBJECT_TABLE':
        return { op: 'drop-table', table: name, cascade }
      case 'OBJECT_INDEX':
        return { op: 'drop-index', index: name, concurrently: statement.concurrent === true }
      case 'OBJECT_SCHEMA':
        return { op: 'drop-schema', name, cascade }
      case 'OBJECT_TRIGGER':
        return { op: 'drop-trigger', table: qualified(parts.slice(0, -1)), trigger: parts.at(-1) ?? '' }
      case 'OBJECT_TYPE':
      case 'OBJECT_DOMAIN':
        return { op: 'drop-type', name: typeNameOf(object), cascade }
      case 'OBJECT_POLICY':
        return { op: 'metadata', table: qualified(parts.slice(0, -1)), what: 'DROP POLICY', lock: 'ACCESS EXCLUSIVE' }
      default: {
        const kind = objectKinds[statement.removeType ?? '']
        return kind === undefined
          ? { op: 'harmless', what: `DROP ${(statement.removeType ?? '').replace('OBJECT_', '')}` }
          : { op: 'drop-object', object: kind, name: nameOfObject(object) }
      }
    }
  })
}

function typeNameOf(object: Node): string {
  return 'TypeName' in object ? qualified(textsOf(object.TypeName.names)) : qualified(partsOf(object))
}

function rename(statement: RenameStmt): readonly Operation[] {
  const { renameType, relationType, relation, subname = '', newname = '' } = statement
  const table = tableOf(relation)
  if (renameType === 'OBJECT_TABLE') return [{ op: 'rename-table', table, to: newname }]
  if (renameType === 'OBJECT_COLUMN' && relationType === 'OBJECT_TABLE')
    return [{ op: 'rename-column', table, column: subname, to: newname }]
  if (renameType === 'OBJECT_INDEX') return [{ op: 'rename-index', index: table, to: newname }]
  if (renameType === 'OBJECT_TABCONSTRAINT')
    return [{ op: 'metadata', table, what: 'RENAME CONSTRAINT', lock: 'ACCESS EXCLUSIVE' }]
  if (renameType === 'OBJECT_SCHEMA') return [{ op: 'rename-schema', name: subname, to: newname }]
  const kind = objectKinds[renameType ?? '']
  if (kind === undefined) return [{ op: 'harmless', what: 'RENAME' }]
  const name = relation === undefined ? nameOfObject(statement.object) : table
  return [{ op: 'rename-object', object: kind, name, to: newname }]
}

function insert(statement: Extract<Node, { InsertStmt: unknown }>['InsertStmt']): readonly Operation[] {
  const query = statement.selectStmt
  const select: SelectStmt | undefined = query !== undefined && 'SelectStmt' in query ? query.SelectStmt : undefined
  if (select === undefined || select.valuesLists !== undefined) return [{ op: 'harmless', what: 'INSERT' }]
  const from = new Set<string>()
  walk(select, (name, node) => {
    if (name === 'RangeVar' && typeof node.relname === 'string')
      from.add(qualified([typeof node.schemaname === 'string' ? node.schemaname : '', node.relname]))
  })
  return from.size === 0
    ? [{ op: 'harmless', what: 'INSERT' }]
    : [
        {
          op: 'insert-select',
          table: tableOf(statement.relation),
          from: [...from],
          ...(statement.onConflictClause !== undefined && takesAll(select) ? { upserts: true } : {}),
        },
      ]
}

function vacuum(statement: Extract<Node, { VacuumStmt: unknown }>['VacuumStmt']): readonly Operation[] {
  const full = hasOption(statement.options, 'full')
  return (statement.rels ?? []).map((item): Operation => {
    const table = 'VacuumRelation' in item ? tableOf(item.VacuumRelation.relation) : ''
    return full
      ? { op: 'rebuild-table', table, how: 'VACUUM FULL' }
      : { op: 'metadata', table, what: 'VACUUM', lock: 'SHARE UPDATE EXCLUSIVE' }
  })
}

function enumValue(statement: Extract<Node, { AlterEnumStmt: unknown }>['AlterEnumStmt']): readonly Operation[] {
  const type = qualified(textsOf(statement.typeName))
  const { oldVal: value, newVal: to = '' } = statement
  return value === undefined
    ? [{ op: 'add-enum-value', type, value: to }]
    : [{ op: 'rename-enum-value', type, value, to }]
}

function alterDomain(statement: Extract<Node, { AlterDomainStmt: unknown }>['AlterDomainStmt']): readonly Operation[] {
  const { subtype, typeName, def } = statement
  const name = qualified(textsOf(typeName))
  const constraint = def !== undefined && 'Constraint' in def ? def.Constraint : undefined
  // C adds a constraint, V validates one, O sets NOT NULL.
  if (subtype === 'C') return [{ op: 'constrain-domain', name, validated: constraint?.skip_validation !== true }]
  if (subtype === 'V' || subtype === 'O') return [{ op: 'constrain-domain', name, validated: true }]
  return [{ op: 'harmless', what: 'ALTER DOMAIN' }]
}

function comment(statement: Extract<Node, { CommentStmt: unknown }>['CommentStmt']): readonly Operation[] {
  const parts = statement.object === undefined ? [] : partsOf(statement.object)
  const table =
    statement.objtype === 'OBJECT_TABLE'
      ? qualified(parts)
      : statement.objtype === 'OBJECT_COLUMN'
        ? qualified(parts.slice(0, -1))
        : undefined
  if (table === undefined) return [{ op: 'harmless', what: 'COMMENT' }]
  return [{ op: 'metadata', table, what: 'COMMENT', lock: 'SHARE UPDATE EXCLUSIVE' }]
}
