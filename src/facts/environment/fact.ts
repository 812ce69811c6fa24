import type { Span } from '../../text/lines.ts'
import type { EnvironmentFact } from './index.ts'

type Given = Pick<EnvironmentFact, 'what' | 'path' | 'side' | 'span' | 'key'> & Partial<EnvironmentFact>

/** A fact from what is known; the rest says nothing. */
export function factOf(given: Given): EnvironmentFact {
  return {
    kind: 'environment',
    value: '',
    baseValue: '',
    own: 'unknown',
    other: '',
    baseNamed: '',
    account: '',
    baseAccount: '',
    accountElsewhere: false,
    accountIsLower: false,
    accountIsNew: false,
    foundIn: '',
    address: false,
    required: false,
    credential: false,
    coverage: 0,
    declaredIn: '',
    placesOfProduction: [],
    readers: [],
    reason: 'none',
    readByChange: false,
    ...given,
  }
}

/** Secrets have no place in a report. */
export function shown(value: string, key: string): string {
  if (/secret|token|passw|private|credential|api_?key/i.test(key) && !/^(https?|arn|[\w.-]+$)/.test(value)) return '…'
  return value.length > 120 ? `${value.slice(0, 119)}…` : value
}

export function columns(line: number, column: number, length: number): Span {
  return { line, column, endLine: line, endColumn: column + Math.max(1, length) }
}
