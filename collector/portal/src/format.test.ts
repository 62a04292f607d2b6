import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatDay,
  formatDeviceDate,
  formatMilliseconds,
  formatMoment,
  formatMonth,
  formatRelative,
  formatSpan,
  zoneName,
} from './format.ts'

const now = Date.parse('2026-11-22T09:00:00Z')
const DAY = 86_400_000
/** Intl writes no-break spaces; people and this test read spaces. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')

describe('spans', () => {
  it('declines Russian days and English ones', () => {
    expect([1, 2, 5, 11, 21].map(days => formatRelative('ru', now + days * DAY, now)).map(plain)).toEqual([
      'через 24 часа',
      'через 2 дня',
      'через 5 дней',
      'через 11 дней',
      'через 21 день',
    ])
    expect(formatRelative('en', now + 12 * DAY, now)).toBe('in 12 days')
  })

  it('tells the past, the present and the far', () => {
    expect(plain(formatRelative('ru', now - 2 * 60_000, now))).toBe('2 минуты назад')
    expect(formatRelative('ru', now - 20_000, now)).toBe('сейчас')
    expect(formatRelative('en', now + 20_000, now)).toBe('now')
    expect(plain(formatRelative('ru', now + 200 * DAY, now))).toBe('через 6 месяцев')
  })

  it('never promises more time than is left', () => {
    expect(formatRelative('en', now + 2 * DAY + 23 * 3_600_000, now)).toBe('in 2 days')
    expect(plain(formatSpan('ru', 47.9 * 3_600_000))).toBe('47 часов')
  })

  it('keeps the sign of a clock that runs behind', () => {
    expect(plain(formatMilliseconds('ru', -3200))).toBe('−3,2 с')
    expect(plain(formatMilliseconds('en', 850))).toBe('850 ms')
    expect(plain(formatMilliseconds('ru', 240_000))).toBe('4 мин')
  })
})

describe('bytes', () => {
  it('chooses the unit by size', () => {
    expect(plain(formatBytes('ru', 512))).toBe('512 Б')
    expect(plain(formatBytes('ru', 12.4 * 1024 ** 3))).toBe('12,4 ГБ')
    expect(plain(formatBytes('en', 238 * 1024 ** 3))).toBe('238 GB')
    expect(plain(formatBytes('en', 0))).toBe('0 B')
  })
})

describe('dates', () => {
  it('shows the year only when it is another', () => {
    const stop = Date.parse('2026-12-03T21:30:00Z')
    expect(formatDay('ru', stop, now, 'Europe/Moscow')).toBe('04.12')
    expect(formatDay('en', stop, now, 'UTC')).toBe('3 Dec')
    expect(formatDay('ru', Date.parse('2027-02-14T00:00:00Z'), now, 'UTC')).toBe('14.02.2027')
  })

  it('reads a moment in the zone of the site', () => {
    const at = Date.parse('2026-11-22T20:15:00Z')
    expect(formatMoment('ru', at, now, 'Europe/Moscow')).toBe('23:15')
    expect(formatMoment('ru', at, now, 'Asia/Vladivostok')).toBe('23.11, 06:15')
    expect(zoneName('Asia/Vladivostok', now)).toBe('UTC+10')
    expect(zoneName('UTC', now)).toBe('UTC')
  })

  it('shows a device date as the device gave it, in no zone', () => {
    expect(formatDeviceDate('ru', '2027-02-14')).toBe('14.02.2027')
    expect(formatDeviceDate('en', '2026-11-19T18:05')).toBe('19 Nov 2026, 18:05')
    expect(formatDeviceDate('ru', 'not a date')).toBe('not a date')
  })

  it('names a month with its year', () => {
    expect(formatMonth('ru', '2026-12')).toBe('Декабрь 2026')
    expect(formatMonth('en', '2027-01')).toBe('January 2027')
  })
})
