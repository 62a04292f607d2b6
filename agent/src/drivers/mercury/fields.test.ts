import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fields, parseAnswer } from './fields.ts'

const parsed = (json: string) => parseAnswer(json) ?? new Fields(null)

test('names in any case, an object or an array of one', () => {
  for (const json of ['{"fnInfo":{"fnNum":"1"}}', '[{"fnInfo":{"fnNum":"1"}}]', '{"FNINFO":{"FNNUM":"1"}}'])
    expect(parsed(json).inner('fnInfo').text('fnNum')).toBe('1')
  expect(parsed('{"ASBSO":true}').flag('asbso')).toBe(true)
})

test('a name as it is written wins over one in another case', () => {
  expect(parsed('{"RESULT":1,"result":0}').integer('result')).toBe(0)
})

test('numbers come as numbers or as texts, and what is none is unknown', () => {
  const answer = parsed('{"a":7,"b":"7","c":"","d":null,"e":-1,"f":1.5,"g":"seven","h":true}')
  expect(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map(name => answer.count(name))).toEqual([
    7,
    7,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
  ])
  expect(answer.integer('e')).toBe(-1)
})

test('yes and no come as such, as numbers or as texts, and what is neither is unknown', () => {
  const answer = parsed(
    '{"a":true,"b":1,"c":"True","d":false,"e":"0","f":null,"g":2,"h":"","i":{"toString":5},"j":[true]}',
  )
  expect([...'abcdefghij'].map(name => answer.flag(name))).toEqual([
    true,
    true,
    true,
    false,
    false,
    null,
    null,
    null,
    null,
    null,
  ])
})

test('times are those of a calendar', () => {
  const answer = parsed(
    '{"a":"2026-11-22T12:30:15","b":"2026-02-30T12:30:15","c":"2026-11-22T24:00:00","d":"","e":"22.11.2026","f":null}',
  )
  expect(['a', 'b', 'c', 'd', 'e', 'f'].map(name => answer.time(name))).toEqual([
    '2026-11-22T12:30:15',
    null,
    null,
    null,
    null,
    null,
  ])
})

test('what is no JSON object is none', () => {
  for (const json of ['', 'null', '7', '[]', '[7]', '<html>', '{"a":']) expect(parseAnswer(json)).toBeNull()
})

test('any JSON is read without harm, however deep it is and whatever its names', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom('result', '__proto__', 'constructor', ''), (json, name) => {
      const answer = parseAnswer(json)
      if (answer)
        expect([answer.inner(name).inner(name).count(name), answer.inner(name).flag(name)]).toEqual([null, null])
    }),
  )
  const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`
  expect(parsed(deep).inner('a').has('a')).toBe(true)
})
