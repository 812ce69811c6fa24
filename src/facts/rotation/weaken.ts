import type { RotationFact } from './index.ts'
import type { Block } from './read.ts'

type Weakening = Pick<RotationFact, 'problem' | 'detail' | 'growth'> & { readonly line: number }

/** How many times as much may pile up that is worth a word. */
const much = 3

/** What a block keeps worse than it did: more may pile up before the oldest log goes, or nothing reopens the log. */
export function weakenings(base: Block, head: Block): readonly Weakening[] {
  const found: Weakening[] = []
  const { settings: before } = base
  const { settings: after } = head
  const at = (option: string) => head.at.get(option) ?? head.line
  const capBefore = before.size ?? before.maxsize
  const capAfter = after.size ?? after.maxsize
  const keptBefore = before.rotate
  const keptAfter = after.rotate
  // Without a cap, a log that is rotated more often is as much smaller.
  const shorter =
    capAfter === undefined && before.days !== undefined && after.days !== undefined
      ? Math.min(1, after.days / before.days)
      : 1
  if (capBefore !== undefined && capAfter === undefined)
    found.push({
      problem: 'cap-removed',
      detail: `a log may grow without a limit between two rotations; before it was rotated at ${sizeText(capBefore)}`,
      line: at('frequency'),
    })
  else if (capBefore !== undefined && capAfter !== undefined && capAfter >= much * capBefore)
    found.push({
      problem: 'cap-raised',
      detail: `a log is rotated at ${sizeText(capAfter)} instead of ${sizeText(capBefore)}`,
      line: at(after.size === undefined ? 'maxsize' : 'size'),
      growth: round((capAfter / capBefore) * ratioOf(keptBefore, keptAfter)),
    })
  else if (
    capAfter === undefined &&
    before.days !== undefined &&
    after.days !== undefined &&
    after.days >= much * before.days
  )
    found.push({
      problem: 'less-often',
      detail: `a log grows for ${daysText(after.days)} instead of ${daysText(before.days)} before it is rotated`,
      line: at('frequency'),
      growth: round((after.days / before.days) * ratioOf(keptBefore, keptAfter)),
    })
  else if (
    keptBefore !== undefined &&
    keptBefore > 0 &&
    keptAfter !== undefined &&
    ratioOf(keptBefore, keptAfter) * shorter >= much
  )
    if (!(capAfter !== undefined && (capBefore === undefined || capAfter < capBefore)))
      // A cap that is new or lower makes up for it.
      found.push({
        problem: 'keeps-more',
        detail: `${keptAfter} old logs are kept instead of ${keptBefore}`,
        line: at('rotate'),
        growth: round(ratioOf(keptBefore, keptAfter) * shorter),
      })
  if (before.compress === true && after.compress !== true)
    found.push({
      problem: 'uncompressed',
      detail: 'old logs are no longer compressed, which takes about ten times the space',
      line: at('compress') === head.line ? at('nocompress') : at('compress'),
    })
  if (before.reopened === true && after.reopened !== true)
    found.push({
      problem: 'not-reopened',
      detail:
        'the log is neither truncated (`copytruncate`) nor opened anew by a `postrotate` script: its writer goes on writing to the renamed file',
      line: head.line,
    })
  return found
}

function ratioOf(base: number | undefined, head: number | undefined): number {
  return base === undefined || head === undefined || head < 0 ? 1 : round((head + 1) / (base + 1))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function sizeText(bytes: number): string {
  const steps = ['bytes', 'KiB', 'MiB', 'GiB']
  let step = 0
  let value = bytes
  while (value >= 1024 && step < steps.length - 1) {
    value /= 1024
    step++
  }
  return `${round(value)} ${steps[step]}`
}

function daysText(days: number): string {
  if (days < 1) return 'an hour'
  return days === 1
    ? 'a day'
    : days === 7
      ? 'a week'
      : days === 30
        ? 'a month'
        : days === 365
          ? 'a year'
          : `${days} days`
}
