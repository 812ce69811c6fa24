import type { Node } from 'web-tree-sitter'
import { phpChildren } from '../../../artifact/php.ts'
import type { Engine } from '../../../config/types.ts'
import type { PhpScope } from './php-scope.ts'

/** Whether a condition holds in production on the project's engine, where its text tells. */
export function phpHolds(node: Node, scope: PhpScope, depth = 0): boolean | undefined {
  if (depth > 12) return undefined
  if (node.type === 'parenthesized_expression') {
    const inner = phpChildren(node)[0]
    return inner ? phpHolds(inner, scope, depth + 1) : undefined
  }
  if (node.type === 'boolean') return node.text.toLowerCase() === 'true'
  if (node.type === 'unary_op_expression' && node.text.startsWith('!')) {
    const inner = node.childForFieldName('argument')
    const holds = inner ? phpHolds(inner, scope, depth + 1) : undefined
    return holds === undefined ? undefined : !holds
  }
  if (node.type === 'binary_expression') return binaryHolds(node, scope, depth)
  return plain(resolved(node, scope), scope.file.engine)
}

function binaryHolds(node: Node, scope: PhpScope, depth: number): boolean | undefined {
  const operator = node.childForFieldName('operator')?.text ?? ''
  const left = node.childForFieldName('left')
  const right = node.childForFieldName('right')
  if (!left || !right) return undefined
  if (/^(&&|\|\||and|or)$/i.test(operator)) {
    const [one, other] = [phpHolds(left, scope, depth + 1), phpHolds(right, scope, depth + 1)]
    const decides = operator === '||' || operator.toLowerCase() === 'or'
    if (one === decides || other === decides) return decides
    return one === undefined || other === undefined ? undefined : !decides
  }
  if (operator.toLowerCase() === 'instanceof') {
    const word = /(Sqlite|MySql|MariaDb|Postgre\w*|SqlServer|Oracle)\w*Platform$/i.exec(right.text)?.[1]
    return word === undefined ? undefined : sameEngine(word, scope.file.engine)
  }
  if (!/^[!=]==?$/.test(operator)) return undefined
  const equal =
    equals(resolved(left, scope), right.text, scope.file.engine) ??
    equals(resolved(right, scope), left.text, scope.file.engine)
  return equal === undefined ? undefined : equal !== operator.startsWith('!')
}

/** The text of an expression; a variable's is that of what it was set to. */
function resolved(node: Node, scope: PhpScope): string {
  const bound = node.type === 'variable_name' ? scope.locals.get(node.text) : undefined
  if (bound?.kind === 'call') return bound.node.text
  return bound?.kind === 'code' ? bound.source : node.text
}

function plain(text: string, engine: Engine | undefined): boolean | undefined {
  const list = /\bin_array\s*\((.*),\s*\[(.*)\](?:,\s*true)?\s*\)$/s.exec(text)
  if (list && asksEngine(list[1] ?? '')) {
    const answers = [...(list[2] ?? '').matchAll(/['"](\w+)['"]/g)].map(([, name = '']) => sameEngine(name, engine))
    return answers.includes(undefined) ? undefined : answers.includes(true)
  }
  const environment = /(?:environment|isLocal|isProduction)\s*\(([^()]*)\)$/.exec(text)
  if (environment) {
    if (/isProduction/.test(text)) return true
    if (/isLocal/.test(text)) return false
    const named = [...(environment[1] ?? '').matchAll(/['"](\w+)['"]/g)].map(([, name]) => name)
    return named.length === 0 ? undefined : named.includes('production')
  }
  if (/runningUnitTests\s*\(\)$/.test(text)) return false
  const word = /^\S*\bis(Sqlite|MySql|MariaDb|Postgres\w*|Pgsql|SqlServer|Sqlsrv)\s*\(\)$/i.exec(text)?.[1]
  return word === undefined ? undefined : sameEngine(word, engine)
}

/** Questions for the driver, in the ways Laravel has. */
const asksEngine = (text: string): boolean =>
  /getDriverName\s*\(|getDatabasePlatform|database\.default|DB_CONNECTION|->driver\b|\bdriver\b|getConfig\(\s*['"]driver/i.test(
    text,
  )

function equals(what: string, to: string, engine: Engine | undefined): boolean | undefined {
  const value = /^['"](\w+)['"]$/.exec(to)?.[1]
  if (value === undefined) return undefined
  if (/environment\s*\(\)|APP_ENV|app\.env/.test(what)) return value === 'production'
  return asksEngine(what) ? sameEngine(value, engine) : undefined
}

function sameEngine(word: string, engine: Engine | undefined): boolean | undefined {
  const lower = word.toLowerCase()
  if (engine === undefined) return undefined
  if (/^(pgsql|postgres)/.test(lower)) return engine === 'postgres'
  if (/^(mysql|mariadb)/.test(lower)) return engine === 'mysql' || engine === 'mariadb'
  if (lower.includes('sqlite')) return engine === 'sqlite'
  return /^(sqlsrv|sqlserver|oracle)$/.test(lower) ? false : undefined
}
