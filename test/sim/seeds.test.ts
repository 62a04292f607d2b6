import { expect, test } from 'vitest'
import { describe, keptSeeds } from './seeds.ts'
import { play } from './world.ts'

const WEEK_MS_MAX = 120_000

test.each(keptSeeds())('seed $seed, which once found: $found', { timeout: WEEK_MS_MAX }, async ({ seed, weeks }) => {
  expect(describe(await play(seed, weeks))).toBe('')
})

test('a seed is the same world to the last byte, however often it is played', { timeout: WEEK_MS_MAX }, async () => {
  const first = await play(7, 0.5)
  const second = await play(7, 0.5)
  expect(first.events).toBeGreaterThan(1_000)
  expect(second.fingerprint).toBe(first.fingerprint)
  expect((await play(8, 0.5)).fingerprint).not.toBe(first.fingerprint)
})
