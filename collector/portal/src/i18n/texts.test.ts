import { describe, expect, it } from 'vitest'
import { texts } from './texts.ts'

const PLURAL = /_(zero|one|two|few|many|other)$/

function flat(node: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'string') found.set(prefix + key, value)
    else for (const [path, text] of flat(value, `${prefix}${key}.`)) found.set(path, text)
  }
  return found
}
const ru = flat(texts.ru)
const en = flat(texts.en)
const names = (map: Map<string, string>) =>
  [...new Set([...map.keys()].map(key => key.replace(PLURAL, '')))].sort((one, other) =>
    String(one).localeCompare(String(other)),
  )
const placeholders = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)]
    .map(match => match[1])
    .sort((one, other) => String(one).localeCompare(String(other)))

describe('texts', () => {
  it('exist in both languages under the same keys', () => {
    expect(names(en)).toEqual(names(ru))
  })

  it('name the command that gives a new link to whoever holds one that no longer works', () => {
    for (const map of [ru, en])
      for (const key of ['problems.invitationNext', 'session.noTokenText'])
        expect(map.get(key)).toContain('tillwatch login-link')
  })

  it('have every plural form that the language asks for', () => {
    for (const [map, language] of [
      [ru, 'ru'],
      [en, 'en'],
    ] as const) {
      const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories
      const stems = new Set([...map.keys()].filter(key => PLURAL.test(key)).map(key => key.replace(PLURAL, '')))
      for (const stem of stems)
        for (const form of wanted) expect(map.has(`${stem}_${form}`), `${stem}_${form}`).toBe(true)
    }
  })

  it('fill in the same values in both languages', () => {
    for (const [key, text] of ru) {
      const other = en.get(key)
      if (other !== undefined) expect(placeholders(other), key).toEqual(placeholders(text))
    }
  })

  it('are never empty, and Russian ones are not left in English', () => {
    for (const [key, text] of [...ru, ...en]) expect(text.trim(), key).not.toBe('')
    const untranslated = [...ru].filter(([key, text]) => text === en.get(key) && /[a-z]{3}/i.test(text))
    // Products have one name.
    expect(untranslated.map(([key]) => key).filter(key => !key.startsWith('desks.kinds.'))).toEqual([])
  })
})
