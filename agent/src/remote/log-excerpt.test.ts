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
  ['a header', 'Authorization: Basic YWRtaW46YWRtaW4=', 'Authorization: [removed]'],
  ['a header of many values', 'authorization: Digest username="x", response="deadbeef"', 'authorization: [removed]'],
  ['cookies', 'Set-Cookie: sid=abc; Path=/; secure', 'Set-Cookie: [removed]'],
  [
    'a connection string',
    'Server=db;User Id=sa;Password=Qwe rty;Database=x',
    'Server=db;User Id=sa;Password=[removed];Database=x',
  ],
  [
    'a parameter of an address',
    'jdbc:postgresql://h/db?user=u&password=p1',
    'jdbc:postgresql://h/db?user=u&password=[removed]',
  ],
  [
    'a setting in XML',
    '<add key="Password" value="abc d"/> <pin>1234</pin>',
    '<add key="Password" value=[removed]/> <pin>[removed]</pin>',
  ],
  [
    'a name with more behind it',
    'passwordHash=abc secret_2: x токена: y',
    'passwordHash=[removed] secret_2: [removed] токена: [removed]',
  ],
  ['a password as people write it', 'AnyDesk 123456789 пароль Qw12er', 'AnyDesk 123456789 пароль [removed]'],
  ['a password of something', 'Пароль от AnyDesk: qwerty', 'Пароль от AnyDesk: [removed]'],
  ['a password behind a dash', 'пароль администратора — 30', 'пароль администратора — [removed]'],
  ['a password that was cut off', '{"msg":"x","password":"hunter two', '{"msg":"x","password":[removed]'],
  ['a name with a sign in it that nobody sees', 'pass\u200bword=abc', 'password=[removed]'],
  ['a text of two bytes a sign', 'p\0a\0s\0s\0w\0o\0r\0d\0=\0a\0b\0', 'password=[removed]'],
  ['the key of a bot', 'GET /bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/send', 'GET /bot[removed]/send'],
  ['the key of a service', 'with ghp_abcdefghijklmnopqrstuvwxyz0123456789 so', 'with [removed] so'],
  ['a bank card', 'card 4111 1111 1111 1111, 5555-5555-5555-4444', 'card [removed], [removed]'],
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

test('a secret that goes on over lines is removed from all of them', () => {
  const key = ['-----BEGIN PRIVATE KEY-----', 'MIIEvQ', 'AAAA', '-----END PRIVATE KEY----- behind', 'next']
  const lines = ['token:', 'abc', ...key, 'the end of a key: -----BEGIN PRIVATE KEY-----', 'MIIE']
  expect(excerptOf(lines.join('\n'), all)).toEqual([
    ...['token:[removed]', '[removed]'],
    ...['[removed]', '[removed]', '[removed]', '[removed] behind', 'next'],
    ...['the end of a key: [removed]', '[removed]'],
  ])
})

test('what no secret is stays readable', () => {
  for (const line of [
    '{"slot":"front","link":"ok","passed":true}',
    'compass north, bypass 3',
    'введите пароль оператора, паспорт объекта: нет',
    '{"at":1763800000000,"bytes":4111111111111111}',
    'коллектор недоступен: порт 8883',
  ]) {
    expect(redactLine(line, ['30', 'abc'])).toBe(line)
  }
})

test('a line of half a megabyte, whatever it holds, is not felt', () => {
  const size = 512 * 1_024
  for (const piece of [
    'пароль от ',
    'pass 1',
    '<a ',
    '4111 ',
    '\0',
    'Cookie: ',
    'token=a',
    'secret',
    'a',
    '://',
    'eyJ-',
    'token=\\"x ',
    "token=' ",
    'a@b.',
    '-----BEGIN ',
    'Basic ',
    '[',
  ]) {
    const line = piece.repeat(Math.ceil(size / piece.length))
    expect(redactLine(line, ['a-known-secret']).length).toBeLessThanOrEqual(2 * line.length)
  }
})

test('numbers that name things stay: a taxpayer, a register, a drive', () => {
  const told = 'ИНН 7701234567, РНМ 0001234567012345, ФН 9960440300112233, serial 0000000000301234'
  expect(redactLine(told, [])).toBe(told)
})
