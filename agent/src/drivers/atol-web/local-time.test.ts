import { factProblem } from '@tillwatch/shared'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { driveDate, driveTime, registerTime } from './local-time.ts'

test.each([
  ['2026-11-20T14:05:33+03:00', '2026-11-20T14:05:33'],
  ['2026-11-20T14:05:33.250+0300', '2026-11-20T14:05:33'],
  ['2026-11-20T14:05:33Z', '2026-11-20T14:05:33'],
  ['2026-11-20T14:05', '2026-11-20T14:05:00'],
])('%s is the wall clock of the register: the offset is the PC’s', (text, time) => {
  expect(registerTime(text)).toBe(time)
  expect(driveTime(text)).toBe('2026-11-20T14:05')
  expect(driveDate(text)).toBe('2026-11-20')
})

test.each([
  '1970-01-01T03:00:00+03:00',
  '1969-12-31T19:00:00-05:00',
  '1970-01-01T00:00:00Z',
  '2026-02-30T10:00:00+03:00',
  '2026-13-01T10:00:00',
  '2026-11-20T24:00:00',
  '20.11.2026 14:05',
  '',
])('%s is no time', text => {
  expect([registerTime(text), driveTime(text), driveDate(text)]).toEqual([null, null, null])
})

test('any text gives null or a time that may be told', () => {
  const number = (digits: number) => fc.nat(10 ** digits - 1).map(value => String(value).padStart(digits, '0'))
  const text = fc.oneof(
    fc.string(),
    fc
      .tuple(number(4), number(2), number(2), number(2), number(2), number(2))
      .map(([y, mo, d, h, mi, s]) => `${y}-${mo}-${d}T${h}:${mi}:${s}+03:00`),
  )
  fc.assert(
    fc.property(text, given => {
      expect(factProblem('fiscal.register.clock_at', registerTime(given))).toBeNull()
      expect(factProblem('fiscal.fn.valid_until', driveDate(given))).toBeNull()
    }),
  )
})
