import { changedLines } from '../../artifact/changed-lines.ts'
import type { Artifact, Source } from '../../artifact/types.ts'
import { lineSpan } from '../../text/lines.ts'
import type { Slip } from './found.ts'

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
  const wasOff = changedLines(base.lines, artifact.hunks, 'base').some(({ text }) =>
    /^(0|no|false)$/.test(stateIn(text)),
  )
  const on = wasOff
    ? changedLines(source.lines, artifact.hunks, 'head').find(({ text }) => /^(1|yes|true)$/.test(stateIn(text)))
    : undefined
  return on === undefined
    ? []
    : [{ what: 'self-upgrade', name: on.text.trim().slice(0, 60), span: lineSpan(source.lines, on.line) }]
}

function stateIn(text: string): string {
  const [, ...values] = upgrades.exec(text) ?? []
  return values.find(value => value !== undefined) ?? ''
}
