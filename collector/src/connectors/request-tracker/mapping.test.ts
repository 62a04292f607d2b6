import { expect, it } from 'vitest'
import { listPath, quoted } from './api.ts'
import { levelOfNumber, subjectOf } from './mapping.ts'

it('a subject fits into 200 bytes, whole characters of any size, one line', () => {
  expect(subjectOf('Касса  2:\nчеки не уходят ')).toBe('Касса 2: чеки не уходят')
  expect(subjectOf('щ'.repeat(100))).toBe('щ'.repeat(100))
  for (const long of ['щ'.repeat(101), '🧾'.repeat(60), `a${'щ'.repeat(150)}`]) {
    const subject = subjectOf(long)
    expect(Buffer.byteLength(subject)).toBeLessThanOrEqual(200)
    expect(Buffer.byteLength(subject)).toBeGreaterThan(190)
    expect(long.startsWith(subject.slice(0, -1))).toBe(true)
    expect(subject.endsWith('…')).toBe(true)
  }
})

it('numbers between ours stand for the level below them', () => {
  const levels = { 1: 100, 2: 80, 3: 50, 4: 20 }
  expect([120, 100, 99, 80, 50, 49, 20, 0].map(value => levelOfNumber(value, levels))).toEqual([1, 1, 2, 2, 3, 4, 4, 4])
})

it('values cannot leave their place in a query', () => {
  expect(quoted(`O'Neil\\' OR id > 0`)).toBe(`'O\\'Neil\\\\\\' OR id > 0'`)
  expect(listPath('/tickets', `a = 'b&page=2'`, { page: '1' })).toBe('/tickets?query=a+%3D+%27b%26page%3D2%27&page=1')
})
