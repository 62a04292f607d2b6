import type { OpeningHours } from '@tillwatch/rules'
import { describe, expect, test } from 'vitest'
import { type CounterDay, type DocumentInput, diskForecast, documentForecast } from './forecast.ts'

const DAY_MS = 24 * 3_600_000
const today = '2026-11-22'
const before = (days: number) => new Date(Date.parse(today) - days * DAY_MS).toISOString().slice(0, 10)
/** `days` complete days before today, `perDay(daysAgo)` documents on each. */
function counter(days: number, perDay: (ago: number) => number): CounterDay[] {
  let total = 1000
  return Array.from({ length: days + 1 }, (_, index) => {
    const ago = days + 1 - index
    if (index > 0) total += perDay(ago)
    return { day: before(ago), max: total }
  })
}
const input = (days: readonly CounterDay[], more: Partial<DocumentInput> = {}): DocumentInput => ({
  ...{ days, today, lastDocument: days.at(-1)?.max ?? 0, documentsLeft: 10_000, almostFullSince: null, hours: null },
  ...more,
})
const daysAhead = (date: string | undefined) => (Date.parse(date ?? '') - Date.parse(today)) / DAY_MS

describe('documents of a drive', () => {
  test('domain 17.16: fewer than three complete days make no forecast', () => {
    expect(documentForecast(input(counter(2, () => 100)))).toBeNull()
    expect(documentForecast(input(counter(3, () => 100)))).toMatchObject({ confidence: 'low' })
  })
  test('domain 4: what is left, less the margin, at the pace of the last weeks', () => {
    const days = counter(56, () => 100)
    const last = days.at(-1)?.max ?? 0
    const forecast = documentForecast(input(days))
    expect(daysAhead(forecast?.date)).toBe(Math.floor((0.98 * (10_000 + last) - last) / 100))
    expect(forecast?.confidence).toBe('high')
  })
  test('one wild week moves the median little, a lasting rise moves it at once', () => {
    const calm = documentForecast(input(counter(56, () => 100)))
    const wild = documentForecast(
      input(
        counter(56, ago => (ago > 20 && ago <= 27 ? 900 : 100)),
        { lastDocument: 6600 },
      ),
    )
    const risen = documentForecast(
      input(
        counter(56, ago => (ago <= 7 ? 300 : 100)),
        { lastDocument: 6600 },
      ),
    )
    expect(wild?.date).toBe(calm?.date)
    expect(daysAhead(risen?.date)).toBeLessThan(daysAhead(calm?.date) / 2)
  })
  test('domain 19.1: a gap without the agent is spread over its days by the counter', () => {
    const days = counter(56, () => 100)
    const gapped = days.filter(({ day }) => day < before(30) || day > before(20))
    expect(documentForecast(input(gapped))?.date).toBe(documentForecast(input(days))?.date)
  })
  test('domain 19.3: a new drive starts its counter anew; the pace runs on', () => {
    const days = counter(56, () => 100).map(({ day, max }) => ({ day, max: day >= before(10) ? max - 5000 : max }))
    const forecast = documentForecast(input(days, { documentsLeft: 200_000, lastDocument: 1600 }))
    expect(daysAhead(forecast?.date)).toBeCloseTo((0.98 * 201_600 - 1600) / 100, -2)
  })
  test('domain 19.2: in the first week opening days count', () => {
    const week = { 1: ['09:00-18:00'], 2: ['09:00-18:00'], 3: ['09:00-18:00'], 4: ['09:00-18:00'], 5: ['09:00-18:00'] }
    const hours: OpeningHours = { week: { ...week, 6: [], 7: [] } }
    // Four days before a Sunday: Wednesday to Saturday, the Saturday closed.
    const forecast = documentForecast(
      input(
        counter(4, ago => (ago === 1 ? 0 : 70)),
        { hours, lastDocument: 1210 },
      ),
    )
    expect(daysAhead(forecast?.date)).toBe(Math.floor((0.98 * 11_210 - 1210) / 50))
  })
  test('domain 19.4: each month to come has the pace that it had last year', () => {
    const flat = counter(430, () => 100)
    const summer = counter(430, ago => {
      const month = before(ago).slice(5, 7)
      return month === '12' || month === '01' ? 200 : 100
    })
    const last = { lastDocument: 44_000, documentsLeft: 10_000 }
    expect(daysAhead(documentForecast(input(summer, last))?.date)).toBeLessThan(
      daysAhead(documentForecast(input(flat, last))?.date),
    )
  })
  test('domain 19.5: an unknown capacity gives no date until the drive says that it is almost full', () => {
    const unknown = { documentsLeft: null }
    expect(
      documentForecast(
        input(
          counter(56, () => 100),
          unknown,
        ),
      ),
    ).toBeNull()
    const full = documentForecast(
      input(
        counter(56, () => 100),
        { ...unknown, almostFullSince: before(5) },
      ),
    )
    expect(full).toEqual({ date: before(-20), confidence: 'low' })
  })
  test('a register that sells nothing uses nothing up', () => {
    expect(documentForecast(input(counter(56, () => 0)))).toBeNull()
  })
})

describe('a disk', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  const hourly = (free: (hoursAgo: number) => number, hours = 14 * 24) =>
    Array.from({ length: hours }, (_, index) => ({ at: now - (hours - index) * 3_600_000, mean: free(hours - index) }))

  test('domain 4: the straight line of two weeks down to 1 GB', () => {
    const forecast = diskForecast(
      hourly(ago => 11e9 + (ago / 24) * 1e9),
      now,
    )
    expect(forecast).toEqual({ date: '2026-12-02', confidence: 'high' })
  })
  test.each([
    ['steady', hourly(() => 50e9)],
    ['getting emptier', hourly(ago => 50e9 - ago * 1e7)],
    ['jumping about', hourly(ago => (ago % 2 === 0 ? 90e9 : 10e9) - ago)],
    ['known for less than three days', hourly(ago => 11e9 + (ago / 24) * 1e9, 60)],
  ])('no forecast when it is %s', (_what, points) => {
    expect(diskForecast(points, now)).toBeNull()
  })
  test('a disk that is full already is full today', () => {
    expect(
      diskForecast(
        hourly(ago => 0.2e9 + ago * 1e7),
        now,
      )?.date,
    ).toBe('2026-11-22')
  })
})
