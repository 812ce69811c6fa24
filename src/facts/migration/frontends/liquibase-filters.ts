import type { Engine } from '../../../config/types.ts'
import type { Entry } from './liquibase-tree.ts'

/** Contexts and labels that no production database is updated with. */
const elsewhere =
  /^(dev|devel|development|local|test|tests|testing|unit-?test|integration-?test|it|ci|qa|e2e|demo|faker|sample|h2)$/i

/** Does a change set (or a change, a property, a `modifySql`) run on the production database? What cannot be told runs. */
export function runsOn(entry: Entry, engine: Engine): boolean {
  const text = (name: string): string => entry.values.get(name)?.text ?? ''
  if (!allowsDbms(text('dbms'), engine)) return false
  if (entry.name === 'property' || entry.name === 'modifySql') return true
  if (!inProduction(text('context') || text('contextFilter')) || text('ignore') === 'true') return false
  const conditions = entry.children.find(({ name }) => name === 'preConditions')
  // Conditions that are tied together with `or` tell nothing by themselves.
  return (conditions?.children ?? []).every(({ name, values }) => {
    return name !== 'dbms' || allowsDbms(values.get('type')?.text ?? '', engine)
  })
}

/** `dbms="postgresql, !h2"`, `none`, `all`. */
export function allowsDbms(list: string, engine: Engine): boolean {
  const names = list
    .split(',')
    .map(name => name.trim().toLowerCase())
    .filter(name => name !== '')
  if (names.length === 0 || names.includes('all') || names.some(name => name.includes('${'))) return true
  const own = engine === 'postgres' ? ['postgresql', 'edb'] : engine === 'mariadb' ? ['mariadb', 'mysql'] : [engine]
  if (names.some(name => own.includes(name.slice(1)) && name.startsWith('!'))) return false
  const wanted = names.filter(name => !name.startsWith('!'))
  return wanted.length === 0 || wanted.some(name => own.includes(name))
}

/** `context="test"`, `"dev or test"` name other places; a `!` or anything else may be production. */
export function inProduction(context: string): boolean {
  const words = context
    .replace(/[()]/g, ' ')
    .split(/\s*,\s*|\s+or\s+|\s+/i)
    .filter(word => word !== '' && !/^(and|or|not)$/i.test(word))
  if (words.length === 0) return true
  if (/^\s*(!|not\s)\s*(prod|production)\s*$/i.test(context)) return false
  return /\b(not|and)\b|!/i.test(context) || !words.every(word => elsewhere.test(word))
}
