import type { Artifact, Source } from '../../artifact/types.ts'
import { lineSpan, lineText } from '../../text/lines.ts'
import type { Slip } from './found.ts'

interface Line {
  readonly text: string
  readonly line: number
}

function linesOf({ hunks }: Artifact, source: Source, side: 'base' | 'head'): readonly Line[] {
  return hunks.flatMap(hunk => {
    const [start, count] = side === 'base' ? [hunk.baseStart, hunk.baseCount] : [hunk.headStart, hunk.headCount]
    return Array.from({ length: Math.min(count, 2000) }, (_, at) => ({
      text: lineText(source.lines, start + at),
      line: start + at,
    }))
  })
}

const spf = /v=spf1\s[^"'\\]*/
const sendersIn = (text: string): readonly string[] =>
  text.match(/(?:include:|ip[46]:|redirect=)\S+|\b(?:a|mx)(?=\s)/g) ?? []

/** Senders that leave an SPF record which stays: their mail counts as forged from then on. */
export function sendersGone(artifact: Artifact, source: Source): readonly Slip[] {
  const { base } = artifact
  if (base === undefined || !source.text.includes('v=spf1')) return []
  const before = linesOf(artifact, base, 'base').filter(({ text }) => spf.test(text))
  const after = linesOf(artifact, source, 'head').filter(({ text }) => spf.test(text))
  if (before.length !== after.length) return []
  return before.flatMap((old, at): readonly Slip[] => {
    const now = after[at]
    if (now === undefined) return []
    const [was, is] = [spf.exec(old.text)?.[0] ?? '', spf.exec(now.text)?.[0] ?? '']
    const gone = sendersIn(was).filter(sender => !sendersIn(is).includes(sender))
    // Flattened into addresses, or handed to another record.
    if (
      gone.length === 0 ||
      sendersIn(is).length > sendersIn(was).length ||
      /redirect=|_spf\d*\.|spf\d/.test(is) !== /redirect=|_spf\d*\.|spf\d/.test(was)
    )
      return []
    const hard = /-all\b/.test(is) ? '-all' : '~all'
    return [{ what: 'sender-gone', name: gone.join(', '), after: hard, span: lineSpan(source.lines, now.line) }]
  })
}

// octoDNS writes `\\;`.
const dmarc = /v=DMARC1\s*\\?;[^"'\n]*/i
const refusing = /;\s*p=reject\b/i
const gentle = /;\s*p=none\b/i
/** Only a part of the mail, or a policy that stands only in the report. */
const inPart = /;\s*(?:pct=(?:\d|[1-9]\d)(?!\d)|t=y)\b/i

/** A DMARC policy that goes from watching to refusing all at once, without a step at which the mail was only put aside. */
export function mailRefusedAtOnce(artifact: Artifact, source: Source): readonly Slip[] {
  const { base } = artifact
  if (base === undefined || !dmarc.test(source.text)) return []
  const before = linesOf(artifact, base, 'base').filter(({ text }) => dmarc.test(text))
  const after = linesOf(artifact, source, 'head').filter(({ text }) => dmarc.test(text))
  if (before.length !== after.length) return []
  return before.flatMap((old, at): readonly Slip[] => {
    const now = after[at]
    const [was, is] = [dmarc.exec(old.text)?.[0] ?? '', dmarc.exec(now?.text ?? '')?.[0] ?? '']
    if (now === undefined || !gentle.test(was) || !refusing.test(is) || inPart.test(is)) return []
    return [{ what: 'mail-refused-at-once', name: 'p=none', after: 'p=reject', span: lineSpan(source.lines, now.line) }]
  })
}

/** Keys of AWS whose policy no longer lets their own account in: afterwards nobody can change it any more. */
export function keysLocked(artifact: Artifact, source: Source): readonly Slip[] {
  const { base } = artifact
  if (base === undefined || artifact.language !== 'hcl' || !/aws_kms_key/.test(source.text)) return []
  return blocksOf(source.text).flatMap(({ name, text, line }): readonly Slip[] => {
    const old = blocksOf(base.text).find(other => other.name === name)
    if (old === undefined || !letsAccountIn.test(old.text) || letsAccountIn.test(text)) return []
    if (!/\bpolicy\s*=\s*(?:jsonencode|<<|")/.test(text) || letsOthersIn.test(text)) return []
    return [{ what: 'key-locked', name, span: lineSpan(source.lines, line) }]
  })
}

const letsAccountIn = /:root\b/

/** Anybody under a condition, or somebody whose name stands elsewhere: that may be the account. */
const letsOthersIn =
  /\bPrincipals?\b[^\n]*["']\*["']|\bAWS["']?\s*[=:]\s*\[?\s*["']\*["']|\bAWS["']?\s*[=:]\s*\[?\s*(?:local|var|data|module)\./

function blocksOf(text: string): readonly { readonly name: string; readonly text: string; readonly line: number }[] {
  return [...text.matchAll(/^resource\s+"(aws_kms_key(?:_policy)?)"\s+"([\w-]+)"[\s\S]*?^\}/gm)].map(match => ({
    name: `${match[1]}.${match[2]}`,
    text: match[0],
    line: text.slice(0, match.index).split('\n').length,
  }))
}

const upgrades =
  /\bUnattended-Upgrade\s+"([01])"|\bapply_updates\s*=\s*(yes|no|true|false)\b|\bunattended_upgrades?_?(?:enabled?|automatic)?\s*[:=]\s*(true|false|yes|no)\b/

/** Machines that somebody kept from upgrading themselves, and that begin to. */
export function selfUpgrades(artifact: Artifact, source: Source): readonly Slip[] {
  const { base } = artifact
  if (base === undefined || !/upgrade|apply_updates/i.test(source.text)) return []
  const wasOff = linesOf(artifact, base, 'base').some(({ text }) => /^(0|no|false)$/.test(stateIn(text)))
  const on = wasOff
    ? linesOf(artifact, source, 'head').find(({ text }) => /^(1|yes|true)$/.test(stateIn(text)))
    : undefined
  return on === undefined
    ? []
    : [{ what: 'self-upgrade', name: on.text.trim().slice(0, 60), span: lineSpan(source.lines, on.line) }]
}

function stateIn(text: string): string {
  const [, ...values] = upgrades.exec(text) ?? []
  return values.find(value => value !== undefined) ?? ''
}
