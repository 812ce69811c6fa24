import { isAliased } from './alias.ts'
import { creates, objectUses } from './objects.ts'
import { conventionalTableUses, conventionalUses } from './orm.ts'
import { withoutProse } from './prose.ts'
import type { Words } from './target.ts'
import { blockOf, clauses, type Use } from './use.ts'

export interface Uses {
  readonly uses: readonly Use[]
  /** The model has a method or property of the name, so that `order.total` need not mean the column. */
  readonly shadowed: boolean
  /** The model has something else of the name, which queries may name as well: SQLAlchemy's relations and hybrid properties. */
  readonly replaced: boolean
  /** The model leaves the column out by name (`ignored_columns`): it has learnt to do without. */
  readonly leftOut: boolean
  /** The class by which the file declares the table's model; else empty. */
  readonly model: string
  /** The file is about the table, whether or not it uses the column. */
  readonly mentions: boolean
  /** The file creates what goes, by SQL that is not a migration's: whatever drops it, it is there again. */
  readonly created: boolean
}

const none: Uses = {
  uses: [],
  shadowed: false,
  replaced: false,
  leftOut: false,
  model: '',
  mentions: false,
  created: false,
}

/** Lines of a file that use a target. */
export function usesIn(path: string, text: string, words: Words): Uses {
  const names = words.columns.length > 0 ? [...words.columns, ...words.implied] : [words.table, ...words.classes]
  const lower = inLowerCase(text)
  const mentions = lower.includes(words.table) || words.classes.some(name => lower.includes(name.toLowerCase()))
  if (!names.some(name => lower.includes(name.toLowerCase())) && (words.key === '' || !lower.includes(words.key)))
    return { ...none, mentions }
  if (words.columns.length === 0 && creates(text, words.table)) return { ...none, created: true }
  // All that tells a column stands beside a name of its table.
  if (words.columns.length > 0 && !mentions && !words.variables.some(name => lower.includes(name.toLowerCase())))
    return none
  const { lines, whole } = codeOf(path, text)
  if (words.object !== undefined) return { ...none, uses: objectUses(path, lines, words.object, words.table), mentions }
  const found =
    words.column === undefined ? tableUses(path, lines, words) : columnUses(path, lines, whole, words, words.column)
  return { ...found, mentions }
}

let last = { text: '', lower: '' }

/** One text is searched for many targets in turn. */
function inLowerCase(text: string): string {
  if (last.text !== text) last = { text, lower: text.toLowerCase() }
  return last.lower
}

interface Code {
  readonly path: string
  readonly text: string
  /** Without prose. */
  readonly lines: readonly string[]
  readonly whole: string
}

let lastCode: Code = { path: '', text: '', lines: [''], whole: '' }

function codeOf(path: string, text: string): Code {
  if (lastCode.path === path && lastCode.text === text) return lastCode
  const lines = withoutProse(path, text.split('\n'))
  lastCode = { path, text, lines, whole: lines.join('\n') }
  return lastCode
}

const comment = /^\s*(#(?!\{)|\/\/|\*|\/\*|--|<!--|"""|''')/
const leavesOut = /\bignored_columns\b|\bdefer\(|load_only|exclude_columns/

function columnUses(path: string, lines: readonly string[], whole: string, words: Words, column: RegExp): Uses {
  const model = modelLines(lines, whole, words)
  const conventional = conventionalUses(path, lines, whole, words, model)
  const mentions = patternsOf(words).classes.test(whole) || tableText(words.table).test(whole)
  if (!mentions && model.size === 0 && conventional.length === 0 && !words.instances.test(whole)) return none
  // Code that has learnt to do without the column says so by its name.
  if (lines.some((line, at) => leavesOut.test(line) && column.test(lines.slice(at, at + 8).join(' '))))
    return { ...none, leftOut: true, mentions }
  const patterns = patternsOf(words)
  const uses = new Map(conventional.map(use => [use.line, use]))
  const add = (use: Use): void => {
    uses.set(use.line, { ...use, certain: use.certain || uses.get(use.line)?.certain === true })
  }
  const ofClass = !/\.(rb|erb|haml|slim|rake|jbuilder|php|exs?)$/.test(path)
  let shadowed = false
  let replaced = false
  for (const [at, line] of lines.entries()) {
    if (words.key !== '' && model.has(at) && patterns.key.test(line)) add({ line: at + 1, certain: true })
    if (!column.test(line) || comment.test(line)) continue
    if (model.has(at) && (patterns.relation.test(line) || isHybrid(lines[at - 1] ?? '', line, patterns.method)))
      replaced = true
    else if (model.has(at) && patterns.method.test(line)) shadowed = true
    else if (
      (model.has(at) && patterns.declared.test(line)) ||
      patterns.query.test(line) ||
      (ofClass && patterns.classAttribute.test(line)) ||
      inSql(lines, at, words, patterns.sql)
    )
      add({ line: at + 1, certain: true })
    else if (model.has(at) && patterns.field.test(line)) add({ line: at + 1, certain: true })
    else if (
      patterns.attribute.test(ofClass ? line : line.replace(patterns.classAttribute, ' ')) ||
      patterns.property.test(line) ||
      (model.has(at) && inList(lines, at, patterns.quoted)) ||
      (words.distinctive && (mentions || model.has(at)) && !/^\s*(import|from|use|require)\b/.test(line))
    )
      add({ line: at + 1, certain: false })
  }
  const sorted = [...uses.values()].sort((one, other) => one.line - other.line)
  return { ...none, uses: sorted, shadowed, replaced, mentions }
}

interface Patterns {
  /** The name of the model's class, anywhere. */
  readonly classes: RegExp
  readonly method: RegExp
  /** SQLAlchemy: the attribute is another row, found by a column of another name. */
  readonly relation: RegExp
  readonly declared: RegExp
  readonly query: RegExp
  /** SQLAlchemy: `Order.legacy_ref`. In Ruby that is a scope or a method of the class. */
  readonly classAttribute: RegExp
  readonly attribute: RegExp
  /** Eloquent: `$user->legacy_plan`. */
  readonly property: RegExp
  /** Ecto: `field :legacy_plan, :string` of a schema, which every query names. */
  readonly field: RegExp
  readonly quoted: RegExp
  readonly key: RegExp
  readonly sql: RegExp
}

const made = new WeakMap<Words, Patterns>()

function patternsOf(words: Words): Patterns {
  const known = made.get(words)
  if (known) return known
  const names = `(?:${words.columns.map(name => name.replace(/[^\w]/g, '\\$&')).join('|')})(?![\\w$])`
  const instance = words.instances.source
  const model = `(?<![\\w$.])(?:${words.classes.join('|') || '(?!)'})`
  const patterns = {
    classes: new RegExp(`\\b(?:${words.classes.join('|') || '(?!)'})\\b`),
    method: new RegExp(
      `^\\s*(?:async\\s+|get\\s+|public\\s+|static\\s+)*(?:def|function|fn|func|get)?\\s*(?:self\\.)?${names}\\s*\\(`,
    ),
    relation: new RegExp(`^\\s*${names}\\s*(?::.*)?=\\s*(?:\\w+\\.)*(?:relationship|association_proxy|synonym)\\(`),
    declared: new RegExp(
      `^\\s*(?:(?:public|private|readonly|declare|protected)\\s+)*${names}\\s*(?:[!?]?:|=|\\s)\\s*.*(?:models\\.|Field\\(|Column|column|Mapped|ForeignKey|db\\.|sa\\.|varchar\\(|text\\(|integer\\(|timestamp\\(|boolean\\(|@db|\\b(?:String|Int|DateTime|Boolean|Json|BigInt|Float|Decimal)\\b)`,
    ),
    // `Order.where(legacy_ref: …)`, `Order.objects.filter(legacy_ref=…)`
    query: new RegExp(
      `${model}(?:\\.\\w+(?:\\([^()]*\\))?)*\\.${clauses}[ (].*(?<![\\w$.])${names}|${model}::(?:\\w+\\([^()]*\\)->)*(?:where|orWhere|orderBy|pluck|select|update|value|groupBy|sum|max|min)\\w*\\(.*['"]${names}['"]`,
    ),
    classAttribute: new RegExp(`${model}\\.(?:c\\.)?${names}(?!\\s*\\()`),
    property: new RegExp(`\\$(?:${words.variables.join('|') || '(?!)'})\\??->${names}(?!\\s*\\()`, 'i'),
    field: new RegExp(
      `^\\s*field[ (]\\s*:${names}(?!.*\\bvirtual:\\s*true)|^\\s*belongs_to\\b.*\\bforeign_key:\\s*:${names}`,
    ),
    quoted: new RegExp(`['"]${names}['"]`),
    key: new RegExp(
      `^\\s*${words.key}\\s*=.*(?:ForeignKey|OneToOneField|ParentalKey)\\(|^\\s*belongs_to[ (]\\s*:${words.key}\\b(?!.*\\bforeign_key:)`,
    ),
    // Not the column of another table: `other.type`.
    sql: new RegExp(`(?:(?<![\\w.$])|(?<!\\w)${words.table.replace(/\W/g, '\\$&')}["\`]?\\.["\`]?)${names}`, 'i'),
    attribute: new RegExp(`${instance}(?:\\(\\))?[?!]?\\.${names}(?!\\s*\\()|${instance}\\[\\s*[:"']${names}`, 'i'),
  }
  made.set(words, patterns)
  return patterns
}

const isHybrid = (before: string, line: string, method: RegExp): boolean =>
  /^\s*@(?:\w+\.)*hybrid_(?:property|method)\b/.test(before) && method.test(line)

/** Within one of the lists by which an Eloquent model knows its columns: `$fillable`, `$casts`, `$hidden` … */
function inList(lines: readonly string[], at: number, quoted: RegExp): boolean {
  if (!quoted.test(lines[at] ?? '')) return false
  for (let line = at; line >= Math.max(0, at - 60); line--) {
    const text = lines[line] ?? ''
    if (/\$(?:fillable|casts|hidden|visible|dates|attributes)\b\s*=|function\s+casts\s*\(/.test(text)) return true
    if (line < at && /[\]}]\s*;|^\s*}/.test(text)) return false
  }
  return false
}

/** In a clause of SQL that names the table: within four lines, or on the same line for a name of one word. */
function inSql(lines: readonly string[], at: number, words: Words, column: RegExp): boolean {
  if (isAliased(lines, at, words.table, words.columns)) return true
  if (!column.test(lines[at] ?? '')) return false
  const reach = words.plain ? 0 : 4
  const around = lines.slice(Math.max(0, at - reach), at + reach + 1).join(' ')
  return tableText(words.table).test(around) && /\b(select|update|insert|delete)\b/i.test(around)
}

const clause = new Map<string, RegExp>()

/** A clause of SQL, or a declaration of a model, that names the table. */
function tableText(table: string): RegExp {
  const name = table.replace(/\W/g, '\\$&')
  const known = clause.get(table)
  if (known) return known
  const sql = `\\b(?:from|join|into|update|table)\\s+["'\`\\[]?(?:\\w+["'\`]?\\.["'\`]?)?${name}\\b`
  const declared = `(?:__tablename__|table_name|db_table|@@map|@Entity|@Table|tableName|Table|pgTable|mysqlTable|knex|(?:\\.|::|->)(?:table|from|into)|\\$table|TableName)\\b["']?\\s*[=(:{]\\s*(?:\\{?\\s*(?:name|tableName)\\s*[:=]\\s*)?["'\`:]${name}\\b|\\{\\{\\s*(?:source|ref)\\([^)]*['"]${name}['"]`
  // Query builders: `db('users')`, `trx<User>('users')`, `.insertInto('users')`, `sq.Insert("users")`, `DB[:users]`. A method `.db()` names a database.
  const built = `(?:(?<![\\w$.])(?:this\\.)?(?:knex|db|trx|tx)(?:<[^()]{1,80}>)?\\(|\\.(?:selectFrom|insertInto|updateTable|deleteFrom|mergeInto|replaceInto)\\(|\\b(?:sq|squirrel|goqu|psql)\\.(?:Insert|Update|Delete|Replace)\\(|\\bDB\\[)\\s*["'\`:](?:\\w+\\.)?${name}(?![\\w.])`
  const made = new RegExp(`${sql}|${declared}|${built}|\\bschema[ (]\\s*"${name}"\\)? do\\b`, 'i')
  if (clause.size > 500) clause.clear()
  clause.set(table, made)
  return made
}

const ectoSchema = /^\s*schema[ (]\s*"\w+"\)? do\b/

const base =
  /ApplicationRecord|ActiveRecord|models\.Model|Model\b|Authenticatable|Pivot\b|Base\b|Table\b|SQLModel|Mixin|Entity|Schema|Record\b|DeclarativeBase/

interface ModelPatterns {
  /** A line that names the class as a declaration does. */
  readonly named: RegExp
  /** Anything in a whole text that could be one of the table's declarations. */
  readonly perhaps: RegExp
}

const declarations = new WeakMap<Words, ModelPatterns>()

function modelPatterns(words: Words): ModelPatterns {
  const known = declarations.get(words)
  if (known) return known
  const source = `^(\\s*)(?:export\\s+|public\\s+|final\\s+|abstract\\s+|default\\s+|data\\s+|type\\s+|const\\s+)*(?:class|struct|model|interface|type|entity|schema)?\\s*(?:${words.classes.join('|') || '(?!)'})\\b(.*)$`
  const patterns = {
    named: new RegExp(source),
    perhaps: new RegExp(`${source}|Table\\(|^\\s*schema[ (]\\s*"\\w+"`, 'm'),
  }
  declarations.set(words, patterns)
  return patterns
}

/** Rails: within `class Employee`, `class Payment < ApplicationRecord` is on employee_payments. Modules give no such prefix. */
function isNested(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? ''
  const indent = line.length - line.trimStart().length
  if (indent === 0 || !/^\s*class\s+\w+\s*</.test(line)) return false
  const around = lines
    .slice(0, at)
    .findLast(other => other.trim() !== '' && other.length - other.trimStart().length < indent)
  return /^\s*class\s/.test(around ?? '')
}

/** Numbers (from 0) of the lines that declare the model of the table. */
function modelLines(lines: readonly string[], whole: string, words: Words): ReadonlySet<number> {
  const found = new Set<number>()
  const { named, perhaps } = modelPatterns(words)
  if (!perhaps.test(whole)) return found
  for (const [at, line] of lines.entries()) {
    const head = named.exec(line)
    const isModel =
      head !== null &&
      !isNested(lines, at) &&
      (/\b(class|model|struct|entity)\b/.test(line)
        ? base.test(head[2] ?? '') ||
          /^\s*model\b/.test(line) ||
          tableText(words.table).test(lines.slice(Math.max(0, at - 3), at + 12).join(' '))
        : false)
    const declares =
      !isModel &&
      (/(pgTable|mysqlTable|sqliteTable|Table)\(/.test(line)
        ? tableText(words.table).test(line)
        : ectoSchema.test(line) && line.includes(`"${words.table}"`))
    if (!isModel && !declares) continue
    for (const inside of blockOf(lines, at)) found.add(inside)
  }
  return found
}

/** Declarations whose first lines name the table: TypeORM's schemas and entities, Sequelize's and MikroORM's options. */
const schemaOpens = /\bEntitySchema\b|@Entity\(|@Table\(|\bdefineEntity\(|\.define\(|\.init\(/

const schemaName = (table: string): RegExp =>
  new RegExp(`^\\s*(?:name|tableName|table)\\s*:\\s*["'\`]${table.replace(/\W/g, '\\$&')}["'\`]`)

function tableUses(path: string, lines: readonly string[], words: Words): Uses {
  const text = tableText(words.table)
  const declared = new RegExp(
    `^\\s*class\\s+(?:${words.classes.join('|') || '(?!)'})\\b\\s*[<(:].*(?:ApplicationRecord|ActiveRecord::Base|models\\.Model|Base\\b)`,
  )
  const direct: Use[] = lines.flatMap((line, at): readonly Use[] =>
    !comment.test(line) && (text.test(line) || (!words.renamed && declared.test(line) && !isNested(lines, at)))
      ? [{ line: at + 1, certain: true }]
      : [],
  )
  const name = schemaName(words.table)
  for (const [at, line] of lines.entries())
    if (name.test(line) && schemaOpens.test(lines.slice(Math.max(0, at - 3), at + 1).join(' ')))
      direct.push({ line: at + 1, certain: true })
  const told = new Set(direct.map(({ line }) => line))
  // A class of the name that says it is on another table: queries through it are not about this one.
  const elsewhere =
    lines.some(line => declared.test(line)) &&
    !direct.some(({ line }) => text.test(lines[line - 1] ?? '')) &&
    lines.some(line => /^\s*(?:self\.table_name|__tablename__|db_table)\s*=/.test(line))
  const more = conventionalTableUses(path, lines, words).filter(({ line }) => !told.has(line))
  if (elsewhere) return { ...none, shadowed: true }
  const at = lines.findIndex(line => declared.test(line) || (namesTable.test(line) && text.test(line)))
  return { ...none, uses: [...direct, ...more], model: at === -1 ? '' : classAbove(lines, at) }
}

const namesTable =
  /^\s*(?:self\.table_name|__tablename__|db_table)\s*=|^\s*(?:protected\s+)?\$table\s*=|^\s*schema[ (]\s*"/

/** The class or module in which a line stands. */
function classAbove(lines: readonly string[], at: number): string {
  const above = lines
    .slice(0, at + 1)
    .findLast(line => /^\s*(?:final\s+)?(?:class|defmodule)\s/.test(line) && !/\bMeta\b/.test(line))
  return /^\s*(?:final\s+)?(?:class|defmodule)\s+(?:\w+(?:::|\.))*(\w+)/.exec(above ?? '')?.[1] ?? ''
}
