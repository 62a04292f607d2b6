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

test('before it is heard, it goes on from what an earlier run knew, whatever the till’s own clock says', async () => {
  const knownAt = Date.parse('2026-11-22T09:00:00Z')
  for (const tillAt of ['2001-01-01T00:00:00Z', '2051-01-01T00:00:00Z']) {
    const clock = new ManualClock(Date.parse(tillAt))
    const time = createCollectorTime(clock, knownAt)
    clock.stepWall(-YEAR_MS)
    await clock.advance(60_000)
    expect(time.now()).toBe(knownAt + 60_000)
  }
})
