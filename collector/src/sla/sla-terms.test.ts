import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ReadTables } from '../reads/read-tables.ts'
import { readIncidentSla } from '../reads/sla-read.ts'
import { queriesOf } from '../store/sqlite/queries.ts'
import { shippedSlaTexts } from './sla-files.ts'
import { ClockedTill, HOUR, MINUTE, NOW, STOPPED } from './testing/clocked-till.ts'

// Hours of a service minute by minute: work for a slow machine.
vi.setConfig({ testTimeout: 30_000 })

let till: ClockedTill
beforeEach(() => {
  till = new ClockedTill()
})
afterEach(() => till.close())

describe('what is kept', () => {
  it('lists sort by the nearest deadline; the policy is pinned at registration', async () => {
    const at = await till.stop()
    const [row] = till.rows(`SELECT * FROM sla_clocks`)
    expect(row).toMatchObject({
      ...{ policy_id: 'outsourcing-24x7', rank: 'default', zone: 'Europe/Moscow', class_a: 0 },
      ...{
        deadline_at: at + 3 * HOUR,
        urgent_at: at + 2.8 * HOUR,
        reaction_met: null,
        solution_met: null,
        problem: null,
      },
    })
    await till.act({ action: 'take' }, at + MINUTE)
    expect(till.rows('SELECT deadline_at, reaction_met FROM sla_clocks')).toEqual([
      { deadline_at: at + 4 * HOUR, reaction_met: 1 },
    ])
  })

  it('a contract decides the policy and its service the times (R62, R63, R75)', async () => {
    till.database.exec(`INSERT INTO contracts (id, tenant_id, number, client_id, policy, services_json, from_date, until_date)
      VALUES ('k', 'main', '17', 'c', 'business-hours', '[{"name":"Касса не работает","reaction":"30m","solution":"2h","responsible":"Анна","causes":["fn_state"]}]', '2026-01-01', '2026-12-31')`)
    const at = await till.stop()
    expect(till.rows('SELECT policy_id, rank, contract, deadline_at FROM sla_clocks')).toEqual([
      { policy_id: 'business-hours', rank: 'contract', contract: '17', deadline_at: at + 30 * MINUTE },
    ])
  })

  it('a kind changed by hand has its times from the registration on, there and back (domain 18.51)', async () => {
    const at = await till.stop()
    const deadlines = () => till.rows('SELECT deadline_at, solution_met FROM sla_clocks')
    const classify = (kind: 'incident' | 'service_request', when: number) =>
      till.act({ action: 'classify', kind, type: 'failure', category: 'register' }, when)
    await till.act({ action: 'take' }, at + MINUTE)
    // Six hours for four: broken, and its marks were called.
    await till.pass(at + MINUTE, at + 6 * HOUR, STOPPED)
    expect(deadlines()).toEqual([{ deadline_at: at + 4 * HOUR, solution_met: 0 }])
    await classify('service_request', at + 6 * HOUR)
    expect(deadlines()).toEqual([{ deadline_at: at + 14 * 24 * HOUR, solution_met: null }])
    await till.pass(at + 6 * HOUR, at + 6 * HOUR + MINUTE, STOPPED)
    expect(till.rows(`SELECT text_ru FROM timeline WHERE text_ru LIKE '%пересчёту%'`).length).toBeGreaterThan(0)
    await classify('incident', at + 7 * HOUR)
    expect(deadlines()).toEqual([{ deadline_at: at + 4 * HOUR, solution_met: 0 }])
  })

  it('a place that the directory learns of late is taken with its terms, never over one that is named (domain 18.9, 18.34)', async () => {
    till.database.exec(`UPDATE agents SET site_id = NULL;
      INSERT INTO contracts (id, tenant_id, number, client_id, policy, services_json) VALUES ('k', 'main', '17', 'c', 'business-hours', '[]')`)
    till.respond('owner', 'client_contact', { client: 'c' })
    const at = await till.stop()
    const terms = () => till.rows('SELECT policy_id, rank, contract, zone, deadline_at FROM sla_clocks')
    const place = () => till.rows('SELECT client_id, site_id FROM incidents')
    expect(place()).toEqual([{ client_id: null, site_id: null }])
    expect(terms()).toMatchObject([{ policy_id: 'outsourcing-24x7', rank: 'default' }])
    till.database.exec(
      `INSERT INTO terminals (id, tenant_id, site_id, code, name, agent_id) VALUES ('t', 'main', 's', 'K1', 'Касса 1', 'a1')`,
    )
    await till.part.evaluator.tick(at + 2 * MINUTE, 1000)
    expect(place()).toEqual([{ client_id: 'c', site_id: 's' }])
    expect(terms()).toEqual([
      { policy_id: 'business-hours', rank: 'contract', contract: '17', zone: 'Europe/Moscow', deadline_at: at + HOUR },
    ])
    const notes = till.rows(`SELECT text_ru FROM timeline WHERE kind = 'note'`).map(row => String(row['text_ru']))
    expect(
      notes.filter(text => text.startsWith('В справочнике появилось место: На Мира, клиент Пекарня')),
    ).toHaveLength(1)
    expect(till.rows(`SELECT count(*) AS n FROM notices WHERE role = 'client_contact'`)).toEqual([{ n: 1 }])
    expect(till.rows('SELECT gaps_json FROM incidents')[0]?.['gaps_json']).not.toContain('клиент')
    // A till that is carried to another outlet of the client leaves the incident where it was.
    till.database.exec(`INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone) VALUES ('s2', 'main', 'c', 's2', 'Вторая', '', 'Europe/Moscow');
      UPDATE terminals SET site_id = 's2'`)
    await till.say(STOPPED, at + 4 * MINUTE)
    expect(till.rows('SELECT site_id FROM agents')).toEqual([{ site_id: 's2' }])
    expect(place()).toEqual([{ client_id: 'c', site_id: 's' }])
  })

  it('an edited calendar recomputes what is unsolved, and nothing about what is over (domain 18.6)', async () => {
    const hours = (text: string) => ({
      calendars: [
        ...shippedSlaTexts().calendars,
        {
          file: 'own.yaml',
          text: `calendars:\n  - { id: business-hours, title: { ru: Свои, en: Own }, hours: ${text}, zone: Europe/Moscow }\n`,
        },
      ],
      policies: shippedSlaTexts().policies,
    })
    till.database.exec(`INSERT INTO contracts (id, tenant_id, number, client_id, policy, services_json)
      VALUES ('k', 'main', '17', 'c', 'business-hours', '[]')`)
    const at = await till.stop()
    const id = String(till.rows('SELECT id FROM incidents')[0]?.['id'])
    const used = async (now: number) => {
      const sla = await readIncidentSla(queriesOf<ReadTables>(till.database), 'main', id, now)
      return [sla?.solution.usedMs, sla?.met]
    }
    await till.act({ action: 'take' }, at + MINUTE)
    // Nobody works any more from one o'clock on, an hour after noon.
    await till.part.sla.load(hours('Mo-Fr 09:00-13:00'), at + MINUTE)
    await till.act({ action: 'solve', text: '' }, at + 3 * HOUR)
    const before = await used(at + 3 * HOUR)
    expect(before).toEqual([NOW + HOUR - at, true])
    await till.part.sla.load(hours('Mo-Fr 09:00-18:00'), at + 4 * HOUR)
    expect(await used(at + 4 * HOUR)).toEqual(before)
    await till.act({ action: 'close', text: '' }, at + 5 * HOUR)
    expect(await used(at + 80 * HOUR)).toEqual(before)
    expect(till.rows('SELECT solution_met FROM sla_clocks')).toEqual([{ solution_met: 1 }])
    // Open again, it counts as everything that is unsolved does.
    await till.act({ action: 'reopen', text: '' }, at + 5 * HOUR)
    expect((await used(at + 5 * HOUR))[0]).toBe(3 * HOUR)
  })

  it('clocks that cannot be read hold up no others and say so', async () => {
    await till.stop()
    till.database.exec(`UPDATE sla_clocks SET log_json = '{', next_due_at = 1`)
    const outcome = await till.part.evaluator.tick(NOW + 11 * MINUTE, 1000)
    expect(outcome.failures).toEqual([])
    expect(String(till.rows('SELECT problem FROM sla_clocks')[0]?.['problem'])).toContain('JSON')
  })
})
