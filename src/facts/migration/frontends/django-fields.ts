import { literalOf } from '../../../artifact/literal.ts'
import { argumentOf, dotted, type PyCall, type PyValue, receiverOf } from '../../../artifact/python.ts'
import type { Engine } from '../../../config/types.ts'
import type { ColumnSpec, ColumnType, Expression } from '../operation.ts'

/** What a field of a Django model is in the database. */
export interface DjangoField {
  /** `none`: no column of its own (GenericRelation). `unknown`: a class of another package, in a column of its own. */
  readonly kind: 'column' | 'many' | 'none' | 'unknown'
  readonly className: string
  readonly column: ColumnSpec
  /** A separate index, besides that of a unique or primary key. */
  readonly indexed: boolean
  /** Django gives the default once, when it adds the column, and takes it back. */
  readonly passingDefault: boolean
  /** Table that a key or a many-to-many points to. */
  readonly to?: { readonly app?: string; readonly model: string }
  /** The constraint of a foreign key exists in the database. */
  readonly constrained: boolean
  /** A many-to-many with a model of its own has no table here. */
  readonly through: boolean
  readonly tableName?: string
}

type Types = readonly [postgres: string, mysql: string]

const types: Readonly<Record<string, Types>> = {
  AutoField: ['integer', 'integer'],
  BigAutoField: ['bigint', 'bigint'],
  SmallAutoField: ['smallint', 'smallint'],
  BigIntegerField: ['bigint', 'bigint'],
  BinaryField: ['bytea', 'longblob'],
  BooleanField: ['boolean', 'tinyint'],
  NullBooleanField: ['boolean', 'tinyint'],
  CharField: ['varchar', 'varchar'],
  CommaSeparatedIntegerField: ['varchar', 'varchar'],
  DateField: ['date', 'date'],
  DateTimeField: ['timestamptz', 'datetime'],
  DecimalField: ['numeric', 'decimal'],
  DurationField: ['interval', 'bigint'],
  EmailField: ['varchar', 'varchar'],
  FileField: ['varchar', 'varchar'],
  FilePathField: ['varchar', 'varchar'],
  FloatField: ['double precision', 'double'],
  GenericIPAddressField: ['inet', 'char'],
  IPAddressField: ['inet', 'char'],
  ImageField: ['varchar', 'varchar'],
  IntegerField: ['integer', 'integer'],
  JSONField: ['jsonb', 'json'],
  PositiveBigIntegerField: ['bigint', 'bigint'],
  PositiveIntegerField: ['integer', 'integer'],
  PositiveSmallIntegerField: ['smallint', 'smallint'],
  SlugField: ['varchar', 'varchar'],
  SmallIntegerField: ['smallint', 'smallint'],
  TextField: ['text', 'longtext'],
  TimeField: ['time', 'time'],
  URLField: ['varchar', 'varchar'],
  UUIDField: ['uuid', 'char'],
  HStoreField: ['hstore', 'hstore'],
  CITextField: ['citext', 'citext'],
  CICharField: ['citext', 'citext'],
  CIEmailField: ['citext', 'citext'],
  SearchVectorField: ['tsvector', 'tsvector'],
  IntegerRangeField: ['int4range', 'int4range'],
  BigIntegerRangeField: ['int8range', 'int8range'],
  DecimalRangeField: ['numrange', 'numrange'],
  DateTimeRangeField: ['tstzrange', 'tstzrange'],
  DateRangeField: ['daterange', 'daterange'],
}

const lengths: Readonly<Record<string, number>> = {
  EmailField: 254,
  URLField: 200,
  SlugField: 50,
  FileField: 100,
  ImageField: 100,
  FilePathField: 100,
}

const isKey = /(ForeignKey|OneToOneField|ParentalKey)$/
const isMany = /ManyToManyField$/
const noColumn = /^(GenericRelation|GenericForeignKey|TaggableManager|ClusterTaggableManager|GenericTabularInline)$/

const isTrue = (value: PyValue | undefined): boolean => value?.kind === 'boolean' && value.value
const isFalse = (value: PyValue | undefined): boolean => value?.kind === 'boolean' && !value.value
const textOf = (value: PyValue | undefined): string | undefined =>
  value?.kind === 'text' && value.holes === 0 ? value.text : undefined

/** Reads `models.CharField(max_length=20, null=True)`. */
export function djangoField(
  name: string,
  value: PyValue | undefined,
  engine: Engine | undefined,
): DjangoField | undefined {
  if (value?.kind !== 'call') return undefined
  const field = value
  const className = field.name
  const option = (key: string): PyValue | undefined => field.keywords.get(key)
  const key = isKey.test(className)
  const many = isMany.test(className)
  const known = key || types[className] !== undefined || className === 'ArrayField' || className === 'GeneratedField'
  const notNull = !isTrue(option('null')) && className !== 'NullBooleanField'
  const primaryKey = isTrue(option('primary_key'))
  const unique = isTrue(option('unique')) || className.endsWith('OneToOneField')
  const { value: given, passing } = defaultOf(field, notNull)
  const through = option('through')
  const to = key || many ? targetOf(argumentOf(field, 0, 'to')) : undefined
  const constrained = key && !isFalse(option('db_constraint'))
  const dbColumn = textOf(option('db_column'))
  const tableName = textOf(option('db_table'))
  return {
    kind: many ? 'many' : noColumn.test(className) ? 'none' : known ? 'column' : 'unknown',
    className,
    column: {
      name: dbColumn ?? (key ? `${name}_id` : name),
      type: typeOf(field, engine),
      // A class of another package may bring a default, or be many-to-many: where Django needs a value, it asks for one.
      notNull: (notNull && (known || given !== undefined)) || primaryKey,
      ...(given ? { default: given } : {}),
      ...(className === 'GeneratedField' ? { generated: isFalse(option('db_persist')) ? 'virtual' : 'stored' } : {}),
      numbered: /^(Big|Small)?AutoField$/.test(className),
      primaryKey,
      unique: unique && !primaryKey,
      check: /^Positive/.test(className) && engine !== 'mysql' && engine !== 'mariadb',
    },
    indexed:
      !primaryKey &&
      !unique &&
      (isTrue(option('db_index')) || ((key || className === 'SlugField') && !isFalse(option('db_index')))),
    passingDefault: passing,
    ...(to ? { to } : {}),
    constrained,
    through: through !== undefined && through.kind !== 'none',
    ...(tableName === undefined ? {} : { tableName }),
  }
}

function typeOf(field: PyCall, engine: Engine | undefined): ColumnType {
  const { name } = field
  const mysql = engine === 'mysql' || engine === 'mariadb'
  if (name === 'ArrayField') {
    const base = argumentOf(field, 0, 'base_field')
    const inner: ColumnType =
      base?.kind === 'call' ? typeOf(base, engine) : { name: 'text', arguments: [], text: 'text' }
    return { ...inner, array: true, text: `${inner.text}[]` }
  }
  if (name === 'GeneratedField') {
    const output = field.keywords.get('output_field')
    if (output?.kind === 'call') return typeOf(output, engine)
  }
  if (isKey.test(name)) return { name: 'bigint', arguments: [], text: name }
  const known = types[name]?.[mysql ? 1 : 0]
  const numbers = argumentsOf(field)
  const shown = known ?? name.toLowerCase()
  return { name: shown, arguments: numbers, text: numbers.length > 0 ? `${shown}(${numbers.join(', ')})` : shown }
}

function argumentsOf(field: PyCall): readonly number[] {
  const numbers = (key: string): readonly number[] => {
    const value = field.keywords.get(key)
    return value?.kind === 'number' ? [value.value] : []
  }
  if (field.name === 'DecimalField') return [...numbers('max_digits'), ...numbers('decimal_places')]
  const given = /^(TextField|JSONField)$/.test(field.name) ? [] : numbers('max_length')
  const otherwise = lengths[field.name]
  return given.length > 0 || otherwise === undefined ? given : [otherwise]
}

/** The value that existing rows get. A callable is called once for all rows: a constant for the database. */
function defaultOf(field: PyCall, notNull: boolean): { readonly value?: Expression; readonly passing: boolean } {
  const kept = field.keywords.get('db_default')
  if (kept !== undefined) return { value: databaseDefault(kept), passing: false }
  const given = field.keywords.get('default')
  // Only what the field's class stores: GeneratedField and keys to many have none.
  if (given !== undefined && given.kind !== 'none')
    return { value: { text: shownValue(given), functions: [] }, passing: true }
  if (isTrue(field.keywords.get('auto_now')) || isTrue(field.keywords.get('auto_now_add')))
    return { value: { text: 'now', functions: [] }, passing: true }
  const emptyText = /^(Char|Text|Slug|Email|URL|File|Image|FilePath|Binary|CIText|CIChar|CIEmail)Field$/.test(
    field.name,
  )
  return notNull && emptyText && isTrue(field.keywords.get('blank'))
    ? { value: { text: "''", functions: [] }, passing: true }
    : { passing: false }
}

/** `db_default=Now()`, `db_default=RandomUUID()`, `db_default="x"`, `db_default=Func(function="f")` */
function databaseDefault(value: PyValue): Expression {
  if (value.kind !== 'call' || value.name === 'Value') return { text: shownValue(value), functions: [] }
  const functions: Readonly<Record<string, string>> = { Now: 'now', RandomUUID: 'gen_random_uuid', Random: 'random' }
  const own = textOf(value.keywords.get('function'))
  return {
    text: `${value.name}()`,
    functions: [functions[value.name] ?? own?.toLowerCase() ?? value.name.toLowerCase()],
  }
}

function shownValue(value: PyValue): string {
  switch (value.kind) {
    case 'text':
      return `'${value.text.slice(0, 60)}'`
    case 'number':
    case 'boolean':
      return String(value.value)
    case 'name':
    case 'attribute':
      return dotted(value)
    case 'call':
      return `${dotted(value.callee)}()`
    case 'list':
      return '[]'
    case 'dict':
      return '{}'
    default:
      return 'a value'
  }
}

/** `'app.Model'`, `'Model'`, `settings.AUTH_USER_MODEL`, `orm['app.Model']` */
export function targetOf(value: PyValue | undefined): { readonly app?: string; readonly model: string } | undefined {
  if (value?.kind === 'attribute' && value.name === 'AUTH_USER_MODEL') return { app: 'auth', model: 'user' }
  if (value?.kind === 'call' && /^(swappable_dependency|get_user_model_name|get_model_string)$/.test(value.name))
    return targetOf(value.arguments[0])
  if (value?.kind === 'call' && receiverOf(value) !== undefined && value.name === 'get_model') {
    const [app, model] = value.arguments.map(textOf)
    if (app !== undefined) return model === undefined ? targetOf(literalOf(app)) : { app, model }
  }
  const text = textOf(value)
  if (text === undefined) return undefined
  const dot = text.lastIndexOf('.')
  return dot === -1
    ? { model: text }
    : { app: text.slice(text.lastIndexOf('.', dot - 1) + 1, dot), model: text.slice(dot + 1) }
}
