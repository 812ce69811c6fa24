import type { Typing } from './readers.ts'

export interface Resolved {
  readonly type: 'string' | 'bool' | 'number' | 'date' | 'null'
  /** The value as the reader shows it; the text itself for a string. */
  readonly shown: string
}

/** What a reader makes of a plain (unquoted) scalar. Measured on Psych 3.1, PyYAML 6, go-yaml v3 and yaml 2.9. */
export function resolvePlain(text: string, typing: Typing): Resolved {
  if (/^(~|null|Null|NULL|)$/.test(text)) return { type: 'null', shown: 'null' }
  if (/^(true|True|TRUE)$/.test(text)) return { type: 'bool', shown: 'true' }
  if (/^(false|False|FALSE)$/.test(text)) return { type: 'bool', shown: 'false' }
  if (typing === 'ruby' || typing === 'python' || typing === 'kubernetes') {
    if (/^(yes|Yes|YES|on|On|ON)$/.test(text)) return { type: 'bool', shown: 'true' }
    if (/^(no|No|NO|off|Off|OFF)$/.test(text)) return { type: 'bool', shown: 'false' }
  }
  const number = numberOf(text, typing)
  if (number !== undefined) return { type: 'number', shown: show(number) }
  if ((typing === 'ruby' || typing === 'python') && /^\d{4}-\d\d-\d\d$/.test(text))
    return { type: 'date', shown: `a date object for ${text}` }
  return { type: 'string', shown: text }
}

/** Shortest digits that give the number back, without an exponent where people would not write one. */
function show(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value)
}

function numberOf(text: string, typing: Typing): number | undefined {
  if (/^[-+]?(0|[1-9]\d*)$/.test(text)) return Number(text)
  if (/^0x[0-9a-fA-F]+$/.test(text)) return Number(text)
  // Sixty as the base: hours, minutes and seconds of YAML 1.1. Psych counts 22:22 as hours and minutes in seconds.
  const sixties = /^(\d{1,2}|[1-9]\d{2,}):([0-5]?\d)$/.exec(text)
  if (sixties && typing === 'python' && !text.startsWith('0')) return Number(sixties[1]) * 60 + Number(sixties[2])
  if (sixties && typing === 'ruby') return Number(sixties[1]) * 3600 + Number(sixties[2]) * 60
  if (/^[-+]?0[0-7_]+$/.test(text))
    return typing === 'core' ? Number(text) : Number.parseInt(text.replaceAll('_', ''), 8)
  if (/^0o[0-7]+$/.test(text)) return typing === 'ruby' || typing === 'python' ? undefined : Number(text)
  if (/^0\d+$/.test(text)) return typing === 'ruby' || typing === 'python' ? undefined : Number(text)
  if (/^[-+]?[1-9][\d_]*_\d[\d_]*$/.test(text)) return typing === 'core' ? undefined : Number(text.replaceAll('_', ''))
  if (/^[-+]?(\d+\.\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)) return Number(text)
  if (/^[-+]?\d+[eE][-+]?\d+$/.test(text))
    return typing === 'go' || typing === 'kubernetes' || typing === 'core' ? Number(text) : undefined
  return undefined
}
