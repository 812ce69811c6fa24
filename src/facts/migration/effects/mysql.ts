import type { Effect, LockMode, Operation, TableLock } from '../operation.ts'
import { wayOf } from './mysql-alter.ts'
import type { MysqlOptions } from './mysql-options.ts'
import { plainEffect } from './mysql-plain.ts'
import { copiesOnline, refusal } from './mysql-request.ts'
import { abilitiesOf, type MysqlAbilities } from './mysql-version.ts'
import { assuming, copy, ranks, type Way } from './mysql-ways.ts'

/** Operations after which statements of the running release fail, or fail to fill a column. */
function breaksCode(operation: Operation): boolean {
  if (operation.op === 'add-column') {
    const { notNull, default: value, generated, numbered } = operation.column
    return notNull && value === undefined && generated === undefined && !numbered
  }
  return operation.op === 'drop-column' || operation.op === 'rename-column' || operation.op === 'rename-table'
}

function lockMode(way: Way, operation: Operation, options: MysqlOptions): LockMode {
  if (operation.op === 'rename-table') return 'ACCESS EXCLUSIVE'
  if (way.work === 'none') return 'SHARE UPDATE EXCLUSIVE'
  if (options.lock === 'exclusive') return 'ACCESS EXCLUSIVE'
  return way.writes ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE'
}

/** The way the server takes, given what the statement asks for. */
function taken(best: Way, options: MysqlOptions, abilities: MysqlAbilities): Way {
  const { algorithm, lock } = options
  const asked: Way = algorithm === 'copy' ? copy : best
  if (
    copiesOnline(best, options, abilities) &&
    asked.algorithm === 'copy' &&
    lock !== 'shared' &&
    lock !== 'exclusive'
  ) {
    if (options.table?.columns) return { ...asked, writes: true }
    return assuming(
      { ...asked, writes: true },
      'MariaDB copies online from 11.2 on; tables with cascading foreign keys still block writes',
    )
  }
  const stricter = (lock === 'shared' || lock === 'exclusive') && asked.work !== 'none'
  return stricter ? { ...asked, writes: false } : asked
}

/** Says on which version the answer rests, where an older one would answer otherwise. */
function withVersion(way: Way, operation: Operation, options: MysqlOptions, abilities: MysqlAbilities): Way {
  if (abilities.known) return way
  const older = wayOf(operation, options, abilitiesOf(options.engine, options.engine === 'mysql' ? '5.7' : '10.2'))
  if (older && ranks[older.algorithm] === ranks[way.algorithm] && older.work === way.work) return way
  if (older && older.work === way.work && older.writes === way.writes) return way
  return assuming(
    way,
    options.engine === 'mysql' ? 'the server is MySQL 8.0.29 or later' : 'the server is MariaDB 10.4 or later',
  )
}

function alterEffect(
  operation: Operation,
  table: string,
  best: Way,
  options: MysqlOptions,
  abilities: MysqlAbilities,
): Effect {
  const way = withVersion(taken(best, options, abilities), operation, options, abilities)
  const refused = refusal(operation, best, options, abilities)
  const locks: TableLock[] = [{ table, mode: lockMode(way, operation, options) }]
  if (operation.op === 'add-foreign-key')
    locks.push({ table: operation.references.table, mode: 'SHARE UPDATE EXCLUSIVE' })
  if (operation.op === 'rename-table') locks.push({ table: operation.to, mode: 'ACCESS EXCLUSIVE' })
  return {
    locks,
    blocksReads: options.lock === 'exclusive' && way.work !== 'none',
    blocksWrites: !way.writes,
    rewrites: way.work === 'rewrite',
    scans: way.work !== 'none',
    work: way.work,
    algorithm: way.algorithm,
    losesData: operation.op === 'drop-column' && options.column?.generated !== 'virtual',
    breaksRunningCode: breaksCode(operation),
    ...(refused === undefined ? {} : { refused }),
    ...(way.assumes === undefined ? {} : { assumes: way.assumes }),
  }
}

/**
 * What an operation does to a MySQL or MariaDB server. MySQL has no lock modes as Postgres has them: `SHARE` stands for
 * “reads go on, writes wait”, `SHARE UPDATE EXCLUSIVE` for an online change that takes the metadata lock at its start and
 * end only, `ACCESS EXCLUSIVE` for “everybody waits”.
 */
export function mysqlEffect(operation: Operation, options: MysqlOptions): Effect {
  const abilities = abilitiesOf(options.engine, options.version)
  const best = wayOf(operation, options, abilities)
  if (best === undefined || !('table' in operation) || operation.table === undefined) return plainEffect(operation)
  return alterEffect(operation, operation.table, best, options, abilities)
}
