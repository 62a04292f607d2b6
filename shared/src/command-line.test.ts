import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { bearClosedPipes, languageOf } from './command-line.ts'

test.each([
  [{ LANG: 'ru_RU.UTF-8' }, 'ru'],
  [{ LANG: 'en_US.UTF-8' }, 'en'],
  [{ LANG: 'de_DE.UTF-8' }, 'en'],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'ru_RU.UTF-8' }, 'ru'],
  [{ LANG: 'ru_RU.UTF-8', LC_MESSAGES: 'en_GB' }, 'en'],
  [{ LANG: 'en_US.UTF-8', LC_ALL: '' }, 'en'],
  [{ LANG: 'C.UTF-8' }, 'ru'],
  [{ LANG: 'POSIX' }, 'ru'],
  [{ LANG: 'cs_CZ.UTF-8' }, 'en'],
  [{}, 'ru'],
])('%j speaks %s', (environment, language) => {
  expect(languageOf(environment)).toBe(language)
})

test('a reader that has gone away is nothing to say; any other failure of a stream is', () => {
  const stream = new EventEmitter()
  bearClosedPipes(stream)
  const fail = (code: string) => stream.emit('error', Object.assign(new Error(code), { code }))
  expect(() => fail('EPIPE')).not.toThrow()
  expect(() => fail('ENOSPC')).toThrow('ENOSPC')
})
