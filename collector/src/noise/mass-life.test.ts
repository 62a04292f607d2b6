import { expect, test } from 'vitest'
import { afterCount, ENDING_MS, endsAt } from './mass-life.ts'

const START = { affected: 0, peak: 0, belowSince: null }

test('domain 8: it ends after an hour below a fifth of the peak, and a relapse starts the hour anew', () => {
  const peak = afterCount(START, 50, 0)
  expect(endsAt(peak)).toBeNull()
  expect(endsAt(afterCount(peak, 10, 1))).toBeNull()
  const below = afterCount(peak, 9, 10)
  expect(endsAt(below)).toBe(10 + ENDING_MS)
  expect(endsAt(afterCount(below, 3, 500))).toBe(10 + ENDING_MS)
  const relapse = afterCount(below, 10, 600)
  expect(endsAt(relapse)).toBeNull()
  expect(endsAt(afterCount(relapse, 0, 700))).toBe(700 + ENDING_MS)
})

test('the peak only grows', () => {
  expect(afterCount(afterCount(START, 7, 0), 3, 1)).toMatchObject({ peak: 7, affected: 3 })
  expect(afterCount(afterCount(START, 7, 0), 12, 1)).toMatchObject({ peak: 12, belowSince: null })
})
