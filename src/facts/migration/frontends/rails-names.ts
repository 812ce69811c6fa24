import { createHash } from 'node:crypto'

const irregular: readonly (readonly [RegExp, string])[] = [
  [/(^|_)person$/, '$1people'],
  [/(^|_)man$/, '$1men'],
  [/(^|_)child$/, '$1children'],
  [/(^|_)move$/, '$1moves'],
  [/(^|_)zombie$/, '$1zombies'],
]

const uncountable =
  /(^|_)(equipment|information|rice|money|species|series|fish|sheep|jeans|police|metadata|news|feedback|staff)$/

const plurals: readonly (readonly [RegExp, string])[] = [
  [/(quiz)$/, '$1zes'],
  [/^(ox)$/, '$1en'],
  [/^(m|l)ouse$/, '$1ice'],
  [/(matr|vert|ind)(?:ix|ex)$/, '$1ices'],
  [/(x|ch|ss|sh)$/, '$1es'],
  [/([^aeiouy]|qu)y$/, '$1ies'],
  [/(hive)$/, '$1s'],
  [/(?:([^f])fe|([lr])f)$/, '$1$2ves'],
  [/sis$/, 'ses'],
  [/([ti])um$/, '$1a'],
  [/(buffal|tomat)o$/, '$1oes'],
  [/(bu)s$/, '$1ses'],
  [/(alias|status)$/, '$1es'],
  [/(octop|vir)us$/, '$1i'],
  [/^(ax|test)is$/, '$1es'],
  [/s$/, 's'],
  [/$/, 's'],
]

const singulars: readonly (readonly [RegExp, string])[] = [
  [/(^|_)people$/, '$1person'],
  [/(^|_)men$/, '$1man'],
  [/(^|_)children$/, '$1child'],
  [/(database)s$/, '$1'],
  [/(quiz)zes$/, '$1'],
  [/(matr)ices$/, '$1ix'],
  [/(vert|ind)ices$/, '$1ex'],
  [/^(ox)en/, '$1'],
  [/(alias|status)(es)?$/, '$1'],
  [/(octop|vir)(us|i)$/, '$1us'],
  [/(cris|test)(is|es)$/, '$1is'],
  [/(shoe)s$/, '$1'],
  [/(bus)(es)?$/, '$1'],
  [/(x|ch|ss|sh)es$/, '$1'],
  [/(m)ovies$/, '$1ovie'],
  [/([^aeiouy]|qu)ies$/, '$1y'],
  [/([lr])ves$/, '$1f'],
  [/(tive)s$/, '$1'],
  [/(hive)s$/, '$1'],
  [/([^f])ves$/, '$1fe'],
  [/(analy|ba|diagno|parenthe|progno|synop|the)(sis|ses)$/, '$1sis'],
  [/([ti])a$/, '$1um'],
  [/(ss)$/, '$1'],
  [/s$/, ''],
]

function replaceFirst(word: string, rules: readonly (readonly [RegExp, string])[]): string {
  if (uncountable.test(word)) return word
  for (const [pattern, to] of rules) if (pattern.test(word)) return word.replace(pattern, to)
  return word
}

/** `person` → `people`, as Active Support does. */
export const pluralize = (word: string): string => replaceFirst(word, [...irregular, ...plurals])

/** `people` → `person`, as Active Support does. */
export const singularize = (word: string): string => replaceFirst(word, singulars)

/** `AdminUser` → `admin_user`, `HTTPLog` → `http_log`. */
export function underscore(word: string): string {
  return word
    .replaceAll('::', '_')
    .replace(/([A-Z\d]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

/**
 * Table of a model class by Rails' convention; for `Admin::User` the possible names, the likelier one first. In the
 * singular last, for projects that have switched plural names off.
 */
export function tablesOfModel(model: string): readonly string[] {
  const parts = model.replace(/^::/, '').split('::')
  const single = underscore(parts.at(-1) ?? model)
  const last = pluralize(single)
  return parts.length === 1 ? [last, single] : [`${parts.slice(0, -1).map(underscore).join('_')}_${last}`, last, single]
}

/** `index_users_on_email_and_name`: what Rails calls an index without a name; since 7.1 a long one is cut and told apart. */
export function indexName(table: string, columns: readonly string[], version: number): string {
  const words = columns.map(column => column.replace(/\W+/g, '_').replace(/^_|_$/g, ''))
  const name = `index_${bare(table)}_on_${words.join('_and_')}`
  if (version < 7.1 || name.length <= 62) return name
  return `${`idx_on_${words.join('_')}`.slice(0, 51)}_${digest(name)}`
}

const bare = (table: string): string => table.slice(table.lastIndexOf('.') + 1)

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10)

/** The names that Rails makes up for constraints, so that a validation finds the constraint added before. */
export const foreignKeyName = (table: string, columns: readonly string[]): string =>
  `fk_rails_${digest(`${table}_${columns.join('_')}_fk`)}`
export const checkName = (table: string, expression: string): string =>
  `chk_rails_${digest(`${table}_${expression}_chk`)}`
export const uniqueName = (table: string, columns: readonly string[]): string =>
  `uniq_rails_${digest(`${table}_${columns.join('_and_')}_unique`)}`

/** `create_join_table :assemblies, :parts` → `assemblies_parts`; a prefix that both share is said once. */
export function joinTable(one: string, other: string): string {
  const names = [one, other].sort().join('\0')
  return names.replace(/^(.*[._])(.+)\0\1(.+)/, '$1$2_$3').replaceAll('\0', '_')
}
