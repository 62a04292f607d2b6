import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { createCollectorTime } from './collector-time.ts'

const YEAR_MS = 365 * 86_400_000

test('once heard, the collector’s clock goes on whatever happens to the till’s own', async () => {
  const clock = new ManualClock(Date.parse('2000-01-01T00:00:00Z'))
  const time = createCollectorTime(clock)
  time.heard(Date.parse('2026-11-22T09:00:00Z'))
  await clock.advance(60_000)
  clock.stepWall(5 * YEAR_MS)
  expect(new Date(time.now()).toISOString()).toBe('2026-11-22T09:01:00.000Z')
})

test('before it is heard, the difference that an earlier run has found stands in', () => {
  const clock = new ManualClock()
  const time = createCollectorTime(clock, -3 * YEAR_MS)
  expect(time.now()).toBe(clock.now() - 3 * YEAR_MS)
})
