import { type Connector, rejected } from '@tillwatch/collector/connectors/connector'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createDeliveryWorld, type DeliveryWorld, type WorldOptions } from './delivery-world.ts'
import { type KindOfDesk, startEveryKind } from './desks/every-kind.ts'

const KINDS = ['redmine', 'mantis', 'okdesk', 'creatio', 'itilium'] as const

let desks: readonly KindOfDesk[]
let desk: KindOfDesk
let worlds: DeliveryWorld[]

beforeAll(async () => {
  desks = await startEveryKind()
})
afterAll(async () => {
  for (const each of desks) await each.imitation.stop()
})
afterEach(async () => {
  for (const world of worlds) await world.stop()
  desk.imitation.faults = []
})

let marks = 0

/** A collector with an empty data folder at the same desk. */
async function collector(options: WorldOptions = {}): Promise<DeliveryWorld> {
  const world = await createDeliveryWorld(desk, options)
  worlds.push(world)
  return world
}

/** An incident that an earlier collector opened and solved. */
async function earlier(name: string): Promise<string> {
  worlds = []
  desk = desks.find(each => each.name === name) ?? never()
  const id = `${name}-revival-${process.pid}-${++marks}`
  const world = await collector()
  world.tell(id, 'open', 'first life')
  world.tell(id, 'solve', 'over')
  await world.settled()
  expect(world.states(id)).toEqual(['open delivered', 'solve delivered'])
  return id
}
const never = (): never => {
  throw new Error('no such desk')
}
const ticketsOf = (world: DeliveryWorld, id: string) => desk.held().filter(({ key }) => key === world.keyOf(id))
const ticketIds = (world: DeliveryWorld) =>
  world.database
    .prepare('SELECT external_id AS id FROM tickets')
    .all()
    .map(row => String(row['id']))

/** The connector, and a look at which tickets of a key are open. */
function seen() {
  let connector: Connector | null = null
  const through = (given: Connector): Connector => {
    connector = given
    return given
  }
  const look = async (key: string) => {
    const found = await connector?.find?.(key, new AbortController().signal)
    if (found?.kind !== 'delivered') throw new Error(found?.message)
    return found.value.filter(({ open }) => open).map(({ id }) => id)
  }
  return { through, look }
}

describe.each(KINDS)('R81: a collector that lost its data meets the finished ticket of its incident: %s', kind => {
  it('the ticket opens again and says what happened; no second one is made', async () => {
    const id = await earlier(kind)
    const { through, look } = seen()
    const world = await collector({ through })
    world.tell(id, 'open', 'second life')
    await world.settled()
    expect(world.states(id)).toEqual(['open delivered'])
    const [ticket, ...others] = ticketsOf(world, id)
    expect(others).toEqual([])
    expect(ticket?.texts.filter(text => text.includes('second life'))).toHaveLength(1)
    expect(await look(world.keyOf(id))).toEqual(ticketIds(world))
  })

  it('a desk that does not let it open again gets a new one, also when the answer to that is lost', async () => {
    const id = await earlier(kind)
    const { through, look } = seen()
    const world = await collector({
      through: connector => ({
        ...through(connector),
        setStatus: async () => rejected('change_refused', 'closed for good'),
      }),
    })
    desk.imitation.faults = [{ on: 'create', how: 'cut_before' }]
    world.tell(id, 'open', 'second life')
    await world.settled()
    expect([world.states(id), ticketsOf(world, id).length]).toEqual([['open delivered'], 2])
    expect(await look(world.keyOf(id))).toEqual(ticketIds(world))
  })

  it('the answer to the opening again is lost: it is open all the same, and said once', async () => {
    const id = await earlier(kind)
    const { through, look } = seen()
    const world = await collector({ through })
    desk.imitation.faults = [{ on: 'change', how: 'cut_before' }]
    world.tell(id, 'open', 'second life')
    await world.settled()
    const said = ticketsOf(world, id).flatMap(({ texts }) => texts.filter(text => text.includes('second life')))
    expect([desk.imitation.faults, said.length]).toEqual([[], 1])
    expect(await look(world.keyOf(id))).toEqual(ticketIds(world))
  })

  it('an opening that may have arrived takes the finished ticket as it is: a person finished it', async () => {
    const id = await earlier(kind)
    const { through, look } = seen()
    const world = await collector({ through })
    world.database.exec(`INSERT INTO desk_states (desk, paused, changed_at) VALUES ('${desk.name}', 1, 0)`)
    world.tell(id, 'open', 'second life')
    world.database.exec(`UPDATE deliveries SET state = 'unknown'; UPDATE desk_states SET paused = 0`)
    world.runner.wake()
    await world.settled()
    expect([world.states(id), ticketsOf(world, id).length]).toEqual([['open delivered'], 1])
    expect(await look(world.keyOf(id))).toEqual([])
  })
})
