import { describe, expect, it } from 'vitest'
import { lengthText, timeText } from './duration.ts'
import { workingTimeText } from './sla/words.ts'

const MINUTE = 60_000
const both = (minutes: number) => [lengthText('ru', minutes * MINUTE), lengthText('en', minutes * MINUTE)]

describe('how long something lasts, in words that people read', () => {
  it.each([
    [0, '0 минут', '0 minutes'],
    [1, '1 минуту', '1 minute'],
    [21, '21 минуту', '21 minutes'],
    [119, '119 минут', '119 minutes'],
    [120, '2 часа', '2 hours'],
    [301, '5 часов 1 минуту', '5 hours 1 minute'],
    [690, '11 часов 30 минут', '11 hours 30 minutes'],
    [1262, '21 час 2 минуты', '21 hours 2 minutes'],
    [2879, '47 часов 59 минут', '47 hours 59 minutes'],
    [2880, '2 дня', '2 days'],
    [7_265, '5 дней 1 час', '5 days 1 hour'],
    [30_300, '21 день 1 час', '21 days 1 hour'],
  ])('%d minutes: %s', (minutes, ru, en) => expect(both(minutes)).toEqual([ru, en]))

  it('stands by itself in the nominative, keeps its sign, and names no days of a working calendar', () => {
    expect(lengthText('ru', 1261 * MINUTE, { say: timeText })).toBe('21 час 1 минута')
    expect(lengthText('ru', -690 * MINUTE)).toBe('−11 часов 30 минут')
    expect(workingTimeText(3_270 * MINUTE)).toEqual({ ru: '54 часа 30 минут', en: '54 hours 30 minutes' })
  })
})
