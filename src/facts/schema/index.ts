import type { Artifact } from '../../artifact/types.ts'
import { text, word } from '../fields.ts'
import type { FactKind, FactOf } from '../types.ts'

export const schemaFields = {
  detail: text('What the schema does not allow, as a sentence without its full stop.'),
  at: text('Path of the value concerned: `jobs.build.steps[0]`; empty for the whole file.'),
  keyword: text('Keyword of the schema that failed: `required`, `type`, `enum`, `additionalProperties` …'),
  schema: text('Path of the schema in the repository.'),
  named: word(
    ['file', 'configuration'],
    'Who says that this schema holds: the file itself, or `schemas:` in premortem.yml.',
  ),
}

/** A value that the file's own JSON Schema does not allow and base did not have. Source: schemas inside the repository. */
export type SchemaFact = FactOf<'schema', typeof schemaFields>

export const schemaKind = {
  name: 'schema',
  doc: 'A value of a YAML, JSON or TOML file that its JSON Schema does not allow, and that base did not have. The schema is a file of the repository, named by `$schema`, by a comment for the YAML language server, or by `schemas:` in the configuration; remote schemas are never loaded.',
  fields: schemaFields,
  // The configuration may name a schema for any data file.
  wants: ({ language, role, head }: Artifact) =>
    head !== undefined &&
    role === 'live' &&
    head.text.length < 1_000_000 &&
    (language === 'yaml' || language === 'json' || language === 'jsonc' || language === 'toml'),
  load: async () => (await import('./extract.ts')).extractSchemas,
} satisfies FactKind
