import { expect, test } from 'vitest'
import { massTexts } from './mass-words.ts'

test.each([
  ['Передача в ОФД', 'OFD transfer', 'передача в ОФД', 'OFD transfer'],
  ['УТМ ЕГАИС', 'EGAIS UTM', 'УТМ ЕГАИС', 'EGAIS UTM'],
  ['Касса', 'Register', 'касса', 'register'],
])('a component keeps its abbreviations inside a sentence: %s', (ru, en, smallRu, smallEn) => {
  const key = { ru: 'клиент Пекарня', en: 'client Bakery' }
  const { title } = massTexts({
    ...{ key, component: { ru, en }, memberKind: 'register', affected: 5, live: 9, peak: 5 },
    sites: [{ name: 'Кафе', affected: 5 }],
  })
  expect(title).toEqual({
    ru: `Массовый инцидент, клиент Пекарня: ${smallRu}, 5 касс, 1 объект`,
    en: `Mass incident, client Bakery: ${smallEn}, 5 registers, 1 site`,
  })
})
