import type { PyValue } from '../../../artifact/python.ts'
import type { ObjectKind, Operation } from '../operation.ts'
import { tableName } from './alembic-columns.ts'

/** Classes of alembic_utils whose instances queries name. */
const kinds: Readonly<Record<string, ObjectKind>> = {
  PGView: 'view',
  PGMaterializedView: 'view',
  PGFunction: 'function',
}

/** `op.drop_entity(PGView(schema="public", signature="paying_users", …))`; undefined where the entity is made elsewhere. */
export function entity(
  op: 'create-object' | 'drop-object',
  value: PyValue | undefined,
): readonly Operation[] | undefined {
  if (value?.kind !== 'call' || !/^PG[A-Z]/.test(value.name)) return undefined
  const object = kinds[value.name]
  if (object === undefined) return [{ op: 'harmless', what: value.name }]
  const [schema, signature] = ['schema', 'signature'].map((key, at) => {
    const given = value.keywords.get(key) ?? value.arguments[at]
    return given?.kind === 'text' && given.holes === 0 ? given.text : undefined
  })
  if (signature === undefined) return undefined
  // The signature of a function goes on with its parameters.
  const name = (/^[^(]*/.exec(signature)?.[0] ?? signature).trim().replaceAll('"', '')
  return [{ op, object, name: tableName(schema === undefined ? name : `${schema}.${name}`) }]
}
