import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareVersions, isInRange } from './version-order.ts'

const part = fc.oneof(fc.nat({ max: 30 }).map(String), fc.constantFrom('rc', 'b', 'beta', '0', '00', 'Ф'))
const version = fc
  .array(fc.tuple(part, fc.constantFrom('.', '-', '_', ' ', '')), { maxLength: 6 })
  .map(parts => parts.flat().join(''))

test('R96: versions have a total order: whatever is compared, the order of two says the same from both sides and through a third', () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0)
      expect(compareVersions(a, a)).toBe(0)
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0)
      if (compareVersions(a, b) === 0) {
        expect(Math.sign(compareVersions(a, c))).toBe(Math.sign(compareVersions(b, c)))
      }
    }),
    { numRuns: 2_000 },
  )
})

test('R96: a range holds exactly what lies between its ends', () => {
  fc.assert(
    fc.property(version, version, version, (from, to, seen) => {
      const inside = compareVersions(from, seen) <= 0 && compareVersions(seen, to) <= 0
      expect(isInRange(seen, { from, to })).toBe(inside)
      expect(isInRange(seen, { from: seen, to: seen })).toBe(true)
      expect(isInRange(null, { from, to })).toBe(false)
    }),
  )
})

test.each([
  ['5.8.9', '5.8.10'],
  ['5.8-rc1', '5.8'],
  ['5.8.0-rc1', '5.8'],
  ['5.8', '5.8b'],
  ['5.8b', '5.8.1'],
  ['10.9.1', '10.10.0'],
  ['7.9.5 SP2', '7.9.5 SP10'],
])('%s is older than %s', (older, newer) => {
  expect(compareVersions(older, newer)).toBeLessThan(0)
})

test.each([
  ['5.8', '5.8.0'],
  ['05.08', '5.8'],
  ['5_8-1', '5.8.1'],
  ['5.8RC1', '5.8-rc1'],
])('%s and %s are one version', (one, other) => {
  expect(compareVersions(one, other)).toBe(0)
})
