import { changedLines } from '../../artifact/changed-lines.ts'
import type { Hunk } from '../../change/types.ts'
import { type LineIndex, lineSpan, type Span } from '../../text/lines.ts'

/** A file of any language that holds records of a zone, before and after the change. */
export interface Compared {
  readonly base: LineIndex
  readonly head: LineIndex
  readonly hunks: readonly Hunk[]
}

/** What the change does to the mail of a domain; it stands at head. */
export interface MailChange {
  readonly what: 'sender-gone' | 'mail-refused-at-once'
  readonly name: string
  readonly becomes: string
  readonly span: Span
}

/** Records about mail: who may send it, and what becomes of mail that nobody vouches for. */
export function mailChanges(compared: Compared): readonly MailChange[] {
  return [...pairsOf(spf, compared).flatMap(sendersGone), ...pairsOf(dmarc, compared).flatMap(refusedAtOnce)]
}

/** A record as it was and as it is, with the line at head. */
interface Pair {
  readonly was: string
  readonly is: string
  readonly span: Span
}

/** Records that the change touches, matched by their order; where their number changes, nothing is said. */
function pairsOf(pattern: RegExp, { base, head, hunks }: Compared): readonly Pair[] {
  const before = changedLines(base, hunks, 'base').filter(({ text }) => pattern.test(text))
  const after = changedLines(head, hunks, 'head').filter(({ text }) => pattern.test(text))
  if (before.length !== after.length) return []
  return after.map(({ text, line }, at) => ({
    was: pattern.exec(before[at]?.text ?? '')?.[0] ?? '',
    is: pattern.exec(text)?.[0] ?? '',
    span: lineSpan(head, line),
  }))
}

const spf = /v=spf1\s[^"'\\]*/
const sendersIn = (text: string): readonly string[] =>
  text.match(/(?:include:|ip[46]:|redirect=)\S+|\b(?:a|mx)(?=\s)/g) ?? []

/** Senders that leave an SPF record which stays: their mail counts as forged from then on. */
function sendersGone({ was, is, span }: Pair): readonly MailChange[] {
  const gone = sendersIn(was).filter(sender => !sendersIn(is).includes(sender))
  // Flattened into addresses, or handed to another record.
  if (
    gone.length === 0 ||
    sendersIn(is).length > sendersIn(was).length ||
    /redirect=|_spf\d*\.|spf\d/.test(is) !== /redirect=|_spf\d*\.|spf\d/.test(was)
  )
    return []
  return [{ what: 'sender-gone', name: gone.join(', '), becomes: /-all\b/.test(is) ? '-all' : '~all', span }]
}

// octoDNS writes `\;`.
const dmarc = /v=DMARC1\s*\\?;[^"'\n]*/i
/** Only a part of the mail, or a policy that stands only in the report. */
const inPart = /;\s*(?:pct=(?:\d|[1-9]\d)(?!\d)|t=y)\b/i

/** A DMARC policy that goes from watching to refusing, without a step at which the mail was only put aside. */
function refusedAtOnce({ was, is, span }: Pair): readonly MailChange[] {
  if (!/;\s*p=none\b/i.test(was) || !/;\s*p=reject\b/i.test(is) || inPart.test(is)) return []
  return [{ what: 'mail-refused-at-once', name: 'p=none', becomes: 'p=reject', span }]
}
