import { argumentOf, type PhpCall, type PhpValue, phpText, phpTexts } from '../../../artifact/php.ts'
import type { ColumnSpec, ColumnType, Expression, Reference } from '../operation.ts'
import { expression, isMySql, plainColumn } from './javascript-columns.ts'
import { columnType, isNumbered } from './laravel-types.ts'
import type { PhpFile } from './php-scope.ts'
import { pluralize, underscore } from './rails-names.ts'

/** A column with what its chain asks for besides. */
export interface LaravelColumn {
  readonly column: ColumnSpec
  readonly reference?: Reference
  readonly referenceName?: string
  readonly validated: boolean
  readonly index?: { readonly name?: string; readonly special?: 'fulltext' | 'spatial' }
  readonly uniqueName?: string
  readonly change: boolean
  /** `nullable()`, `nullable(false)`; undefined when nothing is said. */
  readonly nullable?: boolean
  /** `default(…)`, whatever it is given. */
  readonly saysDefault: boolean
  /** `useCurrent` and `default` as given, to tell “not said” from “none”. */
  readonly algorithm?: 'instant'
  readonly lock?: 'none' | 'shared' | 'exclusive'
}

const isFalse = (value: PhpValue | undefined): boolean => value?.kind === 'boolean' && !value.value

/** A default: texts and numbers are constants; `DB::raw`, `new Expression` are SQL; what other code holds is a constant by then. */
export function defaultOf(value: PhpValue | undefined): Expression | undefined {
  if (!value || value.kind === 'none') return undefined
  if (value.kind === 'text') return { text: `'${value.text.replaceAll("'", "''")}'`, functions: [] }
  if (value.kind === 'number' || value.kind === 'boolean') return { text: String(value.value), functions: [] }
  if (value.kind === 'call' && /^(raw|Expression)$/.test(value.name)) {
    const text = phpText(value.arguments[0])
    return text === undefined ? { text: '…', functions: [] } : expression(text)
  }
  return { text: "'…'", functions: [] }
}

/** Name of the column that a call declares. */
export function columnName(call: PhpCall): string | undefined {
  const { name } = call
  const given = argumentOf(call, name === 'addColumn' ? 1 : 0, name === 'addColumn' ? 'name' : 'column')
  if (name === 'id' && given === undefined) return 'id'
  if (name === 'rememberToken') return 'remember_token'
  if (name.startsWith('softDeletes') && given === undefined) return 'deleted_at'
  if (/^(ipAddress|macAddress|uuid|ulid)$/.test(name) && given === undefined)
    return { ipAddress: 'ip_address', macAddress: 'mac_address', uuid: 'uuid', ulid: 'ulid' }[name]
  if (name === 'foreignIdFor') return phpText(argumentOf(call, 1, 'column')) ?? keyOfModel(call.arguments[0])
  return phpText(given)
}

/** `User::class` → `user_id`. */
export const keyOfModel = (model: PhpValue | undefined): string | undefined => {
  const name = modelName(model)
  return name === undefined ? undefined : `${underscore(name)}_id`
}

const modelName = (model: PhpValue | undefined): string | undefined =>
  model?.kind === 'name' && /^[A-Z]/.test(model.name) ? model.name : undefined

/** Table of a model class: as the repository says, else by convention. */
export const tableOfModel = (name: string, file: PhpFile): string =>
  file.tables.get(name) ?? pluralize(underscore(name))

/** Reads a chain that begins with a column; undefined when its name or type is not known. */
export function laravelColumn(links: readonly PhpCall[], file: PhpFile): LaravelColumn | undefined {
  const [first, ...rest] = links
  const { engine } = file
  const type = first && columnType(first, engine)
  const name = first && columnName(first)
  if (!first || type === undefined || name === undefined) return undefined
  const found = (...names: readonly string[]): PhpCall | undefined => rest.findLast(call => names.includes(call.name))
  const nullable = found('nullable')
  const numbered = isNumbered(first.name) || found('autoIncrement', 'generatedAs') !== undefined || isTrueNamed(first)
  const by = found('default')
  const current = found('useCurrent')
  const value = current ? expression('CURRENT_TIMESTAMP') : defaultOf(by?.arguments[0])
  const generated = found('storedAs', 'storedAsJson', 'persisted')
    ? 'stored'
    : found('virtualAs')
      ? 'virtual'
      : undefined
  // `rememberToken` and `softDeletes` allow NULL by themselves.
  const open = nullable ? !isFalse(nullable.arguments[0]) : /^(rememberToken|softDeletes)/.test(first.name)
  const raw = first.name === 'rawColumn' ? (phpText(argumentOf(first, 1, 'definition')) ?? '') : undefined
  const column = plainColumn(name, described(type, rest, isMySql(engine)), {
    notNull: raw === undefined ? !open && generated === undefined : /\bnot\s+null\b/i.test(raw),
    ...(value ? { default: value } : rawDefault(raw)),
    ...(generated ? { generated } : {}),
    numbered,
    primaryKey: found('primary') !== undefined || (numbered && !found('generatedAs')),
    unique: found('unique') !== undefined && !isFalse(found('unique')?.arguments[0]),
    check: first.name === 'enum' && !isMySql(engine),
    ...(found('after', 'first') ? { placed: true } : {}),
  })
  const lock = phpText(found('lock')?.arguments[0])
  return {
    column,
    ...referenceOf(first, rest, name, file),
    ...indexOf(rest),
    change: found('change') !== undefined,
    saysDefault: by !== undefined || current !== undefined,
    validated: found('notValid') === undefined,
    ...(nullable ? { nullable: open } : {}),
    ...(found('instant') ? { algorithm: 'instant' } : {}),
    ...(lock === 'none' || lock === 'shared' || lock === 'exclusive' ? { lock } : {}),
  }
}

/** `integer('id', true)`: counts by itself. */
const isTrueNamed = (call: PhpCall): boolean => {
  const given = /integer$/i.test(call.name) ? argumentOf(call, 1, 'autoIncrement') : undefined
  return given?.kind === 'boolean' && given.value
}

const rawDefault = (raw: string | undefined): { default?: Expression } => {
  const text = raw === undefined ? undefined : /\bdefault\s+('(?:[^']|'')*'|\S+)/i.exec(raw)?.[1]
  return text === undefined ? {} : { default: expression(text) }
}

/** MySQL reads sign and character set off the type. */
function described(type: ColumnType, rest: readonly PhpCall[], mysql: boolean): ColumnType {
  if (!mysql) return type
  const words = rest.flatMap(call => {
    const text = phpText(call.arguments[0])
    if (call.name === 'unsigned' && !/unsigned/.test(type.text)) return ['unsigned']
    if (call.name === 'charset' && text !== undefined) return [`character set ${text}`]
    return call.name === 'collation' && text !== undefined ? [`collate ${text}`] : []
  })
  return words.length === 0 ? type : { ...type, text: [type.text, ...words].join(' ') }
}

type Referring = Pick<LaravelColumn, 'reference' | 'referenceName'>

/** `constrained('teams')`, `references('id')->on('teams')`. */
function referenceOf(first: PhpCall, rest: readonly PhpCall[], name: string, file: PhpFile): Referring {
  const constrained = rest.find(call => call.name === 'constrained')
  if (constrained) {
    const model = first.name === 'foreignIdFor' ? modelName(first.arguments[0]) : undefined
    const table =
      phpText(argumentOf(constrained, 0, 'table')) ??
      (model === undefined ? pluralize(name.replace(/_(id|uuid|ulid)$/, '')) : tableOfModel(model, file))
    const column = phpText(argumentOf(constrained, 1, 'column')) ?? 'id'
    const named = phpText(argumentOf(constrained, 2, 'indexName'))
    return { reference: { table, columns: [column] }, ...(named === undefined ? {} : { referenceName: named }) }
  }
  return targetOf(rest)
}

/** What `references(…)->on(…)` points at. */
export function targetOf(links: readonly PhpCall[]): Referring {
  const on = links.find(call => call.name === 'on')
  const table = phpText(on?.arguments[0])
  const by = links.find(call => call.name === 'references')
  if (table === undefined || !by) return {}
  const named = phpText(argumentOf(by, 1, 'indexName'))
  return {
    reference: { table, columns: phpTexts(by.arguments[0]) ?? ['id'] },
    ...(named === undefined ? {} : { referenceName: named }),
  }
}

function indexOf(rest: readonly PhpCall[]): Pick<LaravelColumn, 'index' | 'uniqueName'> {
  const unique = phpText(rest.find(call => call.name === 'unique')?.arguments[0])
  const by = rest.find(
    call => /^(index|fulltext|fullText|spatialIndex)$/.test(call.name) && !isFalse(call.arguments[0]),
  )
  const name = phpText(by?.arguments[0])
  const special = by?.name === 'spatialIndex' ? 'spatial' : by?.name === 'index' ? undefined : 'fulltext'
  return {
    ...(by
      ? { index: { ...(name === undefined ? {} : { name }), ...(special === undefined ? {} : { special }) } }
      : {}),
    ...(unique === undefined ? {} : { uniqueName: unique }),
  }
}
