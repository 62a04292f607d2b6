import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entryOf, isFinal, saysBlocked } from './results.ts'

test('errors are read nested and flat, with a result, without one, or with none at all', () => {
  const entry = (first: object) => entryOf(JSON.stringify({ results: [first] }))
  expect(entry({ status: 'ready', error: { code: 0, description: '' }, result: { a: 1 } })).toEqual({
    status: 'ready',
    code: 0,
    result: { a: 1 },
  })
  expect(entry({ status: 'error', errorCode: 3, errorDescription: '', result: null })).toEqual({
    status: 'error',
    code: 3,
    result: null,
  })
  expect(entry({ status: 'wait' })).toEqual({ status: 'wait', code: null, result: undefined })
})

test.each([
  ['ready', true],
  ['error', true],
  ['interrupted', true],
  ['canceled', true],
  ['wait', false],
  ['inProgress', false],
  ['blocked', false],
  ['thinking', false],
  ['', false],
])('a task that is "%s" is over: %s', (status, final) => {
  expect(isFinal({ status, code: 0, result: null })).toBe(final)
})

test.each(['', '<html>', '[]', '{}', '{"results":{}}', '{"results":[]}', '{"results":[null]}', '{"results":["a"]}'])(
  '%s is no list of results',
  body => expect(entryOf(body)).toBeNull(),
)

test('whatever an answer holds, reading it never fails', () => {
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map(text => `{"results":[${text}]}`),
  )
  fc.assert(
    fc.property(body, text => {
      const entry = entryOf(text)
      expect(entry === null || typeof entry.status === 'string').toBe(true)
      expect(typeof saysBlocked(text)).toBe('boolean')
    }),
  )
})
