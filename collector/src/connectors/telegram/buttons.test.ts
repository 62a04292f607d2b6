import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asking, keyboardOf, pressOf } from './buttons.ts'
import type { Card } from './mapping.ts'
import { updatesOf } from './update.ts'
import { WORDS } from './words.ts'

const cards = fc.record<Card>({
  heading: fc.constantFrom('open', 'solved', 'closed', 'reopened'),
  level: fc.constantFrom(1, 2, 3, 4),
  title: fc.string(),
  body: fc.string(),
  status: fc.constantFrom('', 'open', 'in_work', 'waiting', 'solved', 'closed'),
  assignee: fc.constantFrom('', 'Диспетчер'),
  link: fc.constant(''),
  edition: fc.integer({ min: 1, max: 999_999_999 }),
})
const LINK = 'https://tillwatch.test/incidents/1'

describe('buttons', () => {
  it('whatever a card shows, its buttons are understood when they come back, and fit into 64 bytes', () => {
    fc.assert(
      fc.property(cards, card => {
        const keyboard = keyboardOf(card, 'ru', true, LINK)
        const asked = { verb: 'solve' as const, taking: 'mine' as const, edition: card.edition }
        const rows = [...(keyboard?.inline_keyboard ?? []), ...asking(asked, keyboard ?? NONE, 'ru').inline_keyboard]
        for (const { callback_data: data } of rows.flat()) {
          if (data === undefined) continue
          expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64)
          expect(pressOf(data)?.edition).toBe(card.edition)
        }
      }),
    )
  })

  it('nobody acts on a card of no incident, on a closed one, or where nobody is listed', () => {
    fc.assert(
      fc.property(cards, fc.boolean(), (card, mayAct) => {
        const rows = keyboardOf(card, 'en', mayAct, LINK)?.inline_keyboard.flat() ?? []
        const isDead = card.status === '' || card.status === 'closed' || !mayAct
        expect(rows.some(({ callback_data: data }) => data !== undefined)).toBe(!isDead)
        expect(rows.at(-1)).toEqual({ text: WORDS.en.portal, url: LINK })
      }),
    )
  })

  it('a change of mind brings back what was there, with the way into the portal', () => {
    const card: Card = {
      ...{ heading: 'open', level: 1, title: '', body: '', status: 'in_work', assignee: 'X', link: LINK, edition: 7 },
    }
    const before = keyboardOf(card, 'ru', true, LINK) ?? NONE
    const pressed = (keyboard: typeof before, words: string) =>
      pressOf(keyboard.inline_keyboard.flat().find(({ text }) => text === words)?.callback_data ?? '')
    const solve = pressed(before, 'Решено')
    if (!solve) throw new Error('no button')
    const question = asking(solve, before, 'ru')
    const back = pressed(question, 'Ещё нет')
    if (!back) throw new Error('no button')
    expect(asking(back, question, 'ru')).toEqual(before)
  })
})

describe('what Telegram tells', () => {
  it('of anything at all, nothing fails, and numbered things are gone past', () => {
    fc.assert(
      fc.property(fc.array(fc.anything()), fc.integer({ min: 0, max: 1e9 }), (things, number) => {
        const list = updatesOf([...things, { update_id: number, callback_query: { id: 'x', data: 7 } }])
        expect(list?.lastId).toBeGreaterThanOrEqual(number)
      }),
    )
    expect(updatesOf({ update_id: 1 })).toBeNull()
  })
})

it('a stranger’s answer fits into the 200 characters that Telegram shows', () => {
  for (const { stranger, unknownCard, refused, statuses, confirm, taken } of Object.values(WORDS)) {
    const texts = [stranger(9_999_999_999, 'd'.repeat(32)), unknownCard, confirm, taken('N'.repeat(64))]
    for (const text of [...texts, ...Object.values(statuses).map(refused)]) expect(text.length).toBeLessThanOrEqual(200)
  }
})

const NONE = { inline_keyboard: [] }
