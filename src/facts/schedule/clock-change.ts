import type { Cron } from './parse.ts'
import { isKnownZone, wallTime } from './zone.ts'

const day = 86_400_000

/** Minutes that the clocks of a zone are ahead of UTC at an instant. */
function offsetAt(at: number, zone: string): number {
  const { year, month, day: date, hour, minute } = wallTime(new Date(at), zone)
  return Math.round((Date.UTC(year, month - 1, date, hour, minute) - Math.floor(at / 60_000) * 60_000) / 60_000)
}

interface Change {
  /** Minute of the day on the clocks before the change. */
  readonly at: number
  /** Minutes that the clocks jump; negative when they go back. */
  readonly jump: number
}

const known = new Map<string, readonly Change[]>()

/** The clock changes of a zone in the year that follows `now`: none, or two where there is summer time. */
function changesIn(zone: string, now: Date): readonly Change[] {
  const start = Math.floor(now.getTime() / day) * day
  const key = `${zone}\n${start}`
  const found = known.get(key)
  if (found) return found
  const changes: Change[] = []
  // Clocks change months apart: a look at every tenth day finds the ten days of each change.
  for (let at = start; at < start + 370 * day; at += 10 * day) {
    const before = offsetAt(at, zone)
    const jump = offsetAt(at + 10 * day, zone) - before
    if (jump === 0) continue
    let [low, high] = [at, at + 10 * day]
    while (high - low > 60_000) {
      const middle = Math.floor((low + high) / 120_000) * 60_000
      if (offsetAt(middle, zone) === before) low = middle
      else high = middle
    }
    changes.push({ at: (((high / 60_000 + before) % 1440) + 1440) % 1440, jump })
  }
  known.set(key, changes)
  return changes
}

/**
 * What happens to the runs of a schedule when the clocks change, in words: its time does not exist on that day, or comes
 * twice. Empty where it fires often, where the zone is unknown or has no summer time.
 */
export function clockChange({ fields }: Cron, zone: string, now: Date): string {
  if (!fields || zone === '' || zone === 'UTC' || !isKnownZone(zone)) return ''
  const { hour, minute } = fields
  if (hour.values.length * minute.values.length > 4) return ''
  const times = hour.values.flatMap(one => minute.values.map(other => one * 60 + other))
  for (const { at, jump } of changesIn(zone, now)) {
    const [from, to] = jump > 0 ? [at, at + jump] : [at + jump, at]
    const hit = times.find(time => time >= from && time < to)
    if (hit === undefined) continue
    const shown = `${String(Math.floor(hit / 60)).padStart(2, '0')}:${String(hit % 60).padStart(2, '0')}`
    return jump > 0
      ? `${shown} does not exist on the day when the clocks of ${zone} go forward`
      : `${shown} comes twice on the day when the clocks of ${zone} go back`
  }
  return ''
}
