import { describe, expect, it } from 'vitest'
import { problemWords, sentenceClass, serverText } from './i18n/server-words.ts'

describe('words of the server', () => {
  it('are the portal’s own in Russian where the code is known, and the server’s in English', () => {
    expect(problemWords('account.name_taken', 'ru')).toEqual({
      message: 'Это имя занято',
      nextStep: 'Выберите другое.',
    })
    expect(problemWords('account.name_taken', 'en')).toBeNull()
    expect(problemWords('code.of.tomorrow', 'ru')).toBeNull()
  })
  it('keep their names and numbers in Russian, and stay as they are when they are new', () => {
    expect(
      serverText('misconfigured: the receiver answered 302: redirects are not followed, give the final address', 'ru'),
    ).toBe('ошибка в настройках: получатель ответил 302: переадресация не выполняется, укажите конечный адрес')
    expect(serverText('something new', 'ru')).toBe('something new')
    expect(serverText('the receiver answered 400', 'en')).toBe('the receiver answered 400')
  })
  it('begin as a sentence does, unless that is an address', () => {
    expect(sentenceClass('the receiver answered 400')).toBe('tw-sentence')
    expect(sentenceClass('http://127.0.0.1:8080: no answer in 15000 ms')).toBe('')
  })
})
