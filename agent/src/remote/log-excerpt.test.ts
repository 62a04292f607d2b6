import { redactLine } from '@tillwatch/shared'
import { expect, test } from 'vitest'
import { excerptOf } from './log-excerpt.ts'

const line = (minute: number, msg: string) =>
  JSON.stringify({ level: 30, time: `2026-11-22T09:${String(minute).padStart(2, '0')}:00.000Z`, msg })
const log = [line(1, 'one'), line(2, 'two'), line(3, 'three')].join('\n')
const all = { since: null, bytesMax: 10_000, secrets: [] }

test('an excerpt begins where it was asked to', () => {
  const since = Date.parse('2026-11-22T09:02:00Z')
  expect(excerptOf(log, { ...all, since })).toEqual([line(2, 'two'), line(3, 'three')])
})

test('the newest lines win when not all of them fit', () => {
  expect(excerptOf(log, { ...all, bytesMax: 2 * line(1, 'three').length + 2 })).toEqual([
    line(2, 'two'),
    line(3, 'three'),
  ])
})

test.each([
  ['a field by its name', '{"msg":"x","password":"hunter2-x"}', '{"msg":"x","password":"[removed]"}'],
  ['all of an object of passwords', '{"passwords":{"operator":30}}', '{"passwords":"[removed]"}'],
  ['a word before =', 'started with password=hunter2-x now', 'started with password=[removed] now'],
  ['a quoted word with spaces', 'token: "a b c" end', 'token: [removed] end'],
  ['a header', 'Authorization: Basic YWRtaW46YWRtaW4=', 'Authorization: [removed] [removed]'],
  [
    'user and password in an address',
    'GET http://admin:admin@localhost:5995/x',
    'GET http://[removed]@localhost:5995/x',
  ],
  ['a password with an @ in an address', 'GET http://admin:p@ss/w@till:5995/x', 'GET http://[removed]@till:5995/x'],
  ['an address of a person', 'asked by anna.petrova@mail.example.ru today', 'asked by [removed] today'],
  ['a web token', 'said eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln now', 'said [removed] now'],
  [
    'a key of a session',
    '{"sessionKey":"ab12","nested":{"access_key":7}}',
    '{"sessionKey":"[removed]","nested":{"access_key":"[removed]"}}',
  ],
  ['a private key', '-----BEGIN PRIVATE KEY----- MIIE -----END PRIVATE KEY-----', '[removed]'],
  ['256 bits of anybody', `found ${'aB3_-'.repeat(8)}xyz there`, 'found [removed] there'],
  ['escaped JSON inside a text', '{"msg":"said {\\"token\\":\\"abc def\\"}"}', '{"msg":"said {\\"token\\":[removed]"}'],
])('%s is removed', (_what, said, told) => {
  expect(redactLine(said, [])).toBe(told)
})

test('a secret that is known to be one is removed as it stands in JSON and in an address too', () => {
  const known = 'p"a\\s s%w'
  const inJson = { msg: `said ${JSON.stringify({ x: known })}` }
  const lines = [`said ${known} so`, JSON.stringify(inJson), `GET /${encodeURIComponent(known)}`]
  expect(lines.map(line => redactLine(line, [known]))).toEqual([
    'said [removed] so',
    JSON.stringify({ msg: 'said {"x":"[removed]"}' }),
    'GET /[removed]',
  ])
})

test('what no secret is stays readable', () => {
  for (const line of [
    '{"slot":"front","link":"ok","passed":true}',
    'compass north, bypass 3',
    'коллектор недоступен: порт 8883',
  ]) {
    expect(redactLine(line, ['30', 'abc'])).toBe(line)
  }
})

test('a line of half a megabyte, whatever it holds, is not felt', () => {
  const size = 512 * 1_024
  for (const piece of ['a', '://', 'eyJ-', 'token=\\"x ', "token=' ", 'a@b.', '-----BEGIN ', 'Basic ', '[']) {
    const line = piece.repeat(Math.ceil(size / piece.length))
    expect(redactLine(line, ['a-known-secret']).length).toBeLessThanOrEqual(2 * line.length)
  }
})

test('numbers that name things stay: a taxpayer, a register, a drive', () => {
  const told = 'ИНН 7701234567, РНМ 0001234567012345, ФН 9960440300112233, serial 0000000000301234'
  expect(redactLine(told, [])).toBe(told)
})
