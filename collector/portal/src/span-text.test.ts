import { describe, expect, it } from 'vitest'
import { hoursText, limitText } from './span-text.ts'

const HOUR = 3_600_000
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('times of agreements', () => {
  it('are said in hours and minutes', () => {
    expect(plain(hoursText('ru', 15 * 60_000))).toBe('15 мин')
    expect(plain(hoursText('ru', 2.8 * HOUR))).toBe('2 ч 48 мин')
    // Editions of the locale data differ in the plural of the abbreviation.
    expect(plain(hoursText('en', 45 * HOUR))).toMatch(/^45 hrs?$/)
  })

  it('in days where the calendar makes whole ones of them, with the hours of a working day', () => {
    expect(plain(limitText('ru', 72 * HOUR, 24 * HOUR))).toBe('3 дн.')
    expect(plain(limitText('ru', 45 * HOUR, 9 * HOUR))).toBe('5 дн. (45 ч)')
    expect(plain(limitText('ru', 16 * HOUR, 9 * HOUR))).toBe('16 ч')
  })
})
