import { hclDocuments } from './hcl.ts'
import type { PlainDocument } from './plain.ts'
import { editedDocuments } from './plain-edit.ts'
import { iniDocuments } from './plain-ini.ts'
import { jsonDocuments } from './plain-json.ts'
import { tomlDocuments } from './plain-toml.ts'
import { yamlDocuments, yamlScalars } from './plain-yaml.ts'
import { memo } from './source.ts'
import type { Language, Source } from './types.ts'

const readers: Partial<Record<Language, (source: Source) => Promise<readonly PlainDocument[] | undefined>>> = {
  yaml: yamlDocuments,
  json: jsonDocuments,
  jsonc: jsonDocuments,
  toml: tomlDocuments,
  hcl: hclDocuments,
  ini: async source => iniDocuments(source),
}

/** The documents of a source as positioned plain values; undefined when it is not data or has errors. */
export function documentsOf(source: Source, language: Language): Promise<readonly PlainDocument[] | undefined> {
  const reader = readers[language]
  if (reader === undefined) return Promise.resolve(undefined)
  return memo(source, `documents:${language}`, async () => {
    // Parsers recurse: input nested thousands of levels deep overflows their stack, which makes it unreadable, no more.
    try {
      return (await editedFrom(source, language)) ?? (await reader(source))
    } catch {
      return undefined
    }
  })
}

/** The documents of a base side, made from those of its head where the two differ in single values. */
async function editedFrom(source: Source, language: Language): Promise<readonly PlainDocument[] | undefined> {
  if (source.later === undefined || language !== 'yaml') return undefined
  const { source: later, hunks } = source.later
  const documents = await documentsOf(later, language)
  return documents && editedDocuments(source, later, hunks, documents, await yamlScalars())
}
