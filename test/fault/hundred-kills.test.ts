import { seededRandom } from '@tillwatch/shared/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDoomedCollector, type DoomedCollector } from './doomed-collector.ts'

/** A multiple of eight spreads them evenly; fewer are for a quick look. */
const KILLS = Number(process.env['TILLWATCH_FAULT_KILLS'] ?? 100)
/** Lives are lost side by side: two cores would idle while one collector waits for its disk. */
const WORLDS = 2
const ANSWERS_MAX = 3
const SEED = Number(process.env['TILLWATCH_FAULT_SEED'] ?? 20_261_123)

/** What waits for the desks while their collector dies again and again, one after another. */
const PHASES: readonly ((collector: DoomedCollector) => Promise<void>)[] = [
  collector => collector.openAll(),
  async collector => {
    await collector.actOnAll({ action: 'comment' }, 'text')
    await collector.actOnAll({ action: 'priority', priority: 1 }, 'reason')
  },
  collector => collector.actOnAll({ action: 'solve' }, 'text'),
  async collector => {
    await collector.actOnAll({ action: 'reopen' }, 'text')
    await collector.actOnAll({ action: 'comment' }, 'text')
  },
]

describe('R81: a ticket for each incident, whatever moment the collector dies at', () => {
  let collectors: readonly DoomedCollector[]
  beforeAll(async () => {
    collectors = await Promise.all(Array.from({ length: WORLDS }, () => createDoomedCollector()))
  }, 60_000)
  afterAll(async () => {
    for (const collector of collectors ?? []) await collector.end()
  })

  /** Ends so many lives, spread over all phases and desks; `desk kind` of each message that was under way. */
  async function endLives(collector: DoomedCollector, kills: number, seed: number): Promise<readonly string[]> {
    const random = seededRandom(seed)
    const met: string[] = []
    for (const [index, phase] of PHASES.entries()) {
      await collector.prepare(() => phase(collector))
      const enough = Math.round((kills * (index + 1)) / PHASES.length)
      while (met.length < enough) {
        const open = collector.desks.filter(desk => collector.waiting(desk) > 0)
        const desk = open[Math.floor(random() * open.length)]
        if (!desk) throw new Error(`phase ${index} has too little work for ${enough} kills`)
        const nth = 1 + Math.floor(random() * Math.min(ANSWERS_MAX, collector.waiting(desk)))
        const kinds = await collector.dieAfter(desk, nth)
        met.push(`${desk.name} ${kinds.join('+')}`)
      }
    }
    await collector.prepare(async () => {})
    return met
  }

  test('killed a hundred times between the answer of a desk and its own commit', async () => {
    const lives = collectors.map((collector, index) => endLives(collector, KILLS / WORLDS, SEED + index))
    const met = (await Promise.all(lives)).flat()
    expect(met).toHaveLength(KILLS)
    for (const collector of collectors) expectEverythingOnce(collector)
    // With fewer kills some kinds may be left out.
    const kinds = KILLS < 100 ? [] : ['open', 'attach', 'comment', 'priority', 'solve', 'reopen']
    for (const kind of kinds)
      expect(met.filter(each => each.endsWith(` ${kind}`)).length, `kills at ${kind}`).toBeGreaterThan(2)
  }, 1_200_000)
})

/** In every desk one ticket for each incident and none besides, in it every word and every file once. */
function expectEverythingOnce({ books, desks, said }: DoomedCollector): void {
  const ends = books.state(
    `SELECT desk, kind, state, last_error FROM deliveries WHERE state <> 'delivered' AND kind <> 'link'`,
  )
  expect(ends, 'all was delivered').toEqual([])
  const keys = books.state('SELECT desk_key FROM incidents').map(row => String(row['desk_key']))
  for (const { name, held } of desks) {
    const tickets = held()
    expect(tickets, `tickets in ${name}`).toHaveLength(keys.length)
    expect(new Set(tickets.map(ticket => ticket.key)), `tickets in ${name}`).toEqual(new Set(keys))
    for (const { key, texts, files } of tickets) {
      const told = said.get(key)?.map(words => texts.filter(text => text.includes(words)).length)
      expect(told, `how often each follow-up of ${key} is in ${name}`).toEqual(said.get(key)?.map(() => 1))
      expect(files.length, `files of ${key} in ${name}`).toBeGreaterThan(0)
      expect(new Set(files).size, `files of ${key} in ${name}, each once`).toBe(files.length)
    }
  }
}
