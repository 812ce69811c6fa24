import type { Effect, LockMode, Operation } from '../operation.ts'

const none: Effect = {
  locks: [],
  blocksReads: false,
  blocksWrites: false,
  rewrites: false,
  scans: false,
  work: 'none',
  losesData: false,
  breaksRunningCode: false,
}

const on = (table: string, mode: LockMode): Pick<Effect, 'locks'> => ({ locks: table === '' ? [] : [{ table, mode }] })

const rowLocks =
  'InnoDB locks every row that the statement reads until it commits: all of them where no index fits the condition'

/** Statements that are no ALTER TABLE, and operations that MySQL does not have. */
export function plainEffect(operation: Operation): Effect {
  switch (operation.op) {
    case 'create-table':
      return {
        ...none,
        locks: operation.references.map(({ table }) => ({ table, mode: 'SHARE UPDATE EXCLUSIVE' })),
      }
    case 'drop-table':
      return {
        ...none,
        ...on(operation.table, 'ACCESS EXCLUSIVE'),
        blocksReads: true,
        blocksWrites: true,
        losesData: true,
        breaksRunningCode: true,
      }
    case 'truncate':
      return {
        ...none,
        ...on(operation.table, 'ACCESS EXCLUSIVE'),
        blocksReads: true,
        blocksWrites: true,
        losesData: true,
      }
    case 'update-rows':
      return {
        ...none,
        ...on(operation.table, 'ROW EXCLUSIVE'),
        scans: !operation.batched,
        work: 'rows',
        assumes: rowLocks,
      }
    case 'delete-rows':
      return {
        ...none,
        ...on(operation.table, 'ROW EXCLUSIVE'),
        scans: !operation.batched,
        work: 'rows',
        losesData: true,
        assumes: rowLocks,
      }
    case 'insert-select':
      return {
        ...none,
        locks: [
          { table: operation.table, mode: 'ROW EXCLUSIVE' },
          ...operation.from.map(table => ({ table, mode: 'ROW SHARE' as const })),
        ],
        scans: true,
        work: 'rows',
        assumes: 'under REPEATABLE READ the rows that the SELECT reads are locked against writes until it commits',
      }
    case 'lock-table': {
      const write = /write|exclusive/i.test(operation.mode)
      return {
        ...none,
        ...on(operation.table, write ? 'ACCESS EXCLUSIVE' : 'SHARE'),
        blocksReads: write,
        blocksWrites: true,
      }
    }
    case 'attach-partition':
      // EXCHANGE PARTITION reads the incoming table under an exclusive lock on both.
      return {
        ...none,
        locks: [
          { table: operation.table, mode: 'ACCESS EXCLUSIVE' },
          { table: operation.partition, mode: 'ACCESS EXCLUSIVE' },
        ],
        blocksReads: true,
        blocksWrites: true,
        scans: true,
        work: 'scan',
      }
    case 'create-trigger':
    case 'drop-trigger':
      return { ...none, ...on(operation.table, 'SHARE UPDATE EXCLUSIVE') }
    case 'drop-object':
    case 'rename-object':
      return { ...none, breaksRunningCode: true }
    case 'drop-database':
    case 'drop-schema':
      return { ...none, losesData: true, breaksRunningCode: true }
    default:
      return none
  }
}
