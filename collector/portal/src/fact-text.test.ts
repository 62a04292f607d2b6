import { FACT_NAMES, factDefinition } from '@tillwatch/shared/facts'
import { describe, expect, it } from 'vitest'
import { FACT_GROUPS, factGroup, factText } from './fact-text.ts'
import { factName, factWord, reasonWord } from './i18n/fact-values.ts'

const words = { confirmed: 'да', denied: 'нет', none: 'нет', unknown: 'нет данных' }
const text = (name: string, value: Parameters<typeof factText>[1]) =>
  factText(name, value, 'ru', words).replaceAll(/[\u00a0\u202f]/g, ' ')

describe('a fact for people', () => {
  it('carries its unit', () => {
    expect(text('host.disk.free_bytes', 5 * 1024 ** 3)).toBe('5 ГБ')
    expect(text('host.cpu.load', 0.42)).toBe('42 %')
    expect(text('fiscal.poll.port_held_ms', 640)).toBe('640 мс')
    expect(text('fiscal.ofd.unsent_documents', 1234)).toBe('1 234')
  })

  it('speaks in words, dates and sets', () => {
    expect(text('fiscal.register.link', 'busy')).toBe('порт занят')
    expect(text('fiscal.fn.valid_until', '2027-02-14')).toBe('14.02.2027')
    expect(text('fiscal.fn.flags', ['ofd_timeout', 'replace_urgently'])).toBe('ОФД не отвечает, срочно заменить')
    expect(text('fiscal.fn.flags', [])).toBe('нет')
    expect(text('fiscal.register.autonomous', false)).toBe('нет')
  })

  it('R13: tells which setting was accepted by whom', () => {
    expect(text('config.accepted', ['fiscal.register.ffd', '1.05', 'Анна'])).toBe('ФФД 1.05, Анна')
  })

  it('never guesses what is not known', () => {
    expect(text('fiscal.ofd.first_unsent_at', null)).toBe('нет')
    expect(text('fiscal.register.mode', 'a_state_of_tomorrow')).toBe('a_state_of_tomorrow')
    expect(reasonWord('a_reason_of_tomorrow', 'ru')).toBe('a_reason_of_tomorrow')
    expect(reasonWord('command not supported (37)', 'ru')).toBe('ККТ не знает такой команды (37)')
    expect(reasonWord('command not supported (37)', 'en')).toBe('command not supported (37)')
    expect(factName('vendor.new_fact', 'ru')).toBe('vendor.new_fact')
  })

  it('names every value of every closed list in both languages', () => {
    for (const name of FACT_NAMES) {
      const schema = factDefinition(name).schema as {
        options?: readonly string[]
        element?: { options?: readonly string[] }
      }
      for (const value of schema.options ?? schema.element?.options ?? []) {
        if (name === 'fiscal.register.ffd') continue
        expect(factWord(name, value, 'ru'), `${name} ${value}`).toMatch(/[а-яё]/i)
      }
    }
  })

  it('puts every fact of the dictionary into a group', () => {
    for (const name of FACT_NAMES) {
      expect(FACT_GROUPS, name).toContain(factGroup(name))
      expect(factGroup(name), name).not.toBe('other')
    }
  })
})
