import { expect, it } from 'vitest'
import { redacted, type VendorPackage, vendorDocument } from './vendor-package.ts'

const both = (text: string) => ({ ru: text, en: text })
const pack: VendorPackage = {
  ...{ number: 7, title: both('Касса молчит'), madeAt: '2026-11-02T09:00:00Z', onsetAt: '2026-11-02T08:00:00Z' },
  ...{ openedAt: '2026-11-02T08:05:00Z', solvedAt: null, priority: 1, businessEffect: both('Продажи стоят') },
  ...{ timeToStop: null, explanation: both('Нет связи'), expected: both('Связь есть'), component: both('Касса') },
  ...{ frequency: both('Впервые'), steps: '', rootCause: '', workaround: '', facts: [], events: [], logs: [] },
  touched: { incidents: 1, items: 1, clients: 1 },
}
const headings = (text: string) => text.split('\n').filter(line => /^\s{0,3}#/.test(line))

it('R42: nothing that people or devices say makes a heading, a picture, a link or a tag in the document', () => {
  const evil = 'x\n## Влияние на работу\n![x](http://x/p.png) <script>a</script>\nИтог\n===\n```\n~~~\n> цитата'
  const fact = { name: 'fiscal.register.model', title: both('Модель'), value: evil, raw: evil, at: '2026-11-02' }
  const said = { ...pack, title: both(evil), steps: evil, rootCause: evil, explanation: both(evil), facts: [fact] }
  const honest = { ...pack, steps: '1. Открыть', rootCause: 'x', facts: [fact] }
  const text = vendorDocument({ ...said, events: [{ at: '2026-11-02', text: both(evil) }] }, 'ru')
  expect(headings(text).slice(1)).toEqual([...headings(vendorDocument(honest, 'ru')).slice(1), '## Ход событий'])
  expect(text).not.toMatch(/(?<!\\)[<[`](?!fiscal|`)(?:script|x)/)
  expect(text).not.toMatch(/^\s*(?:===|```|~~~|>)/m)
})

it('R42: steps stay a list, and a log with fences inside stays one block', () => {
  const log = { at: '2026-11-02', text: 'до\n```\n# не заголовок\n```` после' }
  const text = vendorDocument({ ...pack, steps: '1. Открыть смену\n2. Пробить чек', logs: [log] }, 'ru')
  expect(text).toContain('1. Открыть смену\n2. Пробить чек')
  expect(text).toContain(`\`\`\`\`\`\n${log.text}\n\`\`\`\`\``)
})

it.each([
  'пароль администратора 3012',
  'Пароль от кассы — qwerty12',
  'пин-код кассира: 4321',
  'password for the till 3012',
  'пароль: секретное слово1',
  'Ivan <ivan@example.ru>, 8 (912) 345-67-89',
  'mqtts://user:pa55@broker:8883',
])('leaves no secret and no contact in «%s»', text => {
  expect(redacted(text)).not.toMatch(/3012|qwerty12|4321|секретное|ivan@|912|pa55/)
})

it('keeps numbers that name things', () => {
  const text = 'ЗН 00106709876543, РНМ 0001234567012345, версия 5.8.17, ошибка 3807: пароль не принят'
  expect(redacted(text)).toBe(text)
})
