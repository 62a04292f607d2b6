import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BROKEN_DRIVE, HEALTHY, MINUTE, NoiseFleet } from './testing/noise-fleet.ts'

let fleet: NoiseFleet
beforeEach(() => {
  fleet = new NoiseFleet()
})
afterEach(() => fleet.close())

const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `t${String(index).padStart(2, '0')}`)

/** Faults that share nothing: each register has a client, a site, an OFD and a firmware of its own. */
async function brokenTills(count: number): Promise<string[]> {
  const tills = names(count)
  fleet.database.exec('BEGIN')
  for (const till of tills) {
    fleet.database
      .prepare(`INSERT INTO clients (id, tenant_id, code, name) VALUES (?, 'main', ?, ?)`)
      .run(till, till, till)
    fleet.site(till, { client: till })
    fleet.till(till, { site: till })
  }
  fleet.database.exec('COMMIT')
  await fleet.sayAll(tills.map(till => fleet.message(till, aloneWith(till, HEALTHY))))
  const broken = { ...HEALTHY, 'fiscal.fn.flags': ['setup_needed'] }
  await fleet.sayAll(tills.map(till => fleet.message(till, aloneWith(till, broken))))
  await fleet.pass(6 * MINUTE)
  return tills
}
const aloneWith = (till: string, facts: typeof HEALTHY) => ({
  ...facts,
  'fiscal.register.ofd_inn': `ofd-${till}`,
  'fiscal.register.firmware': till,
})
const tickets = (): number => fleet.told().filter(kind => kind === 'open').length
const opened = (): number => fleet.rows('SELECT 1 FROM incidents').length

describe('flood limiter', () => {
  it('domain 8, 18.35: beyond twenty tickets in ten minutes incidents go on opening and their tickets wait', async () => {
    await brokenTills(24)
    expect(opened()).toBe(24)
    expect(tickets()).toBe(20)
    expect(fleet.rows(`SELECT 1 FROM sla_clocks`)).toHaveLength(24)
  })

  it('sends one digest of what waits', async () => {
    await brokenTills(24)
    await fleet.pass(2 * MINUTE)
    const digests = fleet.rows<{ subject: string; body: string }>(
      `SELECT subject, body FROM notices WHERE key LIKE 'flood.%' AND role = 'duty'`,
    )
    expect(digests).toHaveLength(1)
    expect(digests[0]?.subject).toContain('4')
    expect(digests[0]?.body).toContain('Объект t23')
  })

  it('18.35: afterwards each that is left gets a ticket of its own, and what cleared meanwhile gets none; also after a restart', async () => {
    const tills = await brokenTills(45)
    const last = tills.at(-1) ?? ''
    await fleet.say(last, aloneWith(last, HEALTHY))
    fleet.restart()
    await fleet.pass(60 * MINUTE)
    expect(tickets()).toBe(44)
    expect(fleet.rows('SELECT 1 FROM flood_held')).toEqual([])
    expect(fleet.rows('SELECT 1 FROM incidents WHERE untold IS NOT NULL AND status = ?', 'open')).toEqual([])
  })

  it('lets no more than twenty out in any ten minutes', async () => {
    await brokenTills(45)
    await fleet.pass(60 * MINUTE)
    expect(tickets()).toBe(45)
    const times = fleet
      .rows<{ created_at: number }>(`SELECT created_at FROM deliveries WHERE kind = 'open' ORDER BY created_at`)
      .map(row => row.created_at)
    for (const time of times) {
      expect(times.filter(other => other > time - 10 * MINUTE && other <= time).length).toBeLessThanOrEqual(20)
    }
  })

  it('18.35: priority 1 is never held, and what becomes it is told at once', async () => {
    const tills = await brokenTills(24)
    const held = tills.at(-1) ?? ''
    const before = tickets()
    await fleet.say(held, aloneWith(held, BROKEN_DRIVE))
    await fleet.pass(6 * MINUTE)
    expect(tickets()).toBe(before + 1)
  })

  it('counts tenants apart', async () => {
    await brokenTills(24)
    fleet.site('foreign', { tenant: 'other' })
    fleet.till('x', { site: 'foreign', tenant: 'other' })
    await fleet.say('x', HEALTHY, { tenant: 'other' })
    const before = tickets()
    await fleet.say('x', { ...HEALTHY, 'fiscal.fn.flags': ['setup_needed'] }, { tenant: 'other' })
    await fleet.pass(5 * MINUTE)
    expect(tickets()).toBe(before + 1)
    expect(await fleet.part.noise.counts()).toMatchObject({ totals: { flood_held: 4 }, heldNow: 4 })
  })
})
