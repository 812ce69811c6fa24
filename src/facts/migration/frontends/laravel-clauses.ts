import { argumentOf, type PhpCall, type PhpValue, phpText, phpTexts } from '../../../artifact/php.ts'
import type { Engine } from '../../../config/types.ts'
import type { Operation } from '../operation.ts'
import { isMySql } from './javascript-columns.ts'
import { keyOfModel, targetOf } from './laravel-columns.ts'

/** The name that Laravel gives a key or an index: `users_email_unique`. */
export const nameOfKey = (table: string, columns: readonly string[], ending: string): string =>
  `${table}_${columns.join('_')}_${ending}`.toLowerCase().replace(/[-.]/g, '_')

interface IndexWishes {
  readonly special?: 'fulltext' | 'spatial' | undefined
  readonly concurrently?: boolean
  readonly ending?: string
}

export function indexOn(
  table: string,
  columns: readonly string[],
  name: string | undefined,
  { special, concurrently = false, ending = 'index' }: IndexWishes,
): Operation {
  return {
    op: 'create-index',
    table,
    index: name ?? nameOfKey(table, columns, special === 'spatial' ? 'spatialindex' : (special ?? ending)),
    columns,
    unique: false,
    concurrently,
    ...(special ? { special } : {}),
  }
}

export const uniqueOn = (table: string, columns: readonly string[], name?: string): Operation => ({
  op: 'add-unique',
  table,
  columns,
  name: name ?? nameOfKey(table, columns, 'unique'),
})

/**
 * Calls on `$table` that name columns instead of declaring one. Undefined: the names are only known at run time.
 * False: no such call.
 */
export function clauseOf(
  links: readonly PhpCall[],
  table: string,
  engine: Engine | undefined,
): readonly Operation[] | false | undefined {
  const [call] = links
  if (!call) return false
  const columns = phpTexts(argumentOf(call, 0, 'columns') ?? call.named.get('column'))
  const online = links.some(link => link.name === 'online')
  const named = phpText(argumentOf(call, 1, 'name') ?? call.named.get('indexName'))
  switch (call.name) {
    case 'index':
      return columns && [indexOn(table, columns, named, { concurrently: online })]
    case 'fullText':
    case 'fulltext':
      return columns && [indexOn(table, columns, named, specially('fulltext', engine, online))]
    case 'spatialIndex':
      return columns && [indexOn(table, columns, named, specially('spatial', engine, online))]
    case 'vectorIndex':
      return columns && [indexOn(table, columns, named, { concurrently: online })]
    case 'rawIndex':
      return named === undefined ? undefined : [indexOn(table, columns ?? [], named, { concurrently: online })]
    case 'unique':
      if (!columns) return undefined
      return online
        ? [
            {
              ...indexOn(table, columns, named ?? nameOfKey(table, columns, 'unique'), { concurrently: true }),
              unique: true,
            } as Operation,
          ]
        : [uniqueOn(table, columns, named)]
    case 'primary':
      return columns && [{ op: 'add-primary-key', table, columns }]
    case 'foreign':
      return columns && foreign(links, table, columns, named)
    case 'rename': {
      const to = phpText(argumentOf(call, 0, 'to'))
      return to === undefined ? undefined : [{ op: 'rename-table', table, to }]
    }
    case 'renameColumn': {
      const [from, to] = [phpText(argumentOf(call, 0, 'from')), phpText(argumentOf(call, 1, 'to'))]
      return from === undefined || to === undefined ? undefined : [{ op: 'rename-column', table, column: from, to }]
    }
    case 'renameIndex': {
      const [from, to] = [phpText(argumentOf(call, 0, 'from')), phpText(argumentOf(call, 1, 'to'))]
      return from === undefined || to === undefined ? undefined : [{ op: 'rename-index', table, index: from, to }]
    }
    case 'drop':
    case 'dropIfExists':
      return [{ op: 'drop-table', table, cascade: false }]
    default:
      return call.name.startsWith('drop') ? dropped(call, table, engine) : false
  }
}

/** Postgres has no index of another sort for these: GIN and GiST build like any other. */
const specially = (what: 'fulltext' | 'spatial', engine: Engine | undefined, concurrently: boolean): IndexWishes =>
  isMySql(engine) ? { special: what } : { concurrently, ending: what === 'spatial' ? 'spatialindex' : what }

function foreign(
  links: readonly PhpCall[],
  table: string,
  columns: readonly string[],
  named: string | undefined,
): readonly Operation[] | undefined {
  const { reference } = targetOf(links)
  if (!reference) return undefined
  const validated = !links.some(link => link.name === 'notValid')
  const name = named ?? nameOfKey(table, columns, 'foreign')
  return [{ op: 'add-foreign-key', table, name, columns, references: reference, validated }]
}

const keyKinds: Readonly<Record<string, string>> = {
  dropIndex: 'index',
  dropUnique: 'unique',
  dropPrimary: 'primary',
  dropFullText: 'fulltext',
  dropSpatialIndex: 'spatialindex',
  dropForeign: 'foreign',
}

function dropped(call: PhpCall, table: string, engine: Engine | undefined): readonly Operation[] | false | undefined {
  const { name } = call
  const [first] = call.arguments
  const drop = (columns: readonly string[] | undefined): readonly Operation[] | undefined =>
    columns?.map(column => ({ op: 'drop-column', table, column }))
  const unlinked = (column: string | undefined, both: boolean): readonly Operation[] | undefined =>
    column === undefined
      ? undefined
      : [
          constraint(table, nameOfKey(table, [column], 'foreign'), 'foreign-key'),
          ...(both ? [{ op: 'drop-column', table, column } satisfies Operation] : []),
        ]
  if (name === 'dropColumn') return drop(allTexts(call))
  if (/^dropTimestamps(Tz)?$/.test(name)) return drop(['created_at', 'updated_at'])
  if (/^dropDatetimes$/.test(name)) return drop(['created_at', 'updated_at'])
  if (/^dropSoftDeletes(Tz)?$/.test(name)) return drop([phpText(first) ?? 'deleted_at'])
  if (name === 'dropRememberToken') return drop(['remember_token'])
  if (name === 'dropMorphs') {
    const morph = phpText(first)
    return morph === undefined ? undefined : drop([`${morph}_type`, `${morph}_id`])
  }
  if (name === 'dropConstrainedForeignId') return unlinked(phpText(first), true)
  if (/^drop(Constrained)?ForeignIdFor$/.test(name))
    return unlinked(phpText(argumentOf(call, 1, 'column')) ?? keyOfModel(first), name.includes('Constrained'))
  const kind = keyKinds[name]
  if (kind === undefined) return false
  // A text is the name itself, a list the columns from which Laravel makes it up.
  const columns = first?.kind === 'array' ? phpTexts(first) : undefined
  const index = columns
    ? nameOfKey(table, columns, kind)
    : (phpText(first) ?? (name === 'dropPrimary' ? `${table}_pkey` : undefined))
  if (index === undefined) return undefined
  if (kind === 'foreign') return [constraint(table, index, 'foreign-key')]
  if (kind === 'primary') return [constraint(table, index, 'primary-key')]
  if (kind === 'unique' && !isMySql(engine)) return [constraint(table, index, 'unique')]
  return [{ op: 'drop-index', table, index, ...(columns ? { columns } : {}), concurrently: false }]
}

const constraint = (table: string, name: string, type: 'foreign-key' | 'primary-key' | 'unique'): Operation => ({
  op: 'drop-constraint',
  table,
  constraint: name,
  type,
})

/** `dropColumn('a', 'b')`, `dropColumn(['a', 'b'])`. */
function allTexts(call: PhpCall): readonly string[] | undefined {
  const given: readonly PhpValue[] = [...call.arguments, ...call.named.values()]
  const texts = given.map(phpTexts)
  return given.length > 0 && texts.every(text => text !== undefined) ? texts.flat() : undefined
}
