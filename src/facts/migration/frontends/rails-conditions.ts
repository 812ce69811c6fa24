import type { Node } from 'web-tree-sitter'
import type { Engine } from '../../../config/types.ts'
import type { Scope } from './rails-scope.ts'

/** Whether a condition holds in production, where its text tells; `unless` is taken into account. */
export function conditionOf(node: Node, scope: Scope): boolean | undefined {
  const condition = node.childForFieldName('condition')
  const holds = condition ? truth(condition, scope.file.engine) : undefined
  return holds === undefined ? undefined : node.type.startsWith('unless') ? !holds : holds
}

function truth(node: Node, engine: Engine | undefined): boolean | undefined {
  const { text } = node
  if (/&&|\|\||\band\b|\bor\b/.test(text)) return undefined
  const negated = /^(!|not\b)/.test(text) !== /!=|!~/.test(text)
  const plain = plainTruth(text, engine)
  return plain === undefined ? undefined : plain !== negated
}

function plainTruth(text: string, engine: Engine | undefined): boolean | undefined {
  if (/\bRails\.env\.production\?/.test(text)) return true
  if (/\bRails\.env\.(development|test|local|staging|ci)\?/.test(text)) return false
  const environment = /\bRails\.env\s*[!=]=\s*['"](\w+)['"]/.exec(text)?.[1]
  if (environment !== undefined) return environment === 'production'
  const names = /adapter|\b\w*(postgres|mysql|mariadb|sqlite)\w*\?/i.test(text)
    ? /postgres|mysql|mariadb|sqlite/i.exec(text)?.[0].toLowerCase()
    : undefined
  if (names === undefined || engine === undefined) return undefined
  if (names === 'mysql' || names === 'mariadb') return engine === 'mysql' || engine === 'mariadb'
  return engine === names
}
