import type { AlterTableCmd, AlterTableStmt, Constraint } from '@pgsql/types'
import type { LockMode, Operation, SwitchName } from '../operation.ts'
import {
  columnOf,
  expressionText,
  functionsIn,
  notNullColumn,
  type Quoted,
  referenceOf,
  tableOf,
  textsOf,
  typeOf,
} from './postgres-nodes.ts'

/** The operations of an ALTER TABLE, one per clause, in order. */
export function alterTable(statement: AlterTableStmt, quoted: Quoted): readonly Operation[] {
  const table = tableOf(statement.relation)
  if (statement.objtype !== 'OBJECT_TABLE') return [{ op: 'harmless', what: 'ALTER' }]
  return (statement.cmds ?? []).map(node => {
    if (!('AlterTableCmd' in node)) return { op: 'harmless', what: 'ALTER TABLE' }
    return clause(table, node.AlterTableCmd, quoted)
  })
}

function clause(table: string, command: AlterTableCmd, quoted: Quoted): Operation {
  const { subtype, name = '', def } = command
  const cascade = command.behavior === 'DROP_CASCADE'
  const column = def !== undefined && 'ColumnDef' in def ? def.ColumnDef : undefined
  const partition = def !== undefined && 'PartitionCmd' in def ? def.PartitionCmd : undefined
  switch (subtype) {
    case 'AT_AddColumn':
      return column === undefined ? harmless(subtype) : { op: 'add-column', table, column: columnOf(column, quoted) }
    case 'AT_DropColumn':
      return { op: 'drop-column', table, column: name }
    case 'AT_AlterColumnType':
      return changeType(table, name, command, quoted)
    case 'AT_SetNotNull':
      return { op: 'set-not-null', table, column: name }
    case 'AT_DropNotNull':
      return { op: 'drop-not-null', table, column: name }
    case 'AT_ColumnDefault':
      if (def === undefined) return { op: 'drop-default', table, column: name }
      return {
        op: 'set-default',
        table,
        column: name,
        default: { text: setDefaultText(name, quoted), functions: functionsIn(def) },
      }
    case 'AT_AddConstraint':
      return def !== undefined && 'Constraint' in def ? addConstraint(table, def.Constraint) : harmless(subtype)
    case 'AT_ValidateConstraint':
      return { op: 'validate-constraint', table, constraint: name }
    case 'AT_DropConstraint':
      return { op: 'drop-constraint', table, constraint: name }
    case 'AT_SetLogged':
    case 'AT_SetUnLogged':
    case 'AT_SetTableSpace':
      return { op: 'rebuild-table', table, how: rebuilds[subtype] }
    case 'AT_AttachPartition':
      return { op: 'attach-partition', table, partition: tableOf(partition?.name) }
    case 'AT_DetachPartition':
      return {
        op: 'detach-partition',
        table,
        partition: tableOf(partition?.name),
        concurrently: partition?.concurrent === true,
      }
    case 'AT_SetAccessMethod':
      return { op: 'rebuild-table', table, how: `SET ACCESS METHOD ${name === '' ? 'DEFAULT' : name}` }
    default: {
      const what = switchOf(command)
      if (what !== undefined) return { op: 'switch', table, what, lock: metadataLock(subtype) }
      return {
        op: 'metadata',
        table,
        what: `${subtype ?? ''}${cascade ? ' CASCADE' : ''}`,
        lock: metadataLock(subtype),
      }
    }
  }
}

/** What the clause turns on or off that others rely on. */
function switchOf({ subtype, def }: AlterTableCmd): SwitchName | undefined {
  switch (subtype) {
    case 'AT_DisableTrigAll':
    case 'AT_DisableTrigUser':
      return 'triggers off'
    case 'AT_DisableTrig':
      return 'trigger off'
    case 'AT_EnableTrigAll':
    case 'AT_EnableTrigUser':
    case 'AT_EnableTrig':
    case 'AT_EnableAlwaysTrig':
      return 'triggers on'
    case 'AT_EnableRowSecurity':
      return 'row security on'
    case 'AT_ReplicaIdentity':
      return def !== undefined && 'ReplicaIdentityStmt' in def && def.ReplicaIdentityStmt.identity_type === 'n'
        ? 'replica identity nothing'
        : undefined
    case 'AT_ResetRelOptions':
    case 'AT_SetRelOptions':
      return autovacuum(subtype === 'AT_ResetRelOptions', def)
    default:
      return undefined
  }
}

function autovacuum(reset: boolean, def: AlterTableCmd['def']): SwitchName | undefined {
  const options = def !== undefined && 'List' in def ? (def.List.items ?? []) : []
  const option = options.find(item => 'DefElem' in item && item.DefElem.defname === 'autovacuum_enabled')
  if (option === undefined) return undefined
  return !reset && /"sval":"(false|off|no|0)"|"ival":\{\}|"ival":0|"boolval":\{\}/i.test(JSON.stringify(option))
    ? 'autovacuum off'
    : 'autovacuum on'
}

const rebuilds = {
  AT_SetLogged: 'SET LOGGED',
  AT_SetUnLogged: 'SET UNLOGGED',
  AT_SetTableSpace: 'SET TABLESPACE',
} as const

function harmless(what: string): Operation {
  return { op: 'harmless', what }
}

function changeType(table: string, name: string, command: AlterTableCmd, quoted: Quoted): Operation {
  const column = command.def !== undefined && 'ColumnDef' in command.def ? command.def.ColumnDef : undefined
  const using = column?.raw_default
  return {
    op: 'change-type',
    table,
    column: name,
    to: typeOf(column?.typeName),
    ...(using === undefined
      ? {}
      : { using: { text: usingText(quoted, column?.location ?? 0), functions: functionsIn(using) } }),
  }
}

function usingText(quoted: Quoted, location: number): string {
  const from = quoted.offset(location)
  const word = /\bUSING\s+/i.exec(quoted.text.slice(from))
  return word === null ? '' : expressionText(quoted.text, from + word.index + word[0].length).slice(0, 120)
}

function setDefaultText(column: string, quoted: Quoted): string {
  const from = quoted.text.search(new RegExp(`${column.replace(/\W/g, '.')}"?\\s+SET\\s+DEFAULT\\s`, 'i'))
  const rest = from === -1 ? '' : quoted.text.slice(from)
  return /SET\s+DEFAULT\s+([^,;]{1,100})/i.exec(rest)?.[1]?.trim() ?? ''
}

function addConstraint(table: string, constraint: Constraint): Operation {
  const { conname, indexname, skip_validation: skip } = constraint
  const named = conname === undefined ? {} : { name: conname }
  const taken = indexname === undefined ? {} : { usingIndex: indexname }
  const validated = skip !== true
  switch (constraint.contype) {
    case 'CONSTR_FOREIGN':
      return {
        op: 'add-foreign-key',
        table,
        ...named,
        columns: textsOf(constraint.fk_attrs),
        references: referenceOf(constraint),
        validated,
      }
    case 'CONSTR_CHECK': {
      const column = notNullColumn(constraint.raw_expr)
      return {
        op: 'add-check',
        table,
        ...named,
        expression: '',
        validated,
        ...(column === undefined ? {} : { notNullColumn: column }),
      }
    }
    case 'CONSTR_NOTNULL': {
      const column = textsOf(constraint.keys)[0] ?? ''
      return validated
        ? { op: 'set-not-null', table, column }
        : { op: 'add-check', table, ...named, expression: `${column} IS NOT NULL`, validated, notNullColumn: column }
    }
    case 'CONSTR_UNIQUE':
      return { op: 'add-unique', table, ...named, columns: textsOf(constraint.keys), ...taken }
    case 'CONSTR_PRIMARY':
      return { op: 'add-primary-key', table, columns: textsOf(constraint.keys), ...taken }
    case 'CONSTR_EXCLUSION':
      return { op: 'add-exclusion', table, ...named }
    default:
      return { op: 'metadata', table, what: constraint.contype ?? 'ADD CONSTRAINT', lock: 'ACCESS EXCLUSIVE' }
  }
}

/** Clauses that take less than ACCESS EXCLUSIVE, as measured. */
function metadataLock(subtype: AlterTableCmd['subtype']): LockMode {
  if (
    /^AT_(SetStatistics|SetRelOptions|ResetRelOptions|ReplaceRelOptions|SetOptions|ResetOptions|ClusterOn|DropCluster)$/.test(
      subtype ?? '',
    )
  ) {
    return 'SHARE UPDATE EXCLUSIVE'
  }
  return /^AT_(Enable|Disable)(Trig|Always|Replica)/.test(subtype ?? '') ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE'
}
