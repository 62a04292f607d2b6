import { describe, expect, test } from 'vitest'
import { type FrequencyFacts, frequencyOf } from './frequency.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 10, 20, 9)
const MOSCOW = 'Europe/Moscow'

const facts = (more: Partial<FrequencyFacts> = {}): FrequencyFacts => ({
  onsets: [NOW - HOUR],
  knownSince: NOW - 90 * DAY,
  endedAt: null,
  onsetAt: NOW - HOUR,
  isOver: false,
  ...more,
})
const ago = (...days: number[]) => days.map(each => NOW - each * DAY)

describe('R22: frequency is one of the four words of the service standard', () => {
  test('a first fault that lasts, at a till that worked: worked and stopped, with the moment in local time', () => {
    const found = frequencyOf(facts(), NOW, MOSCOW)
    expect(found).toMatchObject({ kind: 'stopped', day: 1, week: 1, month: 1, lastGoodAt: NOW - HOUR })
    expect(found.text.ru).toBe('работало и перестало 20.11.2026 11:00 (за сутки 1, за 7 дней 1, за 30 дней 1)')
  })

  test.each<[string, Partial<FrequencyFacts>, string, string]>([
    ['a first fault that is over', { isOver: true }, 'once', 'once'],
    ['a till that was never seen good', { knownSince: NOW - HOUR }, 'once', 'once'],
    ['two in a month', { onsets: ago(0.1, 20), endedAt: NOW - 19 * DAY }, 'rare', 'rarely: 2 times in 30 days'],
    ['three in a week', { onsets: ago(0.1, 2, 5), endedAt: NOW - DAY }, 'often', 'often: 3 times in 7 days'],
    [
      'five in a month',
      { onsets: ago(1, 8, 12, 20, 28), endedAt: NOW - 7 * DAY },
      'often',
      'often: 5 times in 30 days',
    ],
    ['older than 30 days is forgotten', { onsets: ago(0.1, 31, 40, 50, 60, 70) }, 'stopped', 'worked and stopped'],
  ])('%s: %s', (_name, more, kind, words) => {
    const found = frequencyOf(facts(more), NOW, MOSCOW)
    expect(found.kind).toBe(kind)
    expect(found.text.en).toContain(words)
  })

  test('a till that had the fault until an hour before did not work in between', () => {
    const found = frequencyOf(facts({ onsets: ago(0.05, 40), endedAt: NOW - 2 * HOUR }), NOW, MOSCOW)
    expect(found).toMatchObject({ kind: 'once', lastGoodAt: NOW - HOUR })
  })

  test('never good while watched: no last good time', () => {
    expect(frequencyOf(facts({ knownSince: null }), NOW, MOSCOW).lastGoodAt).toBeNull()
  })

  test('windows count by their edge: 24 hours back exactly is outside', () => {
    expect(frequencyOf(facts({ onsets: ago(1) }), NOW, MOSCOW)).toMatchObject({ day: 0, week: 1 })
  })
})
