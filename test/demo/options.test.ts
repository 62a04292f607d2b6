import { expect, test } from 'vitest'
import { readOptions } from './options.ts'

test.each([
  [['--driver', 'foo'], /--driver foo: expected one of shtrih-m, /],
  [['--register', 'printer'], /--register: port "printer"/],
  [['--http', '0'], /--http 0: expected a number from 1 to 65535/],
  [['--story-speed', 'fast'], /from 0.1 to 20/],
])('%j is told before anything is begun', (args, text) => {
  expect(() => readOptions(args)).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringMatching(text) }),
  )
})

test('without options it is the simulated register, and --help is no start', () => {
  expect(readOptions([])).toEqual({ register: undefined, driver: 'shtrih-m', http: 8080, speed: 1, verbose: false })
  expect(readOptions(['--help'])).toBeNull()
})
