import { describe, expect, it } from 'vitest'
import { checkWord, commandChangeWords, commandWords } from './i18n/check-words.ts'
import { reasonWord } from './i18n/fact-values.ts'

describe('words for commands', () => {
  it('name a check as people do, and one of tomorrow as it is', () => {
    expect(checkWord('slot:front', 'ru')).toBe('касса front')
    expect(checkWord('probe:egais_utm', 'ru')).toBe('УТМ ЕГАИС')
    expect(checkWord('probe:weather', 'en')).toBe('probe weather')
    expect(checkWord('question:shtrih-m:FF39', 'ru')).toBe('запрос shtrih-m FF39')
    expect(checkWord('planet:mars', 'ru')).toBe('planet:mars')
  })

  it('say what is asked, in both languages', () => {
    expect(commandWords({ do: 'poll_now' }, 'ru')).toBe('опросить: все кассы')
    expect(commandWords({ do: 'poll_now', slot: 'bar' }, 'en')).toBe('poll: register bar')
    const until = '2026-11-23T09:00:00.000Z'
    expect(commandWords({ do: 'disable', target: { driver: 'atol' }, until }, 'ru')).toBe('выключить: драйвер atol')
    expect(commandWords({ do: 'collect_log', bytes_max: 1_024 }, 'ru')).toBe('собрать журнал')
  })

  it('tell a change of the log with its end and its author', () => {
    const change = ['disable', 'slot:front', '2026-11-23T09:00:00.000Z', 'Анна']
    expect(commandChangeWords(change, 'ru')).toBe('выключить, касса front, до 2026-11-23 09:00 UTC, Анна')
    expect(commandChangeWords(['collect_log', '', '', 'Анна'], 'en')).toBe('collect the log, Анна')
  })

  it('say who switched off what is not known', () => {
    expect(reasonWord('switched off by Анна until 2026-11-23T09:00:00.000Z', 'ru')).toBe('проверка выключена, Анна')
    expect(reasonWord('timeout', 'ru')).toBe('не успели прочитать')
  })
})
