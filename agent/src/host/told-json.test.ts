import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instantMsOf, utcDay } from './told-json.ts'

test.each([
  ['2026-12-01 20:59:59 +0000', '2026-12-01T20:59:59.000Z'],
  ['2026-12-01 20:59:59 +0300', '2026-12-01T17:59:59.000Z'],
  ['2026-02-03 12:15:31.207', '2026-02-03T12:15:31.207Z'],
  ['2026-11-22T08:58:00Z', '2026-11-22T08:58:00.000Z'],
  ['2026-11-22T11:58:00+03:00', '2026-11-22T08:58:00.000Z'],
  ['2026-11-22', '2026-11-22T00:00:00.000Z'],
  [1_763_801_880_000, '2025-11-22T08:58:00.000Z'],
])('%j is an instant', (given, expected) => {
  const ms = instantMsOf(given)
  expect(ms === null ? null : new Date(ms).toISOString()).toBe(expected)
})

test.each([
  ['an impossible day', '2026-02-31 10:00:00 +0000'],
  ['an impossible hour', '2026-02-01 25:00:00 +0000'],
  ['nothing', ''],
  ['zero', 0],
  ['seconds where milliseconds belong', 1_763_801_880],
  ['a time beyond the calendar', 8.64e15 + 1],
  ['no number', Number.NaN],
  ['words', 'never'],
  ['null', null],
])('%s is none', (_what, given) => {
  expect(instantMsOf(given)).toBeNull()
})

test('every instant is read back as it was written, in either form; nothing else ever throws', () => {
  const instants = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(instants, date => {
      expect(instantMsOf(date.toISOString())).toBe(date.getTime())
      expect(instantMsOf(date.getTime())).toBe(date.getTime())
      expect(utcDay(date.getTime())).toBe(date.toISOString().slice(0, 10))
    }),
  )
  fc.assert(
    fc.property(fc.anything(), anything => {
      const ms = instantMsOf(anything)
      if (ms !== null) expect(Number.isInteger(ms)).toBe(true)
    }),
  )
})
