import validateRule from '../../rules/rule.schema.json?validator'
import { readDocument } from '../config/document.ts'
import type { FactKind } from '../facts/types.ts'
import { closest } from '../text/distance.ts'
import { UserError } from '../text/errors.ts'
import { checkRule } from './compile.ts'
import type { ProvenRule } from './types.ts'

export interface RuleFile {
  /** Path shown in messages. */
  readonly path: string
  /** The id that the file's place below its rules folder asks for. */
  readonly expectedId: string
  readonly text: string
}

/** Reads, validates and type-checks rule files. Throws a UserError that names file and line. */
export function readRules(files: readonly RuleFile[], kinds: readonly FactKind[]): readonly ProvenRule[] {
  return files.map(file => {
    const rule = readDocument(file.text, file.path, validateRule) as ProvenRule
    if (rule.id !== file.expectedId)
      throw new UserError(`${file.path}:1: the id is "${rule.id}", but the file's place asks for "${file.expectedId}"`)
    const kind = kinds.find(known => known.name === rule.on)
    if (!kind) {
      const names = kinds.map(known => known.name)
      const meant = closest(rule.on, names)
      throw new UserError(
        `${file.path}: there is no kind of fact "${rule.on}"${meant === undefined ? '' : ` (did you mean "${meant}"?)`}; there are ${names.join(', ')}`,
      )
    }
    checkRule(rule, kind, file.path)
    return rule
  })
}
