import type { Operation } from '../operation.ts'
import type { Plan, Site, Stage } from './plan.ts'
import { addIndexLine, type Call, symbol, withOptions } from './ruby.ts'

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>

/** `add_reference` in parts: the column, its index beside the traffic, and its foreign key with the validation apart. */
export function referencePlan({ program, step, operation }: Site, call: Call): Plan | undefined {
  const together = program.up.flatMap(other =>
    other.kind === 'change' && other.span.line === step.span.line && other.span.column === step.span.column
      ? other.operations
      : [],
  )
  const index = together.find((item): item is Of<'create-index'> => item.op === 'create-index')
  const key = together.find((item): item is Of<'add-foreign-key'> => item.op === 'add-foreign-key')
  if ((index === undefined && key === undefined) || index?.partial) return undefined
  const text = withOptions(call, {
    ...(index === undefined ? {} : { index: 'false' }),
    ...(key === undefined ? {} : { foreign_key: undefined }),
  })
  if (text === undefined || !('table' in operation)) return undefined
  const stages: Stage[] = []
  if (index !== undefined)
    stages.push({
      name: `index ${index.table} on ${index.columns.join(' and ')}`,
      sql: [],
      code: [addIndexLine(index, call.keywords.get('index')?.text.includes('name:') === true)],
      bare: true,
    })
  if (key !== undefined) {
    const own = `${symbol(key.table)}, ${symbol(key.references.table)}, column: ${symbol(key.columns[0] ?? '')}`
    stages.push(
      {
        name: `add ${key.table} ${key.columns.join(' ')} foreign key`,
        sql: [],
        code: [`add_foreign_key ${own}, validate: false`],
        bare: false,
      },
      {
        name: `validate ${key.table} ${key.columns.join(' ')} foreign key`,
        sql: [],
        code: [`validate_foreign_key ${symbol(key.table)}, column: ${symbol(key.columns[0] ?? '')}`],
        bare: false,
      },
    )
  }
  return {
    title: `Add the column alone; ${index === undefined ? '' : 'its index beside the traffic'}${index && key ? ', ' : ''}${key === undefined ? '' : 'its foreign key in two steps'}`,
    name: `add ${operation.table ?? ''} reference`,
    here: { text, bare: false },
    later: stages,
  }
}
