import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayOf, localTimeAtOffset, localTimeIn } from '../../../src/facts/merge/clock.ts'
import { verdictAt, type Window } from '../../../src/facts/merge/window.ts'

const newYork: Window = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], hours: '09:00-15:30', freezes: [] }

function at(now: string, window: Partial<Window> = {}, zone = 'America/New_York') {
  return verdictAt(localTimeIn(new Date(now), zone), { ...newYork, ...window })
}

describe('a merge window', () => {
  test('closes at its end, to the minute', () => {
    expect(at('2026-11-18T15:29:59-05:00')).toEqual({ closed: false, freeze: '', reason: '', opensAt: '' })
    expect(at('2026-11-18T15:30:00-05:00')).toMatchObject({
      closed: true,
      reason: 'the merge window closed at 15:30, just now',
      minutesAfterClose: 0,
    })
    expect(at('2026-11-18T16:10:00-05:00')).toEqual({
      closed: true,
      freeze: '',
      reason: 'the merge window closed at 15:30, 40 minutes ago',
      opensAt: 'on Thursday 19 November at 09:00',
      minutesAfterClose: 40,
    })
    expect(at('2026-11-18T20:31:00-05:00').reason).toBe('the merge window closed at 15:30, 5 h 1 minute ago')
  })

  test('opens at its beginning', () => {
    expect(at('2026-11-18T08:59:00-05:00')).toEqual({
      closed: true,
      freeze: '',
      reason: 'the merge window is not open yet',
      opensAt: 'today at 09:00',
    })
    expect(at('2026-11-18T09:00:00-05:00').closed).toBe(false)
  })

  test('is closed at the weekend, until Monday', () => {
    expect(at('2026-11-20T16:00:00-05:00').opensAt).toBe('on Monday 23 November at 09:00')
    expect(at('2026-11-21T10:00:00-05:00')).toMatchObject({
      closed: true,
      reason: 'Saturday is outside the merge window',
      opensAt: 'on Monday 23 November at 09:00',
    })
  })

  test('follows the time zone over daylight saving', () => {
    // The same instant of the day, a week apart: Berlin leaves summer time on 25 October 2026.
    expect(at('2026-10-23T13:00:00Z', {}, 'Europe/Berlin').closed).toBe(false)
    expect(at('2026-10-23T13:40:00Z', {}, 'Europe/Berlin').closed).toBe(true)
    expect(at('2026-10-30T13:40:00Z', {}, 'Europe/Berlin').closed).toBe(false)
  })

  test('may run over midnight', () => {
    const night = { hours: '22:00-04:00', days: ['fri'] }
    expect(at('2026-11-20T23:00:00-05:00', night).closed).toBe(false)
    expect(at('2026-11-21T03:59:00-05:00', night).closed).toBe(false)
    expect(at('2026-11-21T04:00:00-05:00', night).closed).toBe(true)
    expect(at('2026-11-20T03:00:00-05:00', night)).toMatchObject({ closed: true, opensAt: 'today at 22:00' })
    expect(at('2026-11-21T23:00:00-05:00', night).opensAt).toBe('on Friday 27 November at 22:00')
  })

  test('may last all day', () => {
    expect(at('2026-11-18T23:59:00-05:00', { hours: '00:00-24:00' }).closed).toBe(false)
    expect(at('2026-11-18T00:00:00-05:00', { hours: '00:00-24:00' }).closed).toBe(false)
  })

  test('is frozen on single days and ranges, both ends included', () => {
    const frozen = { freezes: ['2026-11-26', '2026-12-24..2027-01-02'] }
    expect(at('2026-11-26T10:00:00-05:00', frozen)).toEqual({
      closed: true,
      freeze: '2026-11-26',
      reason: 'merging is frozen on Thursday 26 November',
      opensAt: 'on Friday 27 November at 09:00',
    })
    expect(at('2027-01-02T10:00:00-05:00', frozen)).toMatchObject({
      freeze: '2026-12-24..2027-01-02',
      reason: 'merging is frozen from Thursday 24 December to Saturday 2 January',
      opensAt: 'on Monday 4 January at 09:00',
    })
    expect(at('2026-12-23T10:00:00-05:00', frozen).closed).toBe(false)
  })

  test('that never opens says nothing of opening', () => {
    expect(at('2026-11-18T10:00:00-05:00', { freezes: ['2020-01-01..2040-01-01'] }).opensAt).toBe('')
  })
})

describe('local time', () => {
  test('comes from a time zone', () => {
    expect(localTimeIn(new Date('2026-11-18T23:30:00Z'), 'Asia/Kolkata')).toEqual({
      date: '2026-11-19',
      day: 'thu',
      minutes: 300,
      zone: 'Asia/Kolkata',
    })
    expect(localTimeIn(new Date('2026-11-18T00:00:00Z'), 'UTC').minutes).toBe(0)
  })

  test('or from the offset of a commit', () => {
    const now = new Date('2026-11-18T21:10:00Z')
    expect(localTimeAtOffset(now, '2026-11-18T09:00:00-05:00')).toEqual({
      date: '2026-11-18',
      day: 'wed',
      minutes: 970,
      zone: 'UTC-05:00',
    })
    expect(localTimeAtOffset(now, '2026-11-18T09:00:00+05:30')).toEqual({
      date: '2026-11-19',
      day: 'thu',
      minutes: 160,
      zone: 'UTC+05:30',
    })
    expect(localTimeAtOffset(now, '2026-11-18T09:00:00Z')?.zone).toBe('UTC')
    expect(localTimeAtOffset(now, 'yesterday')).toBeUndefined()
  })

  test('agrees with the offset wherever the zone has that offset', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }), now => {
        const { zone: _, ...byZone } = localTimeIn(now, 'Asia/Tokyo')
        const { zone: __, ...byOffset } = localTimeAtOffset(now, '2026-01-01T00:00:00+09:00') ?? { zone: '' }
        expect(byOffset).toEqual(byZone)
        expect(byZone.day).toBe(dayOf(byZone.date))
      }),
    )
  })
})
