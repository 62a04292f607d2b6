import { expect, test } from 'vitest'
import {
  DAILY_MS,
  isDue,
  type LastPoll,
  NO_STREAKS,
  nextPoll,
  REST_MS,
  roundsBetweenTries,
  type Streaks,
  streaksWith,
  WINDOWS_PER_ROUND_MAX,
} from './plan.ts'

const INTERVAL_MS = 300_000
const good: LastPoll = { link: 'ok', outcome: 'complete', changed: false }
const atWork: LastPoll = { ...good, outcome: 'yielded' }
const once: Streaks = { ...NO_STREAKS, windows: 1 }

/** Pauses after each of so many holds in a row that went alike. */
function pausesAfter(last: LastPoll, count: number) {
  let [streaks, newRound] = [NO_STREAKS, true]
  return Array.from({ length: count }, () => {
    streaks = streaksWith(streaks, last, newRound)
    const next = nextPoll(last, streaks, INTERVAL_MS, 0)
    newRound = next.newRound
    return next
  })
}

test('a question of every poll is due once a round, a daily one a day after its answer', () => {
  const since = (roundBeganMs: number, slowWantedMs: number | null = null) => ({ roundBeganMs, slowWantedMs })
  expect(isDue('poll', undefined, since(100), 100)).toBe(true)
  expect(isDue('poll', 99, since(100), 200)).toBe(true)
  expect(isDue('poll', 150, since(100), 200)).toBe(false)
  expect(isDue('daily', 150, since(200), 150 + DAILY_MS - 1)).toBe(false)
  expect(isDue('daily', 150, since(200), 150 + DAILY_MS)).toBe(true)
  // A person wants to see it now; what was answered since is not asked twice.
  expect(isDue('daily', 150, since(200, 200), 300)).toBe(true)
  expect(isDue('daily', 250, since(200, 200), 300)).toBe(false)
})

test('after a complete poll the next comes after the interval, up to a tenth earlier', () => {
  expect(nextPoll(good, once, INTERVAL_MS, 0)).toEqual({ delayMs: INTERVAL_MS, restMs: 0, newRound: true })
  expect(nextPoll(good, once, INTERVAL_MS, 1)).toEqual({ delayMs: INTERVAL_MS * 0.9, restMs: 0, newRound: true })
})

test('domain 17.24: what did not fit into one hold goes on in the next, a bounded number of times', () => {
  const more: LastPoll = { ...good, outcome: 'more' }
  expect(nextPoll(more, once, INTERVAL_MS, 0)).toEqual({ delayMs: REST_MS, restMs: 0, newRound: false })
  const last = pausesAfter(more, WINDOWS_PER_ROUND_MAX).at(-1)
  expect(last).toMatchObject({ delayMs: INTERVAL_MS, newRound: true })
})

test('domain 17.23: after a change of FD number or mode the next poll waits, also one that a person asks for', () => {
  const changed = { ...good, changed: true }
  expect(nextPoll(changed, once, 5_000, 0)).toMatchObject({ delayMs: REST_MS, restMs: REST_MS })
  expect(nextPoll(changed, once, INTERVAL_MS, 0)).toMatchObject({ delayMs: INTERVAL_MS, restMs: REST_MS })
})

test('domain 15: a register at work is tried again after growing pauses, until it is time for another round', () => {
  const pauses = pausesAfter(atWork, 7)
  expect(pauses.map(({ delayMs }) => delayMs / 1_000)).toEqual([10, 20, 40, 80, 160, 300, 300])
  expect(pauses.map(({ newRound }) => newRound)).toEqual([false, false, false, false, false, true, true])
  expect(pauses.every(({ restMs }) => restMs === REST_MS)).toBe(true)
})

test('one hold that was let in ends the growing of the pauses', () => {
  const worked = [atWork, atWork, atWork].reduce((streaks, last) => streaksWith(streaks, last, false), NO_STREAKS)
  const streaks = streaksWith(streaksWith(worked, { ...good, outcome: 'more' }, false), atWork, false)
  expect(nextPoll(atWork, streaks, INTERVAL_MS, 0).delayMs).toBe(REST_MS)
})

test.each(['silent', 'busy', 'error'] as const)(
  'a first %s is looked at again soon, later ones at growing intervals up to a limit',
  link => {
    const pauses = pausesAfter({ link, outcome: 'yielded', changed: false }, 6)
    const delays = pauses.map(({ delayMs }) => delayMs)
    expect(delays).toEqual([REST_MS, ...[1, 2, 3, 3, 3].map(intervals => intervals * INTERVAL_MS)])
    // What another program uses is left alone for a moment whoever asks; what is off may be looked at again at once.
    expect(pauses[0]?.restMs).toBe(link === 'busy' ? REST_MS : 0)
  },
)

test('one source of several that fails again and again is tried after one, two, then every three polls', () => {
  expect([1, 2, 3, 4, 20].map(roundsBetweenTries)).toEqual([1, 2, 3, 3, 3])
})
