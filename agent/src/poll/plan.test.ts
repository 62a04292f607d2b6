import { expect, test } from 'vitest'
import { DAILY_MS, isDue, type LastPoll, nextPoll, REST_MS, WINDOWS_PER_ROUND_MAX } from './plan.ts'

const INTERVAL_MS = 300_000
const good: LastPoll = { link: 'ok', outcome: 'complete', changed: false, failures: 0, windows: 1 }

test('a question of every poll is due once a round, a daily one a day after its answer', () => {
  expect(isDue('poll', undefined, 100, 100)).toBe(true)
  expect(isDue('poll', 99, 100, 200)).toBe(true)
  expect(isDue('poll', 150, 100, 200)).toBe(false)
  expect(isDue('daily', 150, 200, 150 + DAILY_MS - 1)).toBe(false)
  expect(isDue('daily', 150, 200, 150 + DAILY_MS)).toBe(true)
})

test('after a complete poll the next comes after the interval, up to a tenth earlier', () => {
  expect(nextPoll(good, INTERVAL_MS, 0)).toEqual({ delayMs: INTERVAL_MS, newRound: true })
  expect(nextPoll(good, INTERVAL_MS, 1)).toEqual({ delayMs: INTERVAL_MS * 0.9, newRound: true })
})

test('domain 17.24: what did not fit into one hold goes on in the next, a bounded number of times', () => {
  expect(nextPoll({ ...good, outcome: 'more' }, INTERVAL_MS, 0)).toEqual({ delayMs: REST_MS, newRound: false })
  expect(nextPoll({ ...good, outcome: 'more', windows: WINDOWS_PER_ROUND_MAX }, INTERVAL_MS, 0).newRound).toBe(true)
})

test('domain 17.23: after a change of FD number or mode the next poll waits', () => {
  expect(nextPoll({ ...good, changed: true }, 5_000, 0).delayMs).toBe(REST_MS)
  expect(nextPoll({ ...good, changed: true }, INTERVAL_MS, 0).delayMs).toBe(INTERVAL_MS)
})

test('the first silence is looked at again soon, later ones at growing intervals up to a limit', () => {
  const delays = [1, 2, 3, 4, 9].map(
    failures => nextPoll({ ...good, link: 'silent', failures }, INTERVAL_MS, 0).delayMs,
  )
  expect(delays).toEqual([REST_MS, INTERVAL_MS, 2 * INTERVAL_MS, 3 * INTERVAL_MS, 3 * INTERVAL_MS])
})
