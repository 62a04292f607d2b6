import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHours } from '../calendar/parse-hours.ts'
import { DAY_MS, HOUR_MS } from '../calendar/zone.ts'
import { compileBook, SHIPPED_CALENDARS, SHIPPED_POLICIES } from './book.ts'
import {
  instantAfterWorkingMs,
  isWorking,
  missingYears,
  timeOf,
  usualDayMs,
  type WorkingCalendar,
  type WorkingTime,
  withHolidays,
  workingMsBetween,
} from './working-calendar.ts'

const read = (url: URL) => ({ file: url.pathname, text: readFileSync(url, 'utf8') })
const book = compileBook(SHIPPED_CALENDARS.map(read), SHIPPED_POLICIES.map(read))
const calendarOf = (id: string): WorkingCalendar => {
  const calendar = book.ok ? book.value.calendars.get(id) : undefined
  if (!calendar) throw new Error(`no calendar ${id}`)
  return calendar
}
const office = timeOf(calendarOf('business-hours'), 'Europe/Moscow')
const at = (local: string) => Date.parse(`${local}+03:00`)

describe('the calendar of an office in Russia (domain 18.6, R60)', () => {
  const workingDays = (year: number) => {
    let days = 0
    for (let day = at(`${year}-01-01T12:00:00`); day < at(`${year + 1}-01-01T00:00:00`); day += DAY_MS)
      if (isWorking(office, day)) days++
    return days
  }
  // The published norm of both years for a week of five days: 247 working days, four of them an hour shorter.
  it.each([2025, 2026])('has the working days and hours of the official calendar of %i', year => {
    expect(workingDays(year)).toBe(247)
    const hours = workingMsBetween(office, at(`${year}-01-01T00:00:00`), at(`${year + 1}-01-01T00:00:00`)) / HOUR_MS
    expect(hours).toBe(247 * 9 - 4)
  })

  it('works a moved Saturday by the hours of the Monday that it stands for, and ends an hour earlier before a holiday', () => {
    expect(isWorking(office, at('2025-11-01T16:59:59'))).toBe(true)
    expect(isWorking(office, at('2025-11-01T17:00:00'))).toBe(false)
    expect(isWorking(office, at('2025-11-03T12:00:00'))).toBe(false)
    expect(isWorking(office, at('2026-05-11T12:00:00'))).toBe(false)
    expect(isWorking(office, at('2026-04-30T17:30:00'))).toBe(false)
    const mixed = withHolidays(weekOf('mo 10:00-14:00; tu-fr 09:00-18:00'), {
      id: 'x',
      fixed: [],
      years: { 2026: { moved: [{ from: '2026-03-14', to: '2026-03-16' }], off: [], short: [] } },
    })
    const time = { timezone: 'Europe/Moscow', hours: mixed }
    expect(workingMsBetween(time, at('2026-03-14T00:00:00'), at('2026-03-15T00:00:00'))).toBe(4 * HOUR_MS)
  })

  it('keeps fixed holidays in a year that nobody has loaded, and says that the year is missing', () => {
    expect(isWorking(office, at('2027-05-10T12:00:00'))).toBe(true)
    expect(isWorking(office, at('2028-05-01T12:00:00'))).toBe(false)
    expect(missingYears(calendarOf('business-hours'), at('2026-12-31T23:00:00'), at('2028-01-01T01:00:00'))).toEqual([
      2027, 2028,
    ])
    expect(missingYears(calendarOf('24x7'), 0, at('2030-01-01T00:00:00'))).toEqual([])
  })
})

describe('edges (domain 18.8)', () => {
  it('leaves 18:00 at 18:00, and starts what came at night at zero', () => {
    expect(instantAfterWorkingMs(office, at('2026-11-23T16:00:00'), 2 * HOUR_MS)).toBe(at('2026-11-23T18:00:00'))
    expect(instantAfterWorkingMs(office, at('2026-11-23T16:00:00'), 2 * HOUR_MS + 1)).toBe(
      at('2026-11-24T09:00:00') + 1,
    )
    expect(workingMsBetween(office, at('2026-11-23T20:00:00'), at('2026-11-24T09:00:00'))).toBe(0)
    expect(instantAfterWorkingMs(office, at('2026-11-20T20:00:00'), 0)).toBe(at('2026-11-20T20:00:00'))
  })

  it('domain 18.4: a day is the usual working day of the calendar, no lunch unless listed', () => {
    expect(usualDayMs(weekOf('mo-fr 09:00-18:00; sa 10:00-16:00'))).toBe(9 * HOUR_MS)
    expect(usualDayMs(weekOf('mo-fr 09:00-13:00, 14:00-18:00'))).toBe(8 * HOUR_MS)
    expect(calendarOf('24x7').dayMs).toBe(24 * HOUR_MS)
  })

  it('reaches a limit that is years of working time away, and gives up on a calendar that never works', () => {
    const far = instantAfterWorkingMs(office, at('2026-01-01T00:00:00'), 1000 * 9 * HOUR_MS)
    expect(far).toBeGreaterThan(at('2029-12-01T00:00:00'))
    const never = { timezone: 'Europe/Moscow', hours: { week: weekOf('mo off') } }
    expect(instantAfterWorkingMs(never, 0, 1)).toBeNull()
  })
})

const ZONES = [
  ...['Europe/Kaliningrad', 'Europe/Moscow', 'Europe/Samara', 'Asia/Yekaterinburg', 'Asia/Omsk', 'Asia/Krasnoyarsk'],
  ...['Asia/Irkutsk', 'Asia/Yakutsk', 'Asia/Vladivostok', 'Asia/Magadan', 'Asia/Kamchatka'],
  ...['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'],
]
const WEEKS = [
  'mo-fr 09:00-18:00',
  'mo-fr 09:00-13:00, 14:00-18:00; sa 10:00-16:00',
  'daily 22:00-06:00',
  'fr,sa 18:00-03:00; su 00:00-24:00',
  '24/7',
]
const HOLIDAYS = {
  id: 'h',
  fixed: ['01-01', '05-09', '10-25'],
  years: {
    2026: {
      moved: [{ from: '2026-03-28', to: '2026-03-30' }],
      off: ['2026-07-01', '2026-10-26'],
      short: ['2026-05-08', '2026-03-27', '2026-10-24'],
    },
  },
}

describe('in any zone, over clock changes, midnight shifts and holidays', () => {
  const time = fc
    .record({ timezone: fc.constantFrom(...ZONES), week: fc.constantFrom(...WEEKS), holidays: fc.boolean() })
    .map(
      ({ timezone, week, holidays }): WorkingTime => ({
        timezone,
        hours: holidays ? withHolidays(weekOf(week), HOLIDAYS) : { week: weekOf(week) },
      }),
    )
  const from = Date.parse('2025-12-20T00:00:00Z')
  const instant = fc.integer({ min: from, max: from + 200 * DAY_MS })

  it('the parts of an interval sum to the whole', () => {
    fc.assert(
      fc.property(time, fc.tuple(instant, instant, instant), (calendar, three) => {
        const [a, b, c] = three.toSorted((x, y) => x - y) as [number, number, number]
        expect(workingMsBetween(calendar, a, b) + workingMsBetween(calendar, b, c)).toBe(
          workingMsBetween(calendar, a, c),
        )
      }),
      { numRuns: 80 },
    )
  })

  it('the instant after some working time is the first at which so much has been worked', () => {
    fc.assert(
      fc.property(time, instant, fc.integer({ min: 1, max: 40 * DAY_MS }), (calendar, start, ms) => {
        const end = instantAfterWorkingMs(calendar, start, ms)
        expect(end).not.toBeNull()
        expect(workingMsBetween(calendar, start, end ?? 0)).toBe(ms)
        expect(workingMsBetween(calendar, start, (end ?? 0) - 1)).toBe(ms - 1)
      }),
      { numRuns: 80 },
    )
  })
})

function weekOf(text: string) {
  const parsed = parseHours(text)
  if (!parsed.ok) throw parsed.error
  return parsed.value.week
}
