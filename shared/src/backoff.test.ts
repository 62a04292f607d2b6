import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

const policy = { firstMs: 1_000, capMs: 60_000, factor: 2, jitter: 0.3 }

test('delays double, stop at the cap and never exceed it with jitter', () => {
  expect([0, 1, 2, 10].map(attempt => backoffMs(policy, attempt, 0))).toEqual([1_000, 2_000, 4_000, 60_000])
  expect(backoffMs(policy, 10, 0.999)).toBeGreaterThanOrEqual(42_000)
})
