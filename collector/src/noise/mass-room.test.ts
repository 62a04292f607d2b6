import { incidentAction } from '@tillwatch/shared/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BROKEN_DRIVE, HEALTHY, HOUR, MINUTE, NoiseFleet, QUEUE } from './testing/noise-fleet.ts'

let fleet: NoiseFleet
beforeEach(() => {
  fleet = new NoiseFleet()
})
afterEach(() => fleet.close())

const TILLS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

/** Tills at two sites of a tenant, each with one healthy register of one OFD. */
async function openShops(tills: readonly string[], tenant = 'main'): Promise<void> {
  for (const site of ['1', '2']) {
    const id = `${tenant}${site}`
    fleet.database
      .prepare('INSERT INTO clients (id, tenant_id, code, name) VALUES (?, ?, ?, ?)')
      .run(id, tenant, id, id)
    fleet.site(id, { tenant, client: id })
  }
  for (const [index, till] of tills.entries()) {
    fleet.till(till, { site: `${tenant}${(index % 2) + 1}`, tenant })
    await fleet.say(till, HEALTHY, { tenant })
  }
}
const everyone = async (tills: readonly string[], facts: typeof HEALTHY, tenant = 'main') => {
  for (const till of tills) await fleet.say(till, facts, { tenant })
}
interface Row {
  id: string
  number: number
  item_id: string
  status: string
  parent_id: string | null
  untold: string | null
  priority: number
  title_ru: string
  explanation_json: string
}
const all = (tenant = 'main') => fleet.rows<Row>('SELECT * FROM incidents WHERE tenant_id = ? ORDER BY number', tenant)
const parent = (tenant = 'main') => all(tenant).find(row => row.item_id.startsWith('mass:'))
const children = (tenant = 'main') => all(tenant).filter(row => !row.item_id.startsWith('mass:'))
const ticketsOf = (id: string) =>
  fleet.rows<{ kind: string }>('SELECT kind FROM deliveries WHERE incident_id = ? ORDER BY id', id).map(row => row.kind)

describe('mass incidents', () => {
  it('R83, R86: one parent is opened, tickets that exist become its children, new ones are stopped', async () => {
    await openShops(TILLS)
    await everyone(TILLS.slice(0, 5), QUEUE)
    await fleet.pass(MINUTE)
    const mass = parent()
    expect(mass).toMatchObject({ status: 'open', priority: 2 })
    expect(mass?.title_ru).toContain('Массовый инцидент, ОФД Платформа (7704358518)')
    expect(mass?.explanation_json).toContain('Объект main1: 3')
    expect(children().map(row => [row.parent_id, row.untold])).toEqual(Array(5).fill([mass?.id, null]))
    expect(ticketsOf(children()[0]?.id ?? '')).toEqual(['open', 'comment'])

    await everyone(TILLS.slice(5), QUEUE)
    await fleet.pass(MINUTE)
    expect(children()).toHaveLength(8)
    expect(
      children()
        .slice(5)
        .map(row => [row.parent_id, row.untold]),
    ).toEqual(Array(3).fill([mass?.id, 'mass']))
    expect(
      children()
        .slice(5)
        .flatMap(row => ticketsOf(row.id)),
    ).toEqual([])
    expect(parent()?.title_ru).toContain('8 касс, 2 объекта')
    expect(all().filter(row => row.item_id.startsWith('mass:'))).toHaveLength(1)
  })

  it('18.38, 17.17: an outage of one site is laid to the site', async () => {
    await openShops([])
    for (const till of TILLS) {
      fleet.till(till, { site: till < 'g' ? 'main1' : 'main2' })
      await fleet.say(till, HEALTHY)
    }
    await everyone(TILLS.slice(0, 6), QUEUE)
    await fleet.pass(MINUTE)
    expect(parent()?.title_ru).toContain('объект Объект main1')
  })

  it('domain 8, 18.42: solved after an hour below a fifth of the peak; what still fails is let go with a ticket of its own, and the parent closes', async () => {
    await openShops(TILLS)
    await everyone(TILLS.slice(0, 5), QUEUE)
    await fleet.pass(MINUTE)
    await everyone(TILLS.slice(5), QUEUE)
    await fleet.pass(MINUTE)
    await everyone(TILLS.slice(0, 7), HEALTHY)
    await fleet.pass(32 * MINUTE)
    fleet.restart()
    expect(children().filter(row => row.status === 'solved')).toHaveLength(7)
    expect(parent()?.status).toBe('open')
    await fleet.pass(65 * MINUTE)
    const last = children().at(-1)
    expect(last).toMatchObject({ status: 'open', parent_id: null, untold: null })
    expect(ticketsOf(last?.id ?? '')).toContain('open')
    expect(
      children()
        .slice(5, 7)
        .flatMap(row => ticketsOf(row.id)),
    ).toEqual([])
    const steps = fleet.rows<{ kind: string }>('SELECT kind FROM timeline WHERE incident_id = ?', parent()?.id ?? '')
    expect(steps.map(row => row.kind).slice(-2)).toEqual(['solved', 'closed'])
    expect(ticketsOf(parent()?.id ?? '').filter(kind => kind !== 'comment')).toEqual(['open', 'solve'])
    await fleet.pass(2 * HOUR)
    expect(all().filter(row => row.item_id.startsWith('mass:'))).toHaveLength(1)
  })

  it('an outage that returns within the reopen window reopens its parent', async () => {
    await openShops(TILLS)
    await everyone(TILLS, QUEUE)
    await fleet.pass(MINUTE)
    await everyone(TILLS, HEALTHY)
    await fleet.pass(3 * HOUR)
    expect(parent()?.status).toBe('closed')
    await everyone(TILLS, { ...QUEUE, 'fiscal.ofd.first_unsent_at': '2026-11-21T20:00:00' })
    await fleet.pass(10 * MINUTE)
    expect(all().filter(row => row.item_id.startsWith('mass:'))).toHaveLength(1)
    expect(parent()?.status).toBe('open')
    expect(
      children()
        .filter(row => row.status === 'open')
        .map(row => row.parent_id),
    ).toEqual(Array(8).fill(parent()?.id))
  })

  it('a person who solves the parent solves no child, and the machine reopens it while they fail', async () => {
    await openShops(TILLS)
    await everyone(TILLS, QUEUE)
    await fleet.pass(MINUTE)
    await fleet.part.incidents.act(
      'main',
      parent()?.id ?? '',
      incidentAction.parse({ action: 'solve', text: 'готово' }),
      { name: 'Анна', side: 'support' },
      fleet.now,
    )
    await fleet.pass(HOUR)
    expect(parent()?.status).toBe('solved')
    expect(children().every(row => row.status === 'open')).toBe(true)
    await fleet.pass(90 * MINUTE)
    expect(parent()?.status).not.toBe('solved')
  })

  it('domain 5: takes the priority of the worst child, and it rises while it lives', async () => {
    await openShops(TILLS)
    await everyone(TILLS, QUEUE)
    await fleet.pass(MINUTE)
    expect(parent()?.priority).toBe(2)
    await fleet.say('a', {
      ...QUEUE,
      'fiscal.register.inn': '7700000001',
      'fiscal.ofd.first_unsent_at': '2026-10-20T11:00:00',
    })
    await fleet.pass(10 * MINUTE)
    expect(children()[0]?.priority).toBe(1)
    expect(parent()?.priority).toBe(1)
  })

  it('18.39: a wave of drives that end is planning, not an outage', async () => {
    await openShops(TILLS)
    for (const [index, till] of TILLS.entries()) {
      await fleet.say(till, {
        ...HEALTHY,
        'fiscal.fn.serial': `996044030011220${index}`,
        'fiscal.fn.valid_until': '2026-12-01',
      })
    }
    await fleet.pass(MINUTE)
    expect(parent()).toBeUndefined()
    expect(children()).toHaveLength(8)
  })

  it('18.40: each tenant has a parent of its own, joined by the outage alone, and nobody sees a foreign till', async () => {
    await openShops(TILLS)
    const foreign = TILLS.map(till => `x${till}`)
    await openShops(foreign, 'other')
    await everyone(TILLS, QUEUE)
    await everyone(foreign, QUEUE, 'other')
    await fleet.pass(MINUTE)
    expect(parent()).toBeDefined()
    expect(parent('other')?.explanation_json).not.toContain('main')
    expect(children('other').every(row => row.parent_id === parent('other')?.id)).toBe(true)
    const outages = fleet.rows<{ outage_id: string }>('SELECT DISTINCT outage_id FROM mass_incidents')
    expect(outages).toHaveLength(1)
  })

  it('18.38: a contract may say that two are enough; the group counts only what was heard in the day before', async () => {
    fleet.close()
    fleet = new NoiseFleet({ noise: { massMembersOf: { main1: 2 } } })
    await openShops(TILLS)
    await everyone(['a', 'c'], BROKEN_DRIVE)
    await fleet.pass(10 * MINUTE)
    expect(parent()?.title_ru).toContain('объект Объект main1')
    expect(fleet.rows('SELECT live, affected FROM mass_incidents')).toEqual([{ live: 4, affected: 2 }])
  })

  it('a child says nothing of its own to desks while its parent speaks', async () => {
    await openShops(TILLS)
    await everyone(TILLS, QUEUE)
    await fleet.pass(MINUTE)
    const before = ticketsOf(children()[0]?.id ?? '')
    await fleet.say('a', { ...QUEUE, 'fiscal.ofd.first_unsent_at': '2026-11-15T11:00:00' })
    await fleet.pass(2 * HOUR)
    expect(ticketsOf(children()[0]?.id ?? '')).toEqual(before)
  })

  it('18.42: what desks never heard of is told once nobody speaks for it, even when its own readings are good', async () => {
    await openShops(TILLS)
    await everyone(TILLS.slice(0, 5), QUEUE)
    await fleet.pass(MINUTE)
    await fleet.say('f', QUEUE)
    const untold = children().at(-1)
    expect(untold?.untold).toBe('mass')
    await fleet.part.incidents.act(
      'main',
      untold?.id ?? '',
      incidentAction.parse({ action: 'pin', reason: 'проверим на месте' }),
      { name: 'Анна', side: 'support' },
      fleet.now,
    )
    await everyone(TILLS, HEALTHY)
    await fleet.pass(3 * HOUR)
    expect(parent()?.status).toBe('solved')
    fleet.database.exec(`UPDATE incidents SET status = 'closed', closed_at = solved_at WHERE item_id LIKE 'mass:%'`)
    await fleet.pass(10 * MINUTE)
    expect(children().at(-1)).toMatchObject({ status: 'open', parent_id: null, untold: null })
    expect(ticketsOf(untold?.id ?? '')).toContain('open')
  })

  it('18.39: a lost link right after the collector is back makes no outage, yet desks hear of it when nobody speaks for it any more', async () => {
    await openShops(['a', 'b'])
    await fleet.say('b', QUEUE)
    const lost = { 'fiscal.register.link': 'silent' }
    await fleet.say('a', lost)
    await fleet.pass(40 * MINUTE)
    await fleet.say('a', HEALTHY)
    await fleet.pass(11 * MINUTE)
    const link = children().find(row => row.item_id === 'register:main:a-com1')
    expect(link?.status).toBe('solved')
    // As a mass incident leaves it that was over before desks were told.
    fleet.database
      .prepare(`UPDATE incidents SET untold = 'mass', parent_id = ? WHERE id = ?`)
      .run(children()[0]?.id ?? null, link?.id ?? null)
    fleet.database.prepare('INSERT INTO collector_runs (started_at, alive_at) VALUES (?, ?)').run(fleet.now, fleet.now)
    await fleet.say('a', lost)
    await fleet.pass(40 * MINUTE)
    expect(fleet.rows('SELECT detached FROM mass_onsets WHERE incident_id = ?', link?.id ?? '')).toEqual([
      { detached: 1 },
    ])
    expect(children().find(row => row.id === link?.id)).toMatchObject({ untold: null, parent_id: null })
    expect(ticketsOf(link?.id ?? '').filter(kind => kind === 'open')).toHaveLength(2)
  })
})
