import type { WallTime } from './frequency.ts'

/** Is this a time zone that schedulers and Intl know? */
export function isKnownZone(zone: string): boolean {
  if (zone === 'UTC') return true
  // Intl also takes plain offsets, which schedulers' zone databases do not.
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(zone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** What a clock in the zone shows at an instant; UTC for a zone that is unknown. */
export function wallTime(at: Date, zone: string): WallTime {
  // Most schedules are in UTC, and a formatter takes longer to make than everything else about a schedule.
  if (zone === 'UTC' || !isKnownZone(zone))
    return {
      year: at.getUTCFullYear(),
      month: at.getUTCMonth() + 1,
      day: at.getUTCDate(),
      hour: at.getUTCHours(),
      minute: at.getUTCMinutes(),
      second: at.getUTCSeconds(),
    }
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const parts = new Map(format.formatToParts(at).map(part => [part.type, Number(part.value)]))
  const get = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0
  return {
    year: get('year'),
    month: get('month'),
    day: get('day'),
    hour: get('hour'),
    minute: get('minute'),
    second: get('second'),
  }
}

const zoneHints: Readonly<Record<string, string>> = {
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  MDT: 'America/Denver',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  EDT: 'America/New_York',
  BST: 'Europe/London',
  CEST: 'Europe/Paris',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
  AEST: 'Australia/Sydney',
  AEDT: 'Australia/Sydney',
}

/** The zone that was probably meant. */
export function zoneHint(zone: string): string {
  const named = zoneHints[zone.toUpperCase()]
  if (named !== undefined) return named
  const city = zone
    .slice(zone.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/[ -]/g, '_')
  return Intl.supportedValuesOf('timeZone').find(known => known.toLowerCase().endsWith(`/${city}`)) ?? ''
}
