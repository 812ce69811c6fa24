import { singularize } from '../migration/frontends/rails-names.ts'

/** A column, table, view, routine or sequence that the change takes away. */
export interface Target {
  readonly table: string
  /** Absent for a table. */
  readonly column?: string
  /** What `table` names, where it is no table or view. */
  readonly object?: 'routine' | 'sequence'
  /** Django puts the name of the app before that of the model. */
  readonly framework: string
  /** Folder of the package whose database it is; empty for the whole repository. */
  readonly home?: string
  /** A new name for something that stays: the class of a renamed table may go on under its own. */
  readonly renamed: boolean
}

/** Words by which code names a target. */
export interface Words {
  /** The table itself, in lower case. */
  readonly table: string
  readonly object: Target['object']
  /** Names of the model class, as `AuditLog`. */
  readonly classes: readonly string[]
  /** A value of the model: `audit_log`, `auditLog`, or the class itself. */
  readonly instances: RegExp
  /** The same as names. */
  readonly variables: readonly string[]
  /** The column as it may be written: `legacy_ref`, `legacyRef`. */
  readonly columns: readonly string[]
  readonly column: RegExp | undefined
  readonly renamed: boolean
  /** Django's or Ecto's name of a key, whose column ends with `_id`; else empty. */
  readonly key: string
  /** A single word, such as `type`: alone it says nothing. */
  readonly plain: boolean
  /** Words that name the column by convention: the association `batch` of `batch_id`, the counter of `lines_count`. */
  readonly implied: readonly string[]
  /** The column's name is so long that it hardly means another one. */
  readonly distinctive: boolean
}

const common =
  /(^|_)(id|ids|at|on|by|type|count|name|names|url|uri|key|status|state|date|time|code|value|number|email|enabled|active|deleted|title|description|token|address|user|data|text|message|order|position|version|level|kind|size|path|slug|image|score|amount|price)$/

/** Words of a target. */
export function wordsOf({ table, column, framework, renamed, object }: Target): Words {
  const bare = table.slice(table.lastIndexOf('.') + 1)
  // `customers_lifecycle` is model Lifecycle of app customers.
  const stems =
    framework === 'django' && bare.includes('_') ? [bare.slice(bare.indexOf('_') + 1), bare] : [singularize(bare), bare]
  const classes = [...new Set(stems.flatMap(stem => [camelize(stem)]))].filter(name => name.length > 2)
  const instances = [...new Set(stems.flatMap(stem => [stem, camel(stem), camelize(stem)]))].filter(
    name => name.length > 2,
  )
  const names = column === undefined ? [] : [...new Set([column, camel(column), camelize(column)])]
  return {
    table: bare.toLowerCase(),
    object,
    classes,
    instances: wordIn(instances, 'i'),
    variables: instances,
    columns: names,
    key: (framework === 'django' || framework === 'ecto') && column?.endsWith('_id') ? column.slice(0, -3) : '',
    plain: column !== undefined && !column.includes('_'),
    implied: column === undefined ? [] : impliedBy(column, stems),
    renamed,
    // `project:legacy_ref:set` is the name of something else.
    column: names.length === 0 ? undefined : new RegExp(`(?<!\\w:)${wordIn(names).source}`),
    distinctive:
      column?.includes('_') === true && column.length >= 10 && (!common.test(column) || column.split('_').length > 3),
  }
}

function impliedBy(column: string, stems: readonly string[]): readonly string[] {
  if (/_(id|type)$/.test(column)) return [`:${column.replace(/_(id|type)$/, '')}`, ...stems.map(stem => `:${stem}`)]
  return column.endsWith('_count') ? ['counter_cache'] : []
}

const camelize = (name: string): string => camel(name).replace(/^[a-z]/, letter => letter.toUpperCase())

const camel = (name: string): string =>
  name.replace(/(?<=[a-z0-9])_+([a-z0-9])/gi, (_match, letter) => String(letter).toUpperCase())

const wordIn = (names: readonly string[], flags = ''): RegExp =>
  new RegExp(`(?<![\\w$])(?:${names.map(name => name.replace(/[^\w]/g, '\\$&')).join('|') || '(?!)'})(?![\\w$])`, flags)
