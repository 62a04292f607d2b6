import { seededRandom } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDeliveryWorld, type DeliveryWorld } from './delivery-world.ts'
import { type KindOfDesk, startEveryKind } from './desks/every-kind.ts'

const INCIDENTS = 1_000
const OLD = 40
const PER_SECOND = 2
const MINUTE_MS = 60_000
/** What a minute may hold besides the steady rate: the first calls after a rest. */
const BURST = 5

let others: readonly KindOfDesk[]
let desk: KindOfDesk
let world: DeliveryWorld
let late: string | null
let settled: number

beforeEach(async () => {
  const [redmine, ...rest] = await startEveryKind()
  if (!redmine) throw new Error('no desk')
  others = rest
  desk = redmine
  late = null
  settled = 0
  world = await createDeliveryWorld(desk, {
    settings: { rate_per_s: PER_SECOND },
    patienceMs: 150_000,
    settled: () => {
      settled++
      // In the middle of the storm something that stops a till.
      if (late === null || settled !== OLD + INCIDENTS / 2) return
      world.tell(late, 'open', 'late', 1)
    },
  })
})
afterEach(async () => {
  await world.stop()
  for (const each of [desk, ...others]) await each.imitation.stop()
})

/** Most events of any minute. */
function mostInAMinute(moments: readonly number[]): number {
  let first = 0
  let most = 0
  moments.forEach((at, index) => {
    while ((moments[first] ?? at) <= at - MINUTE_MS) first++
    most = Math.max(most, index - first + 1)
  })
  return most
}

describe('a thousand incidents at once', () => {
  it('the urgent are opened first, the desk is called no faster than it allows, and each has one ticket', async () => {
    const old = Array.from({ length: OLD }, (_, index) => `old-${index}`)
    for (const id of old) world.tell(id, 'open', id)
    await world.settled()
    const calls = desk.imitation.requests.length

    for (const id of old) world.tell(id, 'comment', `${id}-news`, 1)
    const random = seededRandom(20_261_123)
    const priorities = new Map<string, number>()
    for (let index = 0; index < INCIDENTS; index++) {
      const priority = (1 + Math.floor(random() * 4)) as 1 | 2 | 3 | 4
      priorities.set(`new-${index}`, priority)
      world.tell(`new-${index}`, 'open', `new-${index}`, priority)
      if (index % 10 === 0) world.tell(`new-${index}`, 'comment', `new-${index}-news`, priority)
    }
    late = 'late'
    await world.settled()

    expect(world.states().filter(state => !state.endsWith(' delivered'))).toEqual([])
    const idOfKey = new Map([...old, ...priorities.keys(), 'late'].map(id => [world.keyOf(id), id]))
    const made = desk.held().map(({ key }) => idOfKey.get(key) ?? key)
    expect(made).toHaveLength(OLD + INCIDENTS + 1)
    expect(new Set(made)).toEqual(new Set([...old, ...priorities.keys(), 'late']))
    for (const { key, texts } of desk.held())
      expect(texts.length, key).toBe(/^old|0$/.test(idOfKey.get(key) ?? '') ? 1 : 0)

    const storm = made.slice(OLD).filter(id => id !== 'late')
    const levels = storm.map(id => priorities.get(id) ?? 0)
    expect(levels).toEqual(levels.toSorted((one, two) => one - two))
    expect(Math.abs(made.indexOf('late') - OLD - INCIDENTS / 2), 'what came in the middle').toBeLessThan(2)
    const opening = desk.imitation.requests.slice(calls).map(request => request === 'POST /issues.json')
    const firstChange = desk.imitation.requests.findIndex(
      (request, index) => index >= calls && request.startsWith('PUT '),
    )
    expect(opening.lastIndexOf(true) + calls, 'every opening before any comment').toBeLessThan(firstChange)

    const moments = world.arrivals.slice(calls)
    expect(world.arrivals).toHaveLength(desk.imitation.requests.length)
    expect(mostInAMinute(moments)).toBeLessThanOrEqual(PER_SECOND * 60 + BURST)
    const seconds = ((moments.at(-1) ?? 0) - (moments[0] ?? 0)) / 1_000
    expect(moments.length / seconds, 'and not slower without a reason').toBeGreaterThan(PER_SECOND * 0.9)
    expect(world.together(), 'calls under way together').toBe(1)
  }, 180_000)
})
