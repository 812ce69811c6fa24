import type { Operation } from '../operation.ts'
import type { MysqlOptions } from './mysql-options.ts'
import type { MysqlAbilities } from './mysql-version.ts'
import { ranks, type Way } from './mysql-ways.ts'

const upper = (word: string) => word.toUpperCase()

/** Functions that give replicas other values than the source. */
const elsewhere = /^(?:uuid|uuid_short|rand|random_bytes|sysdate|user|session_user|system_user|current_user)$/

/** Does a copy of the table let others write? */
export function copiesOnline(best: Way, { table }: MysqlOptions, abilities: MysqlAbilities): boolean {
  return abilities.onlineCopy && !best.offline && !table?.cascades
}

/** Why the server refuses ALGORITHM= and LOCK= as the statement asks for them; undefined when it accepts or that is not certain. */
export function refusal(
  operation: Operation,
  best: Way,
  options: MysqlOptions,
  abilities: MysqlAbilities,
): string | undefined {
  const { algorithm, lock, engine } = options
  const server = engine === 'mysql' ? 'MySQL' : 'MariaDB'
  if (engine === 'mysql' && abilities.instant && operation.op === 'add-column') {
    const differs = operation.column.default?.functions.find(name => elsewhere.test(name))
    if (differs !== undefined)
      return `MySQL adds no column whose default differs from server to server (${differs}()) while it writes a binary log (error 1674)`
  }
  if (algorithm === 'nocopy' && engine === 'mysql') return 'MySQL knows no ALGORITHM=NOCOPY'
  if (algorithm === 'instant' && !abilities.instant) return `this version of ${server} knows no ALGORITHM=INSTANT`
  if (algorithm === 'instant' && lock !== undefined && engine === 'mysql')
    return `MySQL accepts no LOCK= together with ALGORITHM=INSTANT (error 1221)`
  // An old type that is not known makes the best way a guess.
  if (best.assumes?.includes('not known')) return undefined
  // ALGORITHM=INPLACE makes MySQL rebuild where it could be instant; the way already says so.
  if (algorithm !== undefined && ranks[best.algorithm] > ranks[algorithm])
    return `${server} does not support ALGORITHM=${upper(algorithm)} for ${operation.op}; the best it accepts is ALGORITHM=${upper(best.algorithm)}`
  const copies = algorithm === 'copy' || best.algorithm === 'copy'
  const writes = copies ? copiesOnline(best, options, abilities) : best.writes
  if (lock === 'none' && !writes)
    return `${server} does not support LOCK=NONE here: it must block writes while it ${copies ? 'copies the table' : 'works'}`
  return undefined
}
