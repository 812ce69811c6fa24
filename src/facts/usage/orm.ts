import { pluralize, singularize, underscore } from '../migration/frontends/rails-names.ts'
import type { Words } from './target.ts'
import { blockOf, clauses, endOfCommand, endOfStatement, type Use } from './use.ts'

/** Uses of a column that only the conventions of a framework tell: associations, macros of a model, serializers, query builders. */
export function conventionalUses(
  path: string,
  lines: readonly string[],
  whole: string,
  words: Words,
  model: ReadonlySet<number>,
): readonly Use[] {
  const found = new Map<number, boolean>()
  const add = (at: number, certain: boolean): void => {
    found.set(at, certain || found.get(at) === true)
  }
  const named = namesOf(words)
  // Of most files the whole text tells that no line of them can matter.
  const byLine = /\.(rb|py)$/.test(path) || anywhere(words).test(whole)
  for (const [at, line] of byLine ? lines.entries() : []) {
    if (isComment(line)) continue
    if (path.endsWith('.rb')) railsLine(lines, at, words, model.has(at), add)
    const start = queryStart(words).exec(line)
    if (start !== null) inStatement(lines, at, start.index, named, !words.plain, add)
    if (/\.(rb|py)$/.test(path) && isPresenter(line, words)) inPresenter(lines, at, named, add)
    if (schemaBlock(words).test(line)) inSchemaBlock(lines, at, named, add)
  }
  if (/\.(java|kt)$/.test(path)) for (const at of model) if (entityField(lines, at, named)) add(at, true)
  if (path.endsWith('.go')) goFields(lines, words, named, add)
  if (/\.ya?ml$/.test(path)) metadata(lines, words, named, add)
  return [...found].map(([at, certain]) => ({ line: at + 1, certain }))
}

type Add = (at: number, certain: boolean) => void

const isComment = (line: string): boolean => /^\s*(#(?!\{|\[)|\/\/|\*|\/\*|--|<!--)/.test(line)

const quoted = (name: string): string => name.replace(/\W/g, '\\$&')
const either = (names: readonly string[]): string => `(?:${names.map(quoted).join('|') || '(?!)'})`

const namesOf = (words: Words): string => `${either(words.columns)}(?![\\w$])`

const patterns = new WeakMap<Words, Map<string, RegExp>>()

function pattern(words: Words, key: string, make: () => RegExp): RegExp {
  const known = patterns.get(words) ?? new Map<string, RegExp>()
  patterns.set(words, known)
  const found = known.get(key) ?? make()
  known.set(key, found)
  return found
}

/** Where a statement of a query builder about the table begins. */
function queryStart(words: Words): RegExp {
  return pattern(words, 'start', () => {
    const models = either(words.classes)
    const delegate = either(words.classes.map(name => name.replace(/^[A-Z]/, letter => letter.toLowerCase())))
    const table = quoted(words.table)
    const builder = '(?:knex|db|trx|tx|from|into|table|selectFrom|insertInto|updateTable|deleteFrom)'
    const prisma = '(?:find\\w+|create\\w*|update\\w*|upsert|delete\\w*|count|aggregate|groupBy)'
    return new RegExp(
      `(?<!\\w)${builder}\\(\\s*['"\`](?:public\\.)?${table}(?:\\s+as\\s+\\w+)?['"\`]\\s*\\)|\\.${delegate}\\.${prisma}\\(|(?<![\\w$.])${models}(?:\\s*$|\\.${clauses}|::(?:query|where)\\b)|(?<![\\w$:'"])${table}(?:\\.\\w+(?:\\([^()]*\\))?)*\\.${clauses}[ (]`,
    )
  })
}

/** A statement or a block about the table, anywhere in a text. */
function anywhere(words: Words): RegExp {
  return pattern(words, 'anywhere', () => new RegExp(`${queryStart(words).source}|${schemaBlock(words).source}`, 'm'))
}

/** Columns named inside the statement: as a key, a string or a symbol. */
function inStatement(
  lines: readonly string[],
  at: number,
  from: number,
  named: string,
  certain: boolean,
  add: Add,
): void {
  const use = new RegExp(
    `(?<![\\w$.])${named}\\s*(?::(?!:)|=(?!=)|,|\\})|[:'"\`](?:\\w+\\.)?${named}(?:['"\`]|(?=\\s*[,)=]|$))`,
  )
  // In `if (… = Order::first()) {` the block is not the query's.
  const last = closesIn(lines[at] ?? '', from) ? at : endOfStatement(lines, at)
  for (let line = at; line <= last; line++) {
    const text = line === at ? (lines[line] ?? '').replace(/^\s*[\w$]+\s*:(?!:)/, '') : (lines[line] ?? '')
    if (!isComment(text) && use.test(text)) add(line, certain && !/\b(joins|includes|include|merge|with)\b/.test(text))
  }
}

/** Does a bracket that stands before `from` close behind it? */
function closesIn(line: string, from: number): boolean {
  let depth = 0
  for (const character of line.slice(from)) {
    if (/[([{]/.test(character)) depth++
    else if (/[)\]}]/.test(character) && --depth < 0) return true
  }
  return false
}

const commandAt = (lines: readonly string[], at: number): string =>
  lines.slice(at, endOfCommand(lines, at) + 1).join(' ')

const macros =
  /^\s*(validates\w*|enum|serialize|encrypts|store|store_accessor|alias_attribute|normalizes|attr_readonly|has_secure_token|counter_culture|friendly_id|acts_as_\w+|monetize|scope|default_scope)\b/

/** Ruby: macros and associations of Active Record. */
function railsLine(lines: readonly string[], at: number, words: Words, inModel: boolean, add: Add): void {
  const line = lines[at] ?? ''
  const named = namesOf(words)
  if (inModel && macros.test(line)) {
    const whole = commandAt(lines, at)
    // The rest are values of the enumeration, or keys inside of the one column.
    const ofFirst = /^\s*(enum|serialize|store|store_accessor)\b/.test(line)
    const names = ofFirst
      ? new RegExp(`^\\s*\\w+[ (]\\s*(?:[:'"]${named}|${named}:)`)
      : new RegExp(`[:'"]${named}|(?<![\\w.])${named}:`)
    if (names.test(whole)) add(at, /^\s*(enum|serialize|encrypts|store)\b/.test(line))
  }
  if (!/^\s*(belongs_to|has_many|has_one)\b/.test(line)) return
  const whole = commandAt(lines, at)
  for (const { key, polymorphic } of keysOf(words)) {
    const own = new RegExp(`\\bforeign_(?:key|type):\\s*[:'"]${named}`).test(whole)
    const byName =
      new RegExp(`belongs_to\\s+:${quoted(key)}(?![\\w])`).test(whole) &&
      !/\bforeign_key\b/.test(whole) &&
      (!polymorphic || /polymorphic/.test(whole))
    if (inModel && (own || byName)) add(at, true)
    const many = new RegExp(`\\bhas_(?:many|one)\\s+:(?:${either([words.table, singularize(words.table)])})(?![\\w])`)
    if (
      !polymorphic &&
      many.test(whole) &&
      !/\b(through|foreign_key|as|class_name):/.test(whole) &&
      declares(lines, key)
    )
      add(at, true)
  }
  const counted =
    words.columns[0]?.endsWith('_count') === true ? words.columns[0].slice(0, -'_count'.length) : undefined
  if (counted === undefined || !new RegExp(`belongs_to\\s+:${quoted(singularize(words.table))}(?![\\w])`).test(whole))
    return
  if (new RegExp(`counter_cache:\\s*[:'"]${named}`).test(whole)) add(at, true)
  else if (/counter_cache:\s*true/.test(whole) && declares(lines, singularize(counted))) add(at, true)
}

/** `batch_id` is the key of `belongs_to :batch`; `owner_type` that of a polymorphic `belongs_to :owner`. */
function keysOf(words: Words): readonly { readonly key: string; readonly polymorphic: boolean }[] {
  const column = words.columns[0] ?? ''
  if (column.endsWith('_id')) return [{ key: column.slice(0, -3), polymorphic: false }]
  return column.endsWith('_type') ? [{ key: column.slice(0, -5), polymorphic: true }] : []
}

/** The file declares the model of this name. */
function declares(lines: readonly string[], stem: string): boolean {
  return lines.some(line => underscore(/^\s*class\s+(?:\w+::)*(\w+)\s*</.exec(line)?.[1] ?? '') === stem)
}

const presenter =
  'Serializer|Blueprint|Resource|Presenter|Decorator|Admin|Schema|Filter|FilterSet|Form|Type|Table|ViewSet|Dashboard|Index|Document'
const variant =
  'Base|Admin|Public|Private|Internal|Nested|Simple|Short|Full|Detail|Detailed|List|Api|Create|Update|Read|Write|Model'

function isPresenter(line: string, words: Words): boolean {
  return pattern(
    words,
    'presenter',
    () =>
      new RegExp(
        `^\\s*class\\s+(?:\\w+(?:::|\\.))*(?:${variant})*${either(words.classes)}(?:${variant})*(?:${presenter})\\b`,
      ),
  ).test(line)
}

/** A column passed on by its name alone, as in `fields = ["id", "total"]`; not where the class computes it. */
function inPresenter(lines: readonly string[], at: number, named: string, add: Add): void {
  const block = blockOf(lines, at)
  const computed = new RegExp(
    `^\\s*(?:def\\s+(?:get_|resolve_)?${named}|${named}\\s*[:=]|(?:attributes?|field|association)\\s*\\(?:${named}.*(?:\\bdo\\b|\\{|method:|resolver))`,
  )
  if (block.some(line => computed.test(lines[line] ?? ''))) return
  const use = new RegExp(`(?<![\\w.:])(?::${named}(?![\\w:])|(['"])${named}\\1(?!\\s*:))`)
  for (const line of block) if (!isComment(lines[line] ?? '') && use.test(lines[line] ?? '')) add(line, false)
}

/** Ecto's `schema "orders" do`, Diesel's `orders (id) {`. */
function schemaBlock(words: Words): RegExp {
  return pattern(
    words,
    'block',
    () =>
      new RegExp(
        `^\\s*(?:schema\\s+"${quoted(words.table)}"\\s+do|(?:\\w+\\.)?${quoted(words.table)}\\s*\\([\\w, ]*\\)\\s*\\{)\\s*$`,
      ),
  )
}

function inSchemaBlock(lines: readonly string[], at: number, named: string, add: Add): void {
  const use = new RegExp(`^\\s*(?:field\\s*\\(?\\s*:${named}|${named}\\s*->)`)
  for (const line of blockOf(lines, at))
    if (use.test(lines[line] ?? '') && !/\bvirtual:\s*true/.test(lines[line] ?? '')) add(line, true)
}

/** A field of a JPA entity, which is a column unless it says otherwise. */
function entityField(lines: readonly string[], at: number, named: string): boolean {
  const line = lines[at] ?? ''
  const field = new RegExp(
    `^\\s*(?:(?:private|protected|public|lateinit|override|val|var)\\s+)+(?:[\\w<>,.?]+\\s+)?${named}\\s*[;=:]`,
  )
  const column = new RegExp(`@(?:Join)?Column\\([^)]*name\\s*=\\s*"${named}`)
  if (column.test(line)) return true
  return (
    field.test(line) &&
    !/@(Transient|Formula)\b/.test(lines.slice(Math.max(0, at - 2), at + 1).join(' ')) &&
    !/\bstatic\b/.test(line)
  )
}

/** Fields of a struct that GORM or a `db` tag maps onto the table. */
function goFields(lines: readonly string[], words: Words, named: string, add: Add): void {
  const struct = new RegExp(`^type\\s+${either(words.classes)}\\s+struct\\s*\\{`)
  const field = new RegExp(`^\\s*${named}\\s+[\\w*.\\[\\]]`)
  const tag = new RegExp(`(?:db:"|column:)${named}`)
  for (const [at, line] of lines.entries()) {
    if (!struct.test(line)) continue
    const block = blockOf(lines, at)
    const mapped = block.some(item => /\bgorm\b|\bbun:"|\bdb:"/.test(lines[item] ?? ''))
    for (const item of block) {
      const text = lines[item] ?? ''
      if (tag.test(text) || (mapped && field.test(text) && !/(gorm|db|bun):"-"/.test(text)))
        add(item, /\bgorm\b/.test(block.map(one => lines[one]).join()))
    }
  }
}

/** Hasura's metadata names tables and their columns. */
function metadata(lines: readonly string[], words: Words, named: string, add: Add): void {
  const own = lines.findIndex(line => new RegExp(`^\\s*(?:-\\s*)?name:\\s*"?${quoted(words.table)}"?\\s*$`).test(line))
  if (own === -1) return
  const use = new RegExp(`^\\s*(?:-\\s*"?${named}"?\\s*$|"?${named}"?:)`)
  for (let at = own + 1; at < lines.length; at++) {
    if (/^\s*(?:-\s*)?table:\s*$/.test(lines[at] ?? '')) break
    if (use.test(lines[at] ?? '')) add(at, true)
  }
}

/** Uses of a table that only the conventions of a framework tell. */
export function conventionalTableUses(path: string, lines: readonly string[], words: Words): readonly Use[] {
  if (words.renamed) return []
  const delegate = either(words.classes.map(name => name.replace(/^[A-Z]/, letter => letter.toLowerCase())))
  const models = either(words.classes)
  const certain = new RegExp(
    `\\b(?:prisma|tx|trx|db|client)\\.${delegate}\\.(?:find\\w+|create\\w*|update\\w*|upsert|delete\\w*|count|aggregate|groupBy)\\(|^\\s*(?:final\\s+)?class\\s+${models}\\s+extends\\s+(?:Model|Eloquent|Authenticatable)\\b`,
  )
  const likely = new RegExp(
    `(?<![\\w$.:])${models}(?:\\.(?:objects|where|find|find_by|create!?|insert_all|find_each|query)\\b|::(?:query|where|find|create|all)\\b)|^\\s*has_(?:many|one)\\s+:(?:${either([words.table, singularize(words.table), pluralize(singularize(words.table))])})(?![\\w])`,
  )
  const block = schemaBlock(words)
  const yaml = new RegExp(`^\\s*(?:-\\s*)?name:\\s*"?${quoted(words.table)}"?\\s*$`)
  const returned = new RegExp(`\\breturn\\s+"(?:public\\.)?${quoted(words.table)}"`)
  return lines.flatMap((line, at): readonly Use[] => {
    if (isComment(line)) return []
    const use =
      certain.test(line) ||
      block.test(line) ||
      (/\.ya?ml$/.test(path) && yaml.test(line)) ||
      (returned.test(line) && /TableName\(\)/.test(`${lines[at - 1] ?? ''} ${line}`))
    if (use) return [{ line: at + 1, certain: true }]
    const elsewhere = /^\s*has_(?:many|one)\b/.test(line) && /\b(?:through|class_name)\b/.test(commandAt(lines, at))
    return likely.test(line) && !elsewhere ? [{ line: at + 1, certain: false }] : []
  })
}
