import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FieldReader } from './field-reader.ts'

const reader = (...fields: string[]) => new FieldReader(fields)
const two = (value: number) => String(value).padStart(2, '0')

test('an empty number is none, anything but digits is no number', () => {
  expect([reader('').integer(), reader('007').integer()]).toEqual([0, 7])
  for (const wrong of ['-1', '1.5', ' 1', '12a', '1234567890123456'])
    expect(() => reader(wrong).integer()).toThrow('not a number')
})

test('reading past the end is a protocol error', () => {
  expect(() => reader('1').skip(1).text()).toThrow(expect.objectContaining({ code: 'protocol.short' }))
})

test('every day and second that exists is read, and what is none is told apart from what is empty', () => {
  const instant = fc.date({
    min: new Date('2000-01-01T00:00:00Z'),
    max: new Date('2099-12-31T23:59:59Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(instant, at => {
      const [date, time] = [
        two(at.getUTCDate()) + two(at.getUTCMonth() + 1) + two(at.getUTCFullYear() % 100),
        two(at.getUTCHours()) + two(at.getUTCMinutes()) + two(at.getUTCSeconds()),
      ]
      expect(reader(date, time).dateTime()).toBe(at.toISOString().slice(0, 19))
    }),
  )
  expect([reader('').date(), reader('000000').date()]).toEqual([null, null])
  expect(reader('', '').dateTime()).toBeNull()
  for (const wrong of ['300226', '1', '2026-01', 'абвгде']) expect(reader(wrong).date()).toBeUndefined()
  for (const wrong of ['240000', '006000', '1']) expect(reader('010126', wrong).dateTime()).toBeUndefined()
})
