import { dotted, type PyValue } from '../../../artifact/python.ts'
import type { Engine } from '../../../config/types.ts'

/** Whether `connection.vendor == "postgresql"` or `bind.dialect.name == "sqlite"` holds on the project's engine. */
export function vendorIs(value: PyValue, engine: Engine | undefined): boolean | undefined {
  if (value.kind !== 'compared' || engine === undefined) return undefined
  if (!/(vendor|dialect\.name|dialect|engine\.name|dialect_name)$/.test(dotted(value.left))) return undefined
  const names: Readonly<Record<Engine, readonly string[]>> = {
    postgres: ['postgresql', 'postgis', 'postgres'],
    mysql: ['mysql'],
    mariadb: ['mysql', 'mariadb'],
    sqlite: ['sqlite'],
  }
  const given = value.right.kind === 'list' ? value.right.items : [value.right]
  const texts = given.flatMap(one => (one.kind === 'text' ? [one.text] : []))
  if (texts.length === 0) return undefined
  const same = texts.some(text => names[engine].includes(text))
  if (/^(==|in)$/.test(value.operator)) return same
  return /^(!=|not in)$/.test(value.operator) ? !same : undefined
}
