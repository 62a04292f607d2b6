import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePack } from '../pack/compile.ts'
import { affectedRules } from './affected.ts'
import { backtestItem, type ItemBacktest } from './backtest.ts'
import type { PastEvent, PastItem } from './past.ts'
import { Tally } from './tally.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.parse('2026-11-02T09:00:00Z')

const PACK = `rules:
  - id: test.queue
    item: register
    class: ofd
    needs: [fiscal.ofd.unsent_documents]
    stale: skip
    clear_hold: 0s
    title: { ru: Очередь, en: Queue }
    expected: { ru: Пусто, en: Empty }
    component: { ru: ОФД, en: OFD }
    levels:
      minor: { set: fiscal.ofd.unsent_documents >= 10, hold: 5m }
      important: { set: fiscal.ofd.unsent_documents >= 100, hold: 5m }
  - id: test.paper
    item: register
    class: register_error
    needs: [fiscal.register.paper]
    title: { ru: Бумага, en: Paper }
    expected: { ru: Есть, en: Present }
    component: { ru: Касса, en: Register }
    levels: { minor: { set: fiscal.register.paper == 'absent' } }
`
function rulesOf(override = '') {
  const overrides = override ? [{ file: 'o.yaml', text: `overrides:\n  test.queue: ${override}\n` }] : []
  const compiled = compilePack([{ file: 'p.yaml', text: PACK }], overrides)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

const news = (minutes: number, value: number, receivedAfterMinutes = 0): PastEvent => ({
  at: START + minutes * MINUTE,
  receivedAt: START + (minutes + receivedAfterMinutes) * MINUTE,
  news: { fact: 'fiscal.ofd.unsent_documents', value, source: 'register' },
  isReading: receivedAfterMinutes === 0,
})
const reading = (minutes: number): PastEvent => ({ ...news(minutes, 0), news: null })

const item = (events: readonly PastEvent[], more: Partial<PastItem> = {}): PastItem => ({
  id: 'register:1',
  kind: 'register',
  site: null,
  spare: false,
  replacementUntil: null,
  collectorStarts: [START - HOUR],
  hasReadings: true,
  events,
  incidents: [],
  ...more,
})

function run(events: readonly PastEvent[], override: string, more: Partial<PastItem> = {}): ItemBacktest {
  const pair = affectedRules(rulesOf(), rulesOf(override), 'register')
  if (!pair) throw new Error('the sets do not differ')
  return backtestItem(item(events, more), pair, { from: START, to: START + 30 * 24 * HOUR })
}

const LOWER = '{ levels: { minor: { set: fiscal.ofd.unsent_documents >= 5 } } }'
const HIGHER = '{ levels: { minor: { set: fiscal.ofd.unsent_documents >= 50 } } }'

describe('a backtest (R44)', () => {
  it('tells which incidents changed rules would have opened, and when', () => {
    const { differences, before, after } = run([news(0, 1), news(60, 7), news(120, 1)], LOWER)
    expect({ before, after }).toEqual({ before: 0, after: 1 })
    expect(differences).toMatchObject([
      {
        kind: 'opened',
        before: null,
        after: {
          rule: 'test.queue',
          level: 'minor',
          priority: 4,
          openedAt: START + 65 * MINUTE,
          endedAt: START + 120 * MINUTE,
        },
      },
    ])
  })

  it('tells which they would have spared, and whether the incident really was', () => {
    const real = { number: 17, causeClass: 'ofd', openedAt: START + 66 * MINUTE, endedAt: null } as const
    const { differences, ...counts } = run([news(0, 1), news(60, 20), news(120, 1)], HIGHER, { incidents: [real] })
    expect(counts).toEqual({ before: 1, after: 0, real: 1, reproduced: 1 })
    expect(differences).toMatchObject([{ kind: 'spared', realNumber: 17, after: null }])
  })

  it('tells another level from another time', () => {
    const worse = '{ levels: { important: { set: fiscal.ofd.unsent_documents >= 20 } } }'
    const past = [news(0, 30), reading(30), news(60, 1)]
    expect(run(past, worse).differences).toMatchObject([
      { kind: 'changed', before: { level: 'minor', priority: 4 }, after: { level: 'important', priority: 3 } },
    ])
    expect(run(past, '{ levels: { minor: { hold: 20m } } }').differences).toMatchObject([
      { kind: 'moved', before: { openedAt: START + 5 * MINUTE }, after: { openedAt: START + 20 * MINUTE } },
    ])
  })

  it('takes history in the order in which it was received: what came late changes nothing newer', () => {
    expect(run([news(0, 1), news(10, 1), news(5, 7, 20)], LOWER).after).toBe(0)
  })

  it('joins a cause that returns within the reopening time to its incident', () => {
    const day = 24 * 60
    const past = [
      news(0, 7),
      news(10, 1),
      news(2 * day, 7),
      news(2 * day + 10, 1),
      news(9 * day, 7),
      news(9 * day + 10, 1),
    ]
    expect(run(past, LOWER).differences).toHaveLength(2)
  })

  it('does not judge what nobody read for hours, and judges again once it is read', () => {
    const LATER = '{ levels: { minor: { set: fiscal.ofd.unsent_documents >= 5, hold: 3h } } }'
    expect(run([news(0, 7), news(200, 1)], LATER).after).toBe(0)
    const read = Array.from({ length: 20 }, (_, index) => reading(index * 10))
    expect(run([news(0, 7), ...read, news(200, 1)], LATER).after).toBe(1)
  })

  it('counts what opened within the span; what was there before is no news', () => {
    const pair = affectedRules(rulesOf(), rulesOf(LOWER), 'register')
    if (!pair) throw new Error('the sets do not differ')
    const past = item([news(0, 7), news(600, 1)])
    const span = { from: START + HOUR, to: START + 24 * HOUR }
    expect(backtestItem(past, pair, span)).toMatchObject({ differences: [], after: 0 })
  })

  it('looks at the causes that differ alone, and at nothing when the rules say the same', () => {
    const pair = affectedRules(rulesOf(), rulesOf(LOWER), 'register')
    expect(pair?.after.rules.map(({ id }) => id)).toEqual(['test.queue'])
    expect(affectedRules(rulesOf(), rulesOf('{ clear_hold: 0s }'), 'register')).toBeNull()
    expect(affectedRules(rulesOf(), rulesOf(LOWER), 'pc')).toBeNull()
  })

  it('finds no difference between equal rules, whatever happened', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 200 })), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(steps, past => {
        let minutes = 0
        const events = past.map(([gap, value]) => {
          minutes += gap
          return news(minutes, value)
        })
        const rules = rulesOf(LOWER)
        const result = backtestItem(
          item(events),
          { before: rules, after: rules },
          { from: START, to: START + 90 * 24 * HOUR },
        )
        expect(result.differences).toEqual([])
        expect(result.before).toBe(result.after)
      }),
      { numRuns: 50 },
    )
  })

  it('sums up by week and by rule, and counts what it does not list', () => {
    const tally = new Tally()
    tally.add(run([news(0, 7), news(60, 1)], LOWER))
    tally.add(run([news(0, 20), news(60, 1)], HIGHER))
    const week = 7 * 24 * 60
    const later = run([news(week, 7), news(week + 60, 1)], LOWER)
    for (let index = 0; index < 500; index++) tally.add(later)
    const { total, weeks, rules, items, notListed, differences } = tally.result
    expect(items).toBe(502)
    expect(total).toEqual({ opened: 501, spared: 1, changed: 0, moved: 0 })
    expect(weeks).toEqual([
      { week: '2026-11-02', opened: 1, spared: 1, changed: 0, moved: 0 },
      { week: '2026-11-09', opened: 500, spared: 0, changed: 0, moved: 0 },
    ])
    expect(rules).toEqual([{ rule: 'test.queue', opened: 501, spared: 1, changed: 0, moved: 0 }])
    expect([differences.length, notListed]).toEqual([500, 2])
  })
})
