import { expect, it } from 'vitest'
import { compilePack } from './pack/compile.ts'
import { differencesInWords } from './rule-changes.ts'

const PACK = `rules:
  - id: test.queue
    item: register
    class: ofd
    needs: [fiscal.ofd.unsent_documents]
    measures: { value: { of: fiscal.ofd.unsent_documents, unit: count, label: { ru: чеков, en: receipts } } }
    title: { ru: Очередь, en: Queue }
    expected: { ru: Пусто, en: Empty }
    component: { ru: ОФД, en: OFD }
    levels: { minor: { set: value > 10, hold: 5m } }
`
const rulesOf = (pack: string, override = '') => {
  const overrides = override ? [{ file: 'o', text: `overrides:\n  test.queue: ${override}\n` }] : []
  const compiled = compilePack([{ file: 'p', text: pack }], overrides)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

it('says in words what a file changes: conditions, holds, rules that are new (R49)', () => {
  const before = rulesOf(PACK)
  expect(differencesInWords(before, before)).toEqual([])
  const after = rulesOf(PACK, '{ clear_hold: 0s, levels: { minor: { set: value > 20, hold: 10m } } }')
  expect(differencesInWords(before, after).map(({ what, before: a, after: b }) => [what.ru, a?.ru, b?.ru])).toEqual([
    ['незначительный: условие', 'чеков > 10', 'чеков > 20'],
    ['незначительный: выдержка', '5 минут', '10 минут'],
    ['выдержка снятия', '30 минут', 'сразу'],
  ])
  const more = rulesOf(`${PACK}${PACK.slice(PACK.indexOf('  - id')).replace('test.queue', 'test.more')}`)
  expect(differencesInWords(before, more)).toMatchObject([{ rule: 'test.more', before: null, after: { en: 'OFD' } }])
})
