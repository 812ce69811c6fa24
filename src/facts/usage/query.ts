import { escapePattern } from '../../text/pattern.ts'
import { singularize } from '../migration/frontends/rails-names.ts'
import type { Words } from './target.ts'
import { endOfCommand, endOfStatement } from './use.ts'

/** A query of one table, as far as its conditions go. */
export interface Query {
  /** Line, from 1. */
  readonly line: number
  /** Columns by which it looks rows up, as `flat` writes them. */
  readonly filters: ReadonlySet<string>
}

/** One spelling for `owner_id`, `ownerId` and Django's `owner`. */
export const flat = (name: string): string => name.toLowerCase().replaceAll('_', '').replace(/id$/, '') || 'id'

const either = (names: readonly string[]): string => `(?:${names.map(escapePattern).join('|') || '(?!)'})`
const compares = String.raw`(?:=(?!=|>)|>=?|<(?!>)=?|in\b\s*[(@$:?]|between\b|like\b|is\s+not\s+distinct\b)`

/** Queries of the table in the text: in SQL, through its model, through a query builder. */
export function queriesIn(path: string, lines: readonly string[], words: Words): readonly Query[] {
  const found = [...sqlQueries(lines, words), ...builtQueries(path, lines, words)]
  if (/\.(java|kt)$/.test(path)) found.push(...derivedQueries(lines, words))
  if (path.endsWith('.rb')) found.push(...railsQueries(lines, words))
  return found.filter(({ line, filters }) => filters.size > 0 && !isComment(lines[line - 1] ?? ''))
}

const isComment = (line: string): boolean => /^\s*(#(?!\{|\[)|\/\/|\*|\/\*|--|<!--)/.test(line)

/** Characters of a statement that are looked at, from the name of its table on. */
const reach = 700

function sqlQueries(lines: readonly string[], { table }: Words): readonly Query[] {
  const text = lines.join('\n')
  const name = `["\`\\[]?${escapePattern(table)}["\`\\]]?(?![\\w$.])`
  const opens = new RegExp(`\\b(?:from|update|delete\\s+from)\\s+(?:only\\s+)?(?:["\`]?\\w+["\`]?\\.)?${name}`, 'gi')
  return [...text.matchAll(opens)].map(match => {
    const rest = text.slice(match.index + match[0].length, match.index + match[0].length + reach)
    const end = /;|\n\s*\n|\bunion\b|\bselect\b|\bfunc\b|\bdef\b|\binsert\s+into\b/i.exec(rest)?.index ?? rest.length
    const own = rest.slice(0, end)
    const alias = /^\s+(?:as\s+)?(?!where\b|set\b|join\b|left\b|inner\b|order\b|group\b|limit\b|for\b)(\w+)/i.exec(
      own,
    )?.[1]
    const line = text.slice(0, match.index).split('\n').length
    return { line, filters: sqlFilters(own, [table, ...(alias === undefined ? [] : [alias])]) }
  })
}

/** Columns that a WHERE compares; with a join only those that say they are of the table, and none with an OR. */
function sqlFilters(text: string, names: readonly string[]): ReadonlySet<string> {
  const where = /\bwhere\b/i.exec(text)
  if (where === null || /\bor\b/i.test(text.slice(where.index))) return new Set()
  const own = `["\`]?${either(names)}["\`]?\\.`
  const qualifier = /\bjoin\b/i.test(text) ? own : `(?:${own})?`
  const condition = new RegExp(
    `\\b(?:where|and|on)\\s+\\(*\\s*${qualifier}["\`\\[]?(\\w+)["\`\\]]?\\s*${compares}`,
    'gi',
  )
  return new Set([...text.matchAll(condition)].map(found => flat(found[1] ?? '')))
}

/** Methods of a chain that add no condition of their own, or one that is read. */
const known =
  /^(objects|query|all|unscoped|with_deleted|where\w*|andWhere|filter|filter_by|find_by!?|find_or_\w+|create_or_find_by!?|first_or_\w+|exists\?|exists|get|first|firstOrFail|one|one_or_none|scalar\w*|scalars|last|take!?|limit|offset|order|order_by|orderBy|orderByDesc|latest|select|select_related|prefetch_related|with|withTrashed|includes|preload|eager_load|joins|left_joins|leftJoin|innerJoin|join|outerjoin|options|pluck|pick|count|sum|ids|update|update_all|delete|delete_all|destroy_all|values|values_list|only|defer|lock|lockForUpdate|with_for_update|exclude|not|distinct|get_or_create|update_or_create|firstOrCreate|firstOrNew|updateOrCreate|firstWhere|find|findAll|findOne|findOneBy|findBy|findMany|findFirst\w*|findUnique\w*|findAndCountAll|findOrCreate|updateMany|deleteMany|aggregate|from|returning|execute\w*|set|then|catch|to_a|map|each|find_each|in_batches|present\?|any\?|blank\?|size|length|empty\?|using|paginate|get_by!?|toArray|value|save!?|id|maximum|minimum|in_|desc|asc|like|between|is_|or_404|first_or_404|index_by|group_by)$/

const verbs =
  '(?:where\\w*|andWhere|filter|filter_by|find_by!?|find_or_create_by!?|find_or_initialize_by|create_or_find_by!?|exists\\?|exists|get|get_or_create|update_or_create|firstOrCreate|firstOrNew|updateOrCreate|firstWhere|findOneBy|findBy|findOneByOrFail|get_by!?|get_object_or_404|get_list_or_404)'

/** Queries through a model, a repository or a query builder, whose whole chain is understood. */
function builtQueries(path: string, lines: readonly string[], words: Words): readonly Query[] {
  const opens = opening(path, lines, words)
  return lines.flatMap((line, at): readonly Query[] => {
    const match = opens.exec(line)
    if (match === null) return []
    const whole = [line.slice(match.index), ...lines.slice(at + 1, endOfStatement(lines, at) + 1)].join('\n')
    const cut = /^[^;]*/.exec(whole)?.[0] ?? whole
    return [{ line: at + 1, filters: understood(cut, match[0]) ? filtersIn(cut, words) : new Set() }]
  })
}

function opening(path: string, lines: readonly string[], words: Words): RegExp {
  const model = either(words.classes)
  const small = either(words.classes.map(name => name.replace(/^[A-Z]/, letter => letter.toLowerCase())))
  const table = escapePattern(words.table)
  const camelTable = table.replace(/_+([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase())
  const finders = '(?:find\\w*|count|update\\w*|delete\\w*|aggregate)'
  const starts = [
    `(?<![\\w$.:])${model}(?=\\.\\w|::\\w|\\s*$)`,
    `\\bget_(?:object|list)_or_404\\(\\s*${model}\\b`,
    `\\b(?:query|select|select_from|update|delete)\\(\\s*${model}\\b(?!\\.)`,
    `(?<!\\w)(?:knex|db|trx|tx|from|table|selectFrom|updateTable|deleteFrom)\\(\\s*['"\`](?:public\\.)?${table}['"\`]\\s*\\)`,
    `\\bDB::table\\(\\s*['"]${table}['"]\\s*\\)`,
    `(?<![\\w$])(?:prisma|db|tx|trx|client|ctx\\.\\w+|this\\.prisma)\\.${small}\\.${finders}\\(`,
    `(?<![\\w$])${small}(?:s|es)?(?:Repository|Repo)\\.${finders}\\(`,
    `\\.from\\(\\s*(?:\\w+\\.)?(?:${camelTable}|${small}|${small}s)(?:Table)?\\s*\\)`,
  ]
  if (/\.exs?$/.test(path)) {
    const own = lines.some(line => new RegExp(`^\\s*schema[ (]\\s*"${table}"`).test(line)) ? '|__MODULE__' : ''
    starts.push(
      `\\bfrom[ (]\\s*\\w+ in (?:(?:[A-Z]\\w*\\.)*${model}\\b|"${table}"${own})`,
      `\\bget_by!?\\(\\s*(?:[A-Z]\\w*\\.)*(?:${model}\\b${own})`,
    )
  }
  return new RegExp(starts.join('|'))
}

/** Every method of the chain is one that is known: a scope of the model's own may narrow the rows. */
function understood(text: string, opening: string): boolean {
  // A bracket that the opening leaves open stands again before its arguments.
  const bracket = (opening.match(/\(/g)?.length ?? 0) > (opening.match(/\)/g)?.length ?? 0) ? '(' : ''
  const chain = withoutArguments(`${bracket}${text.slice(opening.length)}`)
  return [...chain.matchAll(/(?:\.|->|::|\|>\s*)\s*([a-z]\w*[?!]?)/g)].every(found => known.test(found[1] ?? ''))
}

function withoutArguments(text: string): string {
  let left = text
  for (let depth = 0; depth < 12; depth++) {
    const next = left.replace(/\([^()]*\)|\{[^{}]*\}|\[[^[\]]*\]/g, '')
    if (next === left) return left
    left = next
  }
  return left
}

/** Columns in the conditions of a statement; none where an OR could make each of them optional. */
function filtersIn(text: string, words: Words): ReadonlySet<string> {
  const found = new Set<string>()
  if (/\bor\b(?!_)|\bor\w*Where|\bOR:|\bor_\(|\|\||Op\.or|\bQ\(/i.test(text)) return found
  const add = (pattern: RegExp, part: string): void => {
    for (const match of part.matchAll(pattern))
      if (match[1] !== undefined && !match[1].includes('__')) found.add(flat(match[1]))
  }
  for (const match of text.matchAll(new RegExp(`(?<![\\w$])${verbs}(?=[\\s(])\\s*(\\()?`, 'g'))) {
    const rest = text.slice(match.index + match[0].length)
    conditions(match[1] === undefined ? (/^[^\n]*/.exec(rest)?.[0] ?? '') : inBrackets(rest, '(', ')'), add)
  }
  for (const match of text.matchAll(/(?<![\w$])where\s*:\s*(\{)?/g)) {
    const rest = text.slice(match.index + match[0].length)
    if (match[1] === undefined) add(/(?<![\w$])[a-z]\w*\.(\w+)\s*(?:==|in\b|>|<)/g, /^[^\n]*/.exec(rest)?.[0] ?? '')
    else add(/(?:^|[,{])\s*["']?(\w+)["']?\s*(?::|(?=[,}]|$))/g, inBrackets(rest, '{', '}').replace(/\{[^{}]*\}/g, ''))
  }
  const compared = `(?<![\\w$.])${either(words.classes)}\\.(?:c\\.)?(\\w+)\\s*(?:==|>=?|<=?|\\.in_\\(|\\.between\\(|\\.is_\\()`
  add(new RegExp(compared, 'g'), text)
  add(/\b(?:eq|inArray|gte?|lte?|between)\(\s*\w+(?:\.\w+)?\.(\w+)\s*,/g, text)
  add(/\.(?:find_by_|where)([a-z]\w*|[A-Z]\w*)\(/g, text)
  found.delete('in')
  return found
}

/** What the arguments of one condition compare. */
function conditions(part: string, add: (pattern: RegExp, part: string) => void): void {
  add(/(?:^|[(,{\s])(\w+?)(?:__(?:in|gte?|lte?|exact|range|startswith|id|pk|id__in|date))?\s*=(?![=>])/g, part)
  add(/(?:^|[(,{\s])["']?(\w+)["']?:(?!:)/g, part)
  add(/:(\w+)\s*=>/g, part)
  add(/['"`](?:\w+\.)?(\w+)['"`]\s*(?:,|=>)/g, part)
  add(/^\s*\[?\s*['"](?:\w+\.)?(\w+)\s*(?:=|>|<|in\b|like\b|between\b)/gi, part)
  add(/\band\s+(?:\w+\.)?(\w+)\s*(?:=|>|<|in\b|between\b)/gi, part)
  add(/(?<![\w$])[a-z]\w*\.(\w+)\s*(?:==|in\b|>|<)/g, part)
}

function inBrackets(text: string, open: string, close: string): string {
  let depth = 1
  for (let at = 0; at < text.length; at++) {
    if (text[at] === open) depth++
    else if (text[at] === close && --depth === 0) return text.slice(0, at)
  }
  return text
}

/** Spring Data makes a query of the name of a method: `findByReferenceAndState`. */
function derivedQueries(lines: readonly string[], { classes }: Words): readonly Query[] {
  const of = new RegExp(`\\binterface\\b.*Repository<\\s*${either(classes)}\\s*,`)
  if (!lines.some(line => of.test(line))) return []
  return lines.flatMap((line, at): readonly Query[] => {
    const name = /\b(?:find|exists|count|delete|read|get|stream)\w*?By(\w+?)(?:OrderBy\w+)?\(/.exec(line)?.[1]
    if (name === undefined || /Or(?=[A-Z])/.test(name) || /@Query/.test(lines[at - 1] ?? '')) return []
    const parts = name
      .split(/And(?=[A-Z])/)
      .map(part => part.replace(/(In|Between|GreaterThan|LessThan|Before|After|StartingWith)(Equal)?$/, ''))
    return [{ line: at + 1, filters: new Set(parts.map(flat)) }]
  })
}

/** Active Record asks by a column on its own: to see that a value is unique, and for the rows of an association. */
function railsQueries(lines: readonly string[], { classes, table }: Words): readonly Query[] {
  const owner = /^\s*class\s+(?:\w+::)*(\w+)\s*</.exec(lines.find(line => /^\s*class\s/.test(line)) ?? '')?.[1]
  if (owner === undefined) return []
  return lines.flatMap((line, at): readonly Query[] => {
    const whole = lines.slice(at, endOfCommand(lines, at) + 1).join(' ')
    if (classes.includes(owner) && /^\s*validates(_uniqueness_of)?\s/.test(line) && /uniqueness/.test(whole)) {
      const column = /^\s*validates(?:_uniqueness_of)?\s+:(\w+)/.exec(line)?.[1]
      const scope = /\bscope:\s*(\[[^\]]*\]|:\w+)/.exec(whole)?.[1] ?? ''
      if (column === undefined || /case_sensitive:\s*false|,\s*:\w+\s*,.*uniqueness/.test(whole)) return []
      return [{ line: at + 1, filters: new Set([column, ...(scope.match(/\w+/g) ?? [])].map(flat)) }]
    }
    // A scope with an argument finds by it; others only narrow what something else has found.
    const scoped = /^\s*scope\s+:\w+,\s*(?:->\s*\(\w[^)]*\)\s*\{|lambda\s*\{\s*\|\w[^|]*\|)\s*where\((\w+_id):/.exec(
      whole,
    )?.[1]
    if (classes.includes(owner) && scoped !== undefined && !/\.or\(|\bjoins\(/.test(whole)) {
      const [, given = ''] = /where\(([^()]*)/.exec(whole) ?? []
      return [
        { line: at + 1, filters: new Set([...given.matchAll(/(\w+):(?!:)/g)].map(([, name = '']) => flat(name))) },
      ]
    }
    const many = /^\s*has_(?:many|one)\s+:(\w+)/.exec(line)?.[1]
    if (many === undefined || /\b(through|class_name|as):/.test(whole) || singularize(many) !== singularize(table))
      return []
    const key = /\bforeign_key:\s*[:"'](\w+)/.exec(whole)?.[1] ?? `${owner}_id`
    return [{ line: at + 1, filters: new Set([flat(key)]) }]
  })
}
