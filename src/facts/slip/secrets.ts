import type { Artifact, Source } from '../../artifact/types.ts'
import { argumentsFrom, freshMatches, type Slip } from './found.ts'

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

const logCalls =
  /(?<![\w$])(?:\w+[.:]{1,2})*(?:\w*[lL]og(?:ger|ging)?|LOG(?:GER)?|console)(?:\(\))?\.(?:debug|info|warn(?:ing)?|error|log|trace|fatal|critical|exception|Debugf?|Infof?|Warnf?|Errorf?|Printf|Println|Print)(?=[( ])/g

const secretName =
  /(?<![\w-])(?:\w*_)?(passw(?:or)?d|passphrase|client_?secret|secret_?(?:access_?)?key|private_?key|api_?key|(?:access|refresh|auth|bearer)_?token|card_?number|cvv)(?![\w?!-]|\??\.(?!value\b|secret\b|to_?[sS])|\s*(?:\(|\?|\.\s*(?:length|size|present|blank|empty|nil|is)|[!=<>]=|[=:]\s|\bis\b))/i

/** The value is not written as it is: hashed, shortened, or only asked about. */
const veiled =
  /mask|redact|filter|scrub|saniti|hash|digest|crypt|obfusc|conceal|\b(?:len|type|isinstance)\(|decode|slice|\bsub(?:str\w*)?\b|!!|!\w|Boolean|bool\(|typeof|fingerprint|\*{3}|\bbase_?\d*\b/i

/** Passwords and tokens among the values that the change writes to the log. */
export function secretsLogged(artifact: Artifact, source: Source): readonly Slip[] {
  if (!/passw|passphrase|secret|private_?key|api_?key|token|card_?number|cvv/i.test(source.text)) return []
  if (aside.test(artifact.path)) return []
  return freshMatches(artifact, source, logCalls).flatMap(({ span }): readonly Slip[] => {
    const start = (source.lines.starts[span.line - 1] ?? 0) + span.column - 1
    const rest = source.text.slice(start, start + 400)
    const behind = rest.search(/[( ]/)
    const open = rest.charAt(behind) === '(' ? start + behind : -1
    const given = open === -1 ? (rest.split('\n')[0] ?? '').slice(behind) : argumentsFrom(source.text, open)
    const values = valuesOf(given)
    const name = secretName.exec(values)?.[0] ?? wholeWith(source.text, start, values)
    return name === undefined || veiled.test(values) ? [] : [{ what: 'secret-logged', name, span }]
  })
}

const read =
  /(?<![\w.])((?:req|request|ctx\.request)\.(?:body|form|json|data)|params|body|payload|data|form|credentials|input|dto)\s*(?:\[\s*(?:["']|:)|\.get\(\s*["']|\?*\.)(passw(?:or)?d|passphrase|client_?secret|card_?number|cvv)\b|\{[^{}]*\b(password|passphrase|clientSecret|client_secret)\b[^{}]*\}\s*=\s*(?:await\s+)?((?:req|request)\.body|body|payload|data|input)\b/gi

/** A whole record among the values, out of which the lines around read a password. */
function wholeWith(text: string, at: number, values: string): string | undefined {
  const near = text.slice(Math.max(0, at - 1500), at + 800)
  for (const match of near.matchAll(read)) {
    const owner = match[1] ?? match[4] ?? ''
    const word = match[2] ?? match[3] ?? ''
    const whole = new RegExp(`(?<![\\w.])${owner.replace(/\W/g, '\\$&')}(?=\\s*(?:[,)}]|\\s$|$))`)
    if (whole.test(values)) return `${owner} (with ${word})`
  }
  return undefined
}

/** What is put into a message: its texts are left out, what they interpolate and the keys of a lookup stay. */
function valuesOf(given: string): string {
  const looked = given.replace(/\[\s*(?:["']([\w-]+)["']|:(\w+))\s*\]|\.get\(\s*["']([\w-]+)["']\s*\)/g, '.$1$2$3')
  return looked.replace(
    /([a-zA-Z]?)(`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/g,
    (_, prefix: string, text: string) => {
      const pattern = /f/i.test(prefix) ? /\{([^{}:!]*)/g : text.startsWith('`') ? /\$\{([^{}]*)\}/g : /#\{([^{}]*)\}/g
      return ` ${[...text.matchAll(pattern)].map(match => match[1] ?? '').join(' ')} `
    },
  )
}

const switchedOff =
  /\b(DatabaseCleaner\.allow_(?:production|remote_database_url)\s*=\s*true|ENV\[["'](?:DISABLE_DATABASE_ENVIRONMENT_CHECK|DATABASE_CLEANER_ALLOW_\w+)["']\]\s*(?:\|\|)?=)/g

/** Protection of production databases against test suites and against being dropped, switched off in code. */
export function guardsOff(artifact: Artifact, source: Source): readonly Slip[] {
  if (artifact.language !== 'ruby') return []
  // In other quotes it is the same line.
  const plain = (text: string): string => text.replace(/'/g, '"').replace(/[ \t]+/g, '')
  const before = artifact.base === undefined ? '' : plain(artifact.base.text)
  return freshMatches(artifact, source, switchedOff)
    .filter(({ match }) => !before.includes(plain(match[0])))
    .map(({ match, span }) => ({ what: 'guard-off', name: match[0].replace(/\s*(\|\|)?=.*$/, ''), span }))
}
