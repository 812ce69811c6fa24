import { text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const contractFields = {
  format: word(['protobuf', 'avro', 'openapi', 'graphql'], 'What describes the messages.'),
  what: word(
    ['type-changed', 'number-changed', 'number-reused', 'number-renamed', 'removed', 'required-added', 'no-default'],
    'A field gets another type; a field gets another number; a number that stood for one field stands for another; a field, value, path or operation is gone; the sender has to give something from now on; a new field of stored records has no default.',
  ),
  name: text('The field, value, path or parameter.'),
  owner: text('The message, record, schema or operation it belongs to.'),
  before: text('What stood there before: the type, the number or the name; empty when nothing did.'),
  after: text('What stands there now.'),
  reserved: word(
    ['yes', 'no', 'unknown'],
    'For a removed field of protobuf: its number is reserved, so nobody takes it again.',
  ),
  usedAt: text('A place of the repository that still asks for what is removed, as `path:line`; empty for none.'),
}

/** A message between two programs whose meaning the change alters. Source: .proto, .avsc, OpenAPI and GraphQL files at base and head. */
export type ContractFact = FactOf<'contract', typeof contractFields>

export const contractKind = {
  name: 'contract',
  doc: 'A message that programs exchange or store (Protocol Buffers, Avro, OpenAPI, GraphQL) and that older programs no longer understand after the change.',
  fields: contractFields,
  wants: artifact =>
    artifact.role === 'live' &&
    artifact.base !== undefined &&
    ['yaml', 'json'].includes(artifact.language) &&
    /["']?(openapi|swagger)["']?\s*:/.test(artifact.base.text),
  concerns: paths => paths.some(path => /\.(proto|avsc|graphqls?|gql)$/.test(path)),
  load: async () => (await import('./extract.ts')).extractContracts,
} satisfies FactKind
