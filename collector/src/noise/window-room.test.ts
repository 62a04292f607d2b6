import { type MaintenanceDraft, maintenanceDraft } from '@tillwatch/shared/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BROKEN_DRIVE, HEALTHY, HOUR, MINUTE, NoiseFleet, QUEUE } from './testing/noise-fleet.ts'

let fleet: NoiseFleet
beforeEach(async () => {
  fleet = new NoiseFleet()
  fleet.site('s')
  fleet.till('a')
  await fleet.say('a', HEALTHY)
})
afterEach(() => fleet.close())

const iso = (at: number): string => new Date(at).toISOString()
const draft = (more: Record<string, unknown> = {}): MaintenanceDraft =>
  maintenanceDraft.parse({
    ...{
      scope: { kind: 'site', id: 's' },
      startsAt: iso(fleet.now),
      endsAt: iso(fleet.now + 2 * HOUR),
      reason: 'Обновление',
    },
    ...more,
  })
const open = (more: Record<string, unknown> = {}, tenant = 'main') =>
  fleet.part.maintenance.open(tenant, draft(more), 'Анна', fleet.now)
const trail = (): string[] =>
  fleet.rows<{ text_ru: string }>('SELECT text_ru FROM timeline ORDER BY id').map(row => row.text_ru)

describe('maintenance windows', () => {
  it('17.18: a fault that begins inside and still holds is raised at the end; its hold does not start anew', async () => {
    await open()
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(HOUR)
    expect(fleet.incidents()).toEqual([])
    // In the time of the site, with its name.
    expect(fleet.withheld('a')[0]).toMatch(/обслуживание до \d\d\.\d\d\.2026 \d\d:\d\d \(Europe\/Moscow\)/)
    fleet.restart()
    await fleet.pass(HOUR)
    expect(fleet.incidents()).toEqual(['fn_state open'])
    expect(fleet.told()).toEqual(['open'])
  })

  it('what cleared inside leaves no trace', async () => {
    await open()
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(HOUR)
    await fleet.say('a', HEALTHY)
    await fleet.pass(3 * HOUR)
    expect(fleet.incidents()).toEqual([])
  })

  it('17.18: what reads good when it ends opens nothing, even while the hold of its clearing runs', async () => {
    await open()
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(2 * HOUR - 2 * MINUTE)
    await fleet.say('a', HEALTHY)
    await fleet.pass(HOUR)
    expect(fleet.incidents()).toEqual([])
    expect(fleet.told()).toEqual([])
  })

  it('17.18: what reads good when it ends reopens nothing either, and what turns bad again does so at once', async () => {
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(10 * MINUTE)
    await fleet.say('a', HEALTHY)
    await fleet.pass(20 * MINUTE)
    expect(fleet.incidents()).toEqual(['fn_state solved'])
    await open()
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(2 * HOUR - 2 * MINUTE)
    await fleet.say('a', HEALTHY)
    await fleet.pass(5 * MINUTE)
    expect(fleet.incidents()).toEqual(['fn_state solved'])
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(MINUTE)
    expect(fleet.incidents()).toEqual(['fn_state open'])
  })

  it('17.18: an incident that was open before goes on, says that it is in maintenance, and is silent about what was known', async () => {
    await fleet.say('a', QUEUE)
    expect(fleet.told()).toEqual(['open'])
    await open()
    await fleet.pass(MINUTE)
    expect(trail().at(-1)).toMatch(/Идёт обслуживание до \d\d\.\d\d\.2026 \d\d:\d\d \(Europe\/Moscow\)/)
    await fleet.pass(3 * HOUR)
    expect(trail().some(text => text.includes('Обслуживание закончено'))).toBe(true)
    expect(fleet.incidents()).toEqual(['ofd open'])
    expect(fleet.told()).toEqual(['open'])
  })

  it('news that came inside is told once afterwards, with the priority that desks did not hear', async () => {
    await fleet.say('a', QUEUE)
    await open({ endsAt: iso(fleet.now + 30 * HOUR) })
    await fleet.say('a', { ...QUEUE, 'fiscal.ofd.first_unsent_at': '2026-11-10T08:00:00' })
    await fleet.pass(2 * HOUR)
    const [inside] = fleet.rows<{ priority: number; priority_told: number }>(
      'SELECT priority, priority_told FROM incidents',
    )
    expect(inside?.priority).toBe(2)
    expect(inside?.priority_told).not.toBe(2)
    expect(fleet.told('ofd')).toEqual(['open'])
    await fleet.pass(28 * HOUR + 10 * MINUTE)
    expect(fleet.told('ofd')).toEqual(['open', 'priority', 'comment'])
    expect(fleet.rows(`SELECT priority_told AS told FROM incidents WHERE cause_class = 'ofd'`)).toEqual([{ told: 2 }])
  })

  it('an early end raises at once what is still bad', async () => {
    const id = await open()
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(30 * MINUTE)
    await fleet.part.maintenance.end('main', id, 'Борис', fleet.now)
    await fleet.pass(0)
    expect(fleet.incidents()).toEqual(['fn_state open'])
    expect(fleet.rows('SELECT ended_by FROM maintenance_windows')).toEqual([{ ended_by: 'Борис' }])
  })

  it('for one check leaves every other alone', async () => {
    await open({ check: 'ofd' })
    await fleet.say('a', { ...QUEUE, 'fiscal.fn.flags': ['critical_error'] })
    await fleet.pass(10 * MINUTE)
    expect(fleet.incidents()).toEqual(['fn_state open'])
  })

  it('recurs every week in the zone of each site', async () => {
    fleet.site('far', { zone: 'Asia/Novosibirsk' })
    fleet.till('b', { site: 'far' })
    await fleet.say('b', HEALTHY)
    // 23 November 2026 is a Monday; noon in Moscow is four in the afternoon in Novosibirsk.
    await open({ scope: { kind: 'tenant' }, endsAt: null, weekly: { days: [1], from: '12:00', to: '13:00' } })
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.say('b', BROKEN_DRIVE)
    await fleet.pass(10 * MINUTE)
    expect(fleet.rows('SELECT agent_id FROM incidents')).toEqual([{ agent_id: 'b' }])
    await fleet.pass(HOUR)
    expect(fleet.incidents()).toHaveLength(2)
  })

  it('the mark of a drive replacement opens a window for its register, agreed with the client, and ends it', async () => {
    const item = 'register:main:a-com1'
    await fleet.part.incidents.markReplacement('main', item, fleet.now + 2 * HOUR, 'Мастер', fleet.now)
    expect(fleet.rows('SELECT scope_id, agreed, source FROM maintenance_windows')).toEqual([
      { scope_id: item, agreed: 1, source: 'replacement' },
    ])
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(HOUR)
    expect(fleet.incidents()).toEqual([])
    await fleet.part.incidents.markReplacement('main', item, null, 'Мастер', fleet.now)
    await fleet.pass(MINUTE)
    expect(fleet.incidents()).toEqual(['fn_state open'])
  })

  it('tenants are sealed: a window of one neither covers nor shows another, and nobody ends a foreign one', async () => {
    await open({ scope: { kind: 'tenant' } }, 'other')
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(10 * MINUTE)
    expect(fleet.incidents()).toEqual(['fn_state open'])
    await expect(open({}, 'other')).rejects.toMatchObject({ code: 'maintenance.unknown_scope' })
    await expect(fleet.part.maintenance.end('main', '1', 'Анна', fleet.now)).rejects.toMatchObject({
      code: 'maintenance.unknown',
    })
  })

  it('says what is wrong with a window', async () => {
    await expect(open({ scope: { kind: 'site', id: 'nowhere' } })).rejects.toMatchObject({
      code: 'maintenance.unknown_scope',
    })
    const past = { startsAt: iso(fleet.now - 2 * HOUR), endsAt: iso(fleet.now - HOUR) }
    await expect(open(past)).rejects.toMatchObject({ code: 'maintenance.past' })
    expect(() => draft({ endsAt: null })).toThrow('needs an end')
  })
})
