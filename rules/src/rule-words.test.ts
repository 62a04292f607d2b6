import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compilePack } from './pack/compile.ts'
import { SHIPPED_PACKS } from './pack/shipped.ts'
import { describeRule } from './rule-words.ts'

const compiled = compilePack(SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8') })))
const wordsOf = (id: string) => {
  const rule = compiled.ok ? compiled.value.rules.find(one => one.id === id) : undefined
  if (!rule) throw new Error(`no rule ${id}`)
  return describeRule(rule)
}

describe('a rule in words (R44, R76)', () => {
  it('gives thresholds their units and holds their length', () => {
    const { levels, clearHold, when } = wordsOf('ofd.queue_age')
    expect(when?.ru).toBe('«Не передано в ОФД» > 0 и не «Автономный режим»')
    const important = levels.find(({ level }) => level === 'important')
    expect(important?.set.ru).toMatch(/≥ 72 часа$/)
    expect(important?.set.en).toMatch(/≥ 72 hours$/)
    expect(important?.clear?.ru).toMatch(/< 36 часов$/)
    expect(clearHold).toEqual({ ru: '30 минут', en: '30 minutes' })
    expect(levels.at(-1)?.name.ru).toBe('критический, остановка')
  })

  it('says flags, choices and states of the site in words', () => {
    const texts = compiled.ok
      ? compiled.value.rules.flatMap(rule => describeRule(rule).levels.map(({ set }) => set.ru))
      : []
    expect(texts).toContain('«ОФД не отвечает» есть в «Предупреждения ФН»')
    const whens = compiled.ok ? compiled.value.rules.map(rule => describeRule(rule).when?.ru ?? '') : []
    expect(whens).toContainEqual(expect.stringMatching(/«Смена» = «(?!open)/))
    expect(texts).toContainEqual(expect.stringMatching(/24 часа и \(объект открыт или не часы работы известны\)$/))
    for (const text of texts) expect(text).not.toMatch(/fiscal\.|host\.|&&|\|\||==/)
  })
})
