import type { Operation } from '../operation.ts'
import { oldNameAsView } from './old-name.ts'
import type { Plan } from './plan.ts'
import { type Clause, inCase } from './postgres-text.ts'

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>

/** CREATE INDEX CONCURRENTLY. */
export function createIndex(operation: Of<'create-index'>, { statement, whole }: Clause): Plan | undefined {
  if (!whole || operation.concurrently || operation.only) return undefined
  const text = statement.replace(
    /^(create\s+(?:unique\s+)?index)(?=\s)/i,
    found => `${found} ${inCase(statement, 'CONCURRENTLY')}`,
  )
  if (text === statement) return undefined
  return {
    title: 'Build the index beside the traffic',
    name: `index ${operation.index ?? `${operation.table} ${operation.columns.join(' ')}`}`,
    here: { text, bare: true },
    later: [],
  }
}

/** DROP INDEX CONCURRENTLY, which drops one at a time and knows no CASCADE. */
export function dropIndex(operation: Of<'drop-index'>, { statement, whole }: Clause): Plan | undefined {
  if (!whole || operation.concurrently || /\bcascade\b/i.test(statement)) return undefined
  const text = statement.replace(/^drop\s+index(?=\s)/i, found => `${found} ${inCase(statement, 'CONCURRENTLY')}`)
  if (text === statement) return undefined
  return {
    title: 'Drop the index without stopping the table',
    name: `drop ${operation.index}`,
    here: { text, bare: true },
    later: [],
  }
}

/** REINDEX … CONCURRENTLY. */
export function reindex(operation: Of<'reindex'>, { statement, whole }: Clause): Plan | undefined {
  if (!whole || operation.concurrently) return undefined
  const text = statement.replace(
    /^reindex\s+(?:\([^)]*\)\s*)?(?:index|table|schema|database)(?=\s|$)/i,
    found => `${found} ${inCase(statement, 'CONCURRENTLY')}`,
  )
  if (text === statement) return undefined
  return {
    title: 'Rebuild the index beside the traffic',
    name: `reindex ${operation.name}`,
    here: { text, bare: true },
    later: [],
  }
}

/** REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on the view. */
export function refreshView(operation: Of<'refresh-view'>, { statement, whole }: Clause): Plan | undefined {
  if (!whole || operation.concurrently || /\bwith\s+no\s+data\b/i.test(statement)) return undefined
  const text = statement.replace(
    /^refresh\s+materialized\s+view(?=\s)/i,
    found => `${found} ${inCase(statement, 'CONCURRENTLY')}`,
  )
  if (text === statement) return undefined
  return {
    title: 'Refresh the view while it is read (it needs a unique index for that)',
    name: `refresh ${operation.view}`,
    here: { text, bare: false },
    later: [],
  }
}

/** DETACH PARTITION … CONCURRENTLY, from PostgreSQL 14 on. */
export function detachPartition(operation: Of<'detach-partition'>, { statement, whole }: Clause): Plan | undefined {
  if (!whole || operation.concurrently) return undefined
  return {
    title: 'Detach the partition without stopping the table (PostgreSQL 14)',
    name: `detach ${operation.partition}`,
    here: { text: `${statement} ${inCase(statement, 'CONCURRENTLY')}`, bare: true },
    later: [],
  }
}

/** The old name stays readable and writable as a view. */
export function renameTable(
  operation: Of<'rename-table'>,
  { statement, whole }: Clause,
  table: string,
): Plan | undefined {
  const to = /\brename\s+to\s+("(?:[^"]|"")+"|[\w$]+)\s*$/i.exec(statement)?.[1]
  if (!whole || to === undefined) return undefined
  const schema = /^(.*\.)[^.]*$/.exec(table)?.[1] ?? ''
  return oldNameAsView(operation.table, table, {
    text: `${statement};\nCREATE VIEW ${table} AS SELECT * FROM ${schema}${to}`,
    bare: false,
  })
}
