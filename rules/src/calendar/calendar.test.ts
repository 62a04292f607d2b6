import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OpeningHours, SiteView } from '../model.ts'
import {
  instantAfterOpenMs,
  isOpen,
  nextBoundary,
  nextOpening,
  openMsBetween,
  wholeDayEndAfter,
} from './opening-hours.ts'
import { parseHours } from './parse-hours.ts'
import { DAY_MS, dayOfDate, HOUR_MS, instantOf, instantOfLocal, localDay } from './zone.ts'

const hours = (text: string): OpeningHours => {
  const parsed = parseHours(text)
  if (!parsed.ok) throw parsed.error
  return parsed.value
}
const site = (text: string | null, timezone = 'Europe/Moscow'): Pick<SiteView, 'timezone' | 'hours'> => ({
  timezone,
  hours: text === null ? null : hours(text),
})
const at = (iso: string): number => Date.parse(iso)
const ZONES = [
  'Europe/Kaliningrad',
  'Europe/Moscow',
  'Asia/Yekaterinburg',
  'Asia/Kathmandu',
  'Asia/Vladivostok',
  'Europe/Berlin',
]
const PATTERNS = [
  '10:00-23:00',
  'mo-fr 09:00-18:00; sa,su 18:00-03:00',
  '24/7',
  'fr 22:00-06:00; sa 05:00-07:00',
  'mo 08:00-12:00, 13:00-17:00',
]

describe('opening hours', () => {
  it('opens and closes at the minute, in the zone of the site', () => {
    const moscow = site('10:00-23:00')
    expect(isOpen(moscow, at('2026-11-22T06:59:59Z'))).toBe(false)
    expect(isOpen(moscow, at('2026-11-22T07:00:00Z'))).toBe(true)
    expect(isOpen(moscow, at('2026-11-22T20:00:00Z'))).toBe(false)
    expect(isOpen(site('10:00-23:00', 'Asia/Vladivostok'), at('2026-11-22T06:59:59Z'))).toBe(true)
    expect(nextOpening(moscow, at('2026-11-22T20:00:00Z'))).toBe(at('2026-11-23T07:00:00Z'))
    expect(nextBoundary(moscow, at('2026-11-22T08:00:00Z'))).toBe(at('2026-11-22T20:00:00Z'))
  })

  it('belongs to the day before until a night interval ends', () => {
    const bar = site('fr,sa 18:00-03:00')
    expect(isOpen(bar, at('2026-11-21T23:59:00Z'))).toBe(true)
    expect(isOpen(bar, at('2026-11-22T00:00:00Z'))).toBe(false)
    expect(openMsBetween(bar, at('2026-11-20T00:00:00Z'), at('2026-11-23T00:00:00Z'))).toBe(18 * HOUR_MS)
  })

  it('takes a date exception before the weekday', () => {
    const closed = {
      timezone: 'Europe/Moscow',
      hours: { ...hours('10:00-23:00'), days: { '2026-12-31': ['10:00-18:00'], '2027-01-01': [] } },
    }
    expect(isOpen(closed, at('2026-12-31T16:00:00Z'))).toBe(false)
    expect(nextOpening(closed, at('2026-12-31T16:00:00Z'))).toBe(at('2027-01-02T07:00:00Z'))
  })

  it('answers unknown, not a guess, without hours', () => {
    expect(isOpen(site(null), 0)).toBeNull()
    expect(openMsBetween(site(null), 0, 1)).toBeNull()
    expect(nextOpening(site(null), 0)).toBeNull()
  })

  it('stops counting where a year of closed days begins', () => {
    const never = { timezone: 'Europe/Moscow', hours: { week: { 1: [], 2: [], 3: [], 4: [], 5: [], 6: [], 7: [] } } }
    expect(nextOpening(never, at('2026-11-22T00:00:00Z'))).toBeNull()
    expect(openMsBetween(never, at('2020-01-01T00:00:00Z'), at('2026-11-22T00:00:00Z'))).toBe(0)
  })

  it('counts years around the clock exactly', () => {
    const from = at('2020-02-28T10:11:12Z')
    expect(openMsBetween(site('24/7'), from, from + 2000 * DAY_MS)).toBe(2000 * DAY_MS)
  })

  it('counts the missing and the doubled hour of a zone with summer time', () => {
    const berlin = site('24/7', 'Europe/Berlin')
    const night = site('01:00-04:00', 'Europe/Berlin')
    expect(openMsBetween(berlin, at('2026-03-28T23:00:00Z'), at('2026-03-29T22:00:00Z'))).toBe(23 * HOUR_MS)
    expect(openMsBetween(night, at('2026-03-28T23:00:00Z'), at('2026-03-29T22:00:00Z'))).toBe(2 * HOUR_MS)
    expect(openMsBetween(night, at('2026-10-24T22:00:00Z'), at('2026-10-25T23:00:00Z'))).toBe(4 * HOUR_MS)
    expect(instantOf('Europe/Berlin', at('2026-03-29T02:30:00Z'))).toBe(at('2026-03-29T01:30:00Z'))
    expect(instantOf('Europe/Berlin', at('2026-10-25T02:30:00Z'))).toBe(at('2026-10-25T00:30:00Z'))
  })

  it('17.8: names the end of the first wholly missed opening day', () => {
    const short = site('mo-fr 10:00-14:00')
    expect(wholeDayEndAfter(short, at('2026-11-20T08:00:00Z'))).toBe(at('2026-11-23T11:00:00Z'))
    expect(wholeDayEndAfter(short, at('2026-11-20T06:00:00Z'))).toBe(at('2026-11-20T11:00:00Z'))
  })
})

describe('opening time, any zone and pattern', () => {
  const instants = fc.integer({ min: at('2025-06-01T00:00:00Z'), max: at('2027-06-01T00:00:00Z') })
  const sites = fc.record({ zone: fc.constantFrom(...ZONES), pattern: fc.constantFrom(...PATTERNS) })

  it('is the sum of its parts', () => {
    fc.assert(
      fc.property(
        sites,
        fc.tuple(instants, fc.nat(40 * DAY_MS), fc.nat(40 * DAY_MS)),
        ({ zone, pattern }, [from, a, b]) => {
          const place = site(pattern, zone)
          const whole = openMsBetween(place, from, from + a + b) ?? -1
          expect(
            (openMsBetween(place, from, from + a) ?? -1) + (openMsBetween(place, from + a, from + a + b) ?? -1),
          ).toBe(whole)
          expect(whole).toBeLessThanOrEqual(a + b)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('agrees with counting open minutes one by one', () => {
    fc.assert(
      fc.property(sites, instants, fc.nat(3 * 24 * 60), ({ zone, pattern }, start, minutes) => {
        const place = site(pattern, zone)
        const from = Math.floor(start / 60_000) * 60_000
        let open = 0
        for (let minute = 0; minute < minutes; minute++) if (isOpen(place, from + minute * 60_000)) open++
        expect(openMsBetween(place, from, from + minutes * 60_000)).toBe(open * 60_000)
      }),
      { numRuns: 60 },
    )
  })

  it('inverts: the instant after so much opening time has just that much behind it', () => {
    fc.assert(
      fc.property(sites, instants, fc.integer({ min: 1, max: 3 * DAY_MS }), ({ zone, pattern }, from, openMs) => {
        const place = site(pattern, zone)
        const end = instantAfterOpenMs(place, from, openMs)
        expect(end).not.toBeNull()
        expect(openMsBetween(place, from, end ?? 0)).toBe(openMs)
        expect(openMsBetween(place, from, (end ?? 0) - 1)).toBe(openMs - 1)
      }),
      { numRuns: 200 },
    )
  })

  it('opens next at an instant that is open', () => {
    fc.assert(
      fc.property(sites, instants, ({ zone, pattern }, from) => {
        const place = site(pattern, zone)
        const next = nextOpening(place, from) ?? -1
        expect(isOpen(place, next)).toBe(true)
        expect(openMsBetween(place, from, next)).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})

describe('local dates', () => {
  it('are read in the zone of the site', () => {
    expect(instantOfLocal('Asia/Vladivostok', '2026-11-19T18:05')).toBe(at('2026-11-19T08:05:00Z'))
    expect(localDay('Asia/Vladivostok', at('2026-11-19T15:00:00Z'))).toBe(dayOfDate('2026-11-20'))
  })
  it('are refused when they are none', () => {
    expect(dayOfDate('2026-13-40')).toBeNull()
    expect(instantOfLocal('Europe/Moscow', 'soon')).toBeNull()
  })
})

describe('opening hours as people write them', () => {
  it.each([
    ['10:00-23:00', '2026-11-22', ['10:00-23:00']],
    ['Mo-Fr 09:00-18:00; Sa,Su 10:00-16:00', '2026-11-22', ['10:00-16:00']],
    ['пн-пт 09:00-18:00', '2026-11-22', []],
    ['Пн–Пт 9:00 – 18:00; сб 10.00-15.00; вс выходной', '2026-11-21', ['10:00-15:00']],
    ['ежедневно 8:30-22:00', '2026-11-22', ['08:30-22:00']],
    ['24/7', '2026-11-22', ['00:00-24:00']],
    ['круглосуточно', '2026-11-22', ['00:00-24:00']],
    ['сб-пн 12:00-02:00', '2026-11-22', ['12:00-02:00']],
    ['вс 10:00-13:00, 14:00-18:00', '2026-11-22', ['10:00-13:00', '14:00-18:00']],
  ])('%s', (text, _sunday, expected) => {
    const day = _sunday === '2026-11-21' ? 6 : 7
    expect(hours(text).week[day]).toEqual(expected)
  })

  it.each([
    ['', 'is empty'],
    ['утром', 'has no time of day'],
    ['10:00-25:00', 'not a time'],
    ['Mo-Xx 10:00-12:00', '"mo-xx" is not a weekday'],
    ['10-23', 'has no time of day'],
    ['10:00-24:30', 'not a time'],
  ])('%s is refused with a reason and a next step', (text, reason) => {
    const parsed = parseHours(text)
    expect(parsed.ok).toBe(false)
    if (parsed.ok) return
    expect(parsed.error.message).toContain(reason)
    expect(parsed.error.nextStep).toContain('Mo-Fr 09:00-18:00')
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), text => typeof parseHours(text).ok === 'boolean'))
  })
})
