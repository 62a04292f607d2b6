import { expect, it } from 'vitest'
import { promiseTone } from './promise-tone.ts'

it('is green while there is room, amber from 70 %, red once broken, and green again when it was kept late in time', () => {
  expect(promiseTone({ met: null, percent: 69, done: false })).toBe('green')
  expect(promiseTone({ met: null, percent: 70, done: false })).toBe('yellow')
  expect(promiseTone({ met: null, percent: 100, done: false })).toBe('yellow')
  expect(promiseTone({ met: false, percent: 100, done: false })).toBe('red')
  expect(promiseTone({ met: false, percent: 180, done: true })).toBe('red')
  expect(promiseTone({ met: true, percent: 99, done: true })).toBe('green')
})
