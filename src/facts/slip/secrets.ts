import type { Artifact, Source } from '../../artifact/types.ts'
import { freshMatches, type Slip } from './found.ts'

/** A name that ends in what it holds, and a literal that could be it. */
const assigned =
  /(?<![\w$])["']?(\w*?(?:secret(?:_?access)?(?:_?key)?|passw(?:or)?d|private_?key|(?:access|auth|api|bot|deploy|refresh)_?token))["']?\s*(?::=|=>|[:=])\s*["']([\w+/=.~-]{24,160})["']/gi

const hinted = /secret|passw|private_?key|token/i

const harmless =
  /example|sample|dummy|fake|placeholder|change.?me|xxx|test|redacted|your|insert|lorem|abcdef|123456|^arn:|^https?:|^[\w.-]+\.[a-z]{2,}$|^[a-z]+([._/-][a-z]+)*$|^[A-Z]+(_[A-Z0-9]+)*$/i
const aboutEncrypted = /encrypted|sealed|sops|ENC\[|kms|cipher|vault:|digest|hash|checksum|fingerprint/i

/** Passwords and tokens written out in the code or configuration that the change adds. */
export function secretLiterals(artifact: Artifact, source: Source): readonly Slip[] {
  if (artifact.environment === 'lower' || aside.test(artifact.path) || !hinted.test(source.text)) return []
  return freshMatches(artifact, source, assigned).flatMap(({ match, span }): readonly Slip[] => {
    const [whole, name = '', value = ''] = match
    if (/public|publishable|site_?key/i.test(name) || harmless.test(value) || aboutEncrypted.test(whole)) return []
    if (artifact.base?.text.includes(value) || !isRandom(value)) return []
    if (isOfLowerClass(source.text, match.index)) return []
    return [{ what: 'secret-literal', name, span }]
  })
}

/** `class Development(Config):` around the line: settings of that environment alone. */
function isOfLowerClass(text: string, at: number): boolean {
  const around = [...text.slice(0, at).matchAll(/^class\s+(\w+)/gm)].at(-1)?.[1] ?? ''
  return /^(Dev(elopment)?|Test(ing)?|Local|Sandbox|CI)(?![a-z])/.test(around)
}

const aside =
  /(^|[/._-])(local(host)?|dev|development|mock|fixtures?|seeds?|e2e|stories|sandbox|docs?|locales?|i18n)([/._-]|$)/i

/** Letters of both cases and digits, spread as chance spreads them. */
function isRandom(value: string): boolean {
  if (!/[a-z]/.test(value) || !/\d/.test(value) || value.length < 24) return false
  if (!/[A-Z]/.test(value) && !/^[0-9a-f]{32,}$/.test(value)) return false
  const counts = new Map<string, number>()
  for (const letter of value) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  const bits = [...counts.values()].reduce((sum, n) => sum - (n / value.length) * Math.log2(n / value.length), 0)
  return bits >= (/^[0-9a-f]+$/.test(value) ? 3 : 3.9)
}
