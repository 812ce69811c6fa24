import validateConfig from '../../schema/config.schema.json?validator'
import validateTables from '../../schema/tables.schema.json?validator'
import { readDocument } from './document.ts'

/** premortem.yml, validated and with the schema's defaults. Throws a UserError. */
export function readConfig(text: string, path: string): unknown {
  return readDocument(text, path, validateConfig)
}

/** .premortem/tables.yml, validated. Throws a UserError. */
export function readTables(text: string, path: string): unknown {
  return readDocument(text, path, validateTables)
}
