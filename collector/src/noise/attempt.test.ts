import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HEALTHY, HOUR, MINUTE, NoiseFleet, QUEUE } from './testing/noise-fleet.ts'

let fleet: NoiseFleet
beforeEach(async () => {
  fleet = new NoiseFleet()
  fleet.site('s')
  for (const till of ['a', 'b']) {
    fleet.till(till)
    await fleet.say(till, HEALTHY)
  }
})
afterEach(() => fleet.close())

const tick = () => fleet.part.evaluator.tick(fleet.now, 1_000)

describe('what fails in noise control', () => {
  it('one window that cannot be read holds up no other, and is tried again later', async () => {
    const open = (scopeId: string, weekly: string | null) =>
      fleet.database
        .prepare(
          `INSERT INTO maintenance_windows (tenant_id, scope, scope_id, starts_at, ends_at, weekly_json, reason, author, agreed, source, created_at)
           VALUES ('main', 'item', ?, 0, ?, ?, 'r', 'a', 0, 'person', 0) RETURNING id`,
        )
        .get(scopeId, fleet.now + HOUR, weekly)?.['id']
    for (const [index, id] of [open('nobody', '{'), open('register:main:a-com1', null)].entries()) {
      fleet.database
        .prepare(
          `INSERT INTO maintenance_turns (window_id, timezone, tenant_id, is_on, next_at) VALUES (?, 'Europe/Moscow', 'main', 0, ?)`,
        )
        .run(id ?? null, fleet.now - 2 + index)
    }
    const outcome = await tick()
    expect(outcome.failures).toHaveLength(1)
    expect(fleet.rows('SELECT is_on FROM maintenance_turns ORDER BY window_id')).toEqual([{ is_on: 0 }, { is_on: 1 }])
    expect(outcome.nextDueAt).toBeGreaterThan(fleet.now)
  })

  it('18.35: a ticket that cannot be told keeps no other one waiting', async () => {
    for (const till of ['a', 'b']) await fleet.say(till, QUEUE)
    fleet.database.exec(`
      UPDATE incidents SET untold = 'flood';
      INSERT INTO flood_held (incident_id, tenant_id, held_at, release_at) SELECT id, 'main', number, 0 FROM incidents;
      UPDATE incidents SET conditions_json = '{' WHERE number = 1;
      DELETE FROM mass_looks`)
    const outcome = await tick()
    expect(outcome.failures).toHaveLength(1)
    expect(fleet.rows('SELECT number FROM incidents WHERE untold IS NOT NULL')).toEqual([{ number: 1 }])
    expect(fleet.rows('SELECT release_at FROM flood_held')).toEqual([{ release_at: fleet.now + 5 * MINUTE }])
  })

  it('a room that fails as a whole is left alone for some minutes and does not spin', async () => {
    await fleet.say('a', QUEUE)
    fleet.database.exec(`
      INSERT INTO flood_held (incident_id, tenant_id, held_at, release_at) SELECT id, 'main', 0, 9000000000000000 FROM incidents;
      INSERT INTO flood_digests (tenant_id, since, due_at) VALUES ('main', 0, 0);
      ALTER TABLE notices RENAME TO elsewhere`)
    const outcome = await tick()
    expect(outcome.failures).toHaveLength(1)
    expect(outcome.nextDueAt).toBeGreaterThan(fleet.now)
    expect((await tick()).failures).toEqual([])
    fleet.database.exec('ALTER TABLE elsewhere RENAME TO notices')
    fleet.now += 6 * MINUTE
    expect((await tick()).failures).toEqual([])
    expect(fleet.rows('SELECT tenant_id FROM flood_digests')).toEqual([])
  })
})
