import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld } from './http-world.ts'

let world: HttpWorld
let viewer: Browser
let support: Browser
let stranger: Browser

beforeAll(async () => {
  world = await createHttpWorld({ registers: 30 })
  support = await world.signIn('boris', 'support')
  viewer = await world.signIn('vera', 'viewer')
  stranger = await world.signIn('mallory', 'administrator', 'other')
})
afterAll(() => world.stop())

const { agentId, itemId, siteCode, incidentId } = seededIds('main', 0)
const iso = (inMs: number): string => new Date(world.clock.now() + inMs).toISOString()
const draft = (more: object = {}) => ({
  ...{ scope: { kind: 'site', id: siteCode }, startsAt: iso(0), endsAt: iso(3_600_000), reason: 'Обновление кассы' },
  ...more,
})

describe('maintenance windows', () => {
  it('are opened by support, seen by everybody of the tenant on list and till, and ended', async () => {
    expect((await viewer.send('POST', '/api/maintenance', draft())).statusCode).toBe(403)
    const opened = await support.send('POST', '/api/maintenance', draft({ agreed: true }))
    expect(opened.json()).toMatchObject({
      scope: { kind: 'site', name: 'Точка 0' },
      ...{ state: 'on', until: iso(3_600_000), author: 'boris', agreed: true, source: 'person' },
    })
    const { id } = opened.json()
    expect((await viewer.get('/api/maintenance')).json()).toMatchObject([{ id }])
    expect((await viewer.get(`/api/terminals/${agentId}/maintenance`)).json()).toMatchObject([{ id }])
    const elsewhere = seededIds('main', 29).agentId
    expect((await viewer.get(`/api/terminals/${elsewhere}/maintenance`)).json()).toEqual([])

    expect((await support.send('POST', `/api/maintenance/${id}/end`, {})).statusCode).toBe(204)
    expect((await viewer.get('/api/maintenance')).json()).toEqual([])
    expect((await viewer.get('/api/maintenance?all=true')).json()).toMatchObject([
      { id, state: 'over', endedBy: 'boris' },
    ])
  })

  it('of every week tell when they begin next', async () => {
    const weekly = { days: [1, 2, 3, 4, 5, 6, 7], from: '02:00', to: '03:00' }
    const answer = await support.send(
      'POST',
      '/api/maintenance',
      draft({ scope: { kind: 'item', id: itemId }, endsAt: null, weekly, check: 'ofd' }),
    )
    const window = answer.json()
    expect(window).toMatchObject({ endsAt: null, weekly, check: 'ofd' })
    // The times of the window are Moscow's, three hours ahead.
    expect(window.until).toMatch(/T(23:00|00:00):00.000Z$/)
    await support.send('POST', `/api/maintenance/${window.id}/end`, {})
  })

  it('that make no sense are refused with what to do', async () => {
    const refused = async (body: object) => (await support.send('POST', '/api/maintenance', body)).statusCode
    expect(await refused(draft({ endsAt: null }))).toBe(400)
    expect(await refused(draft({ startsAt: iso(-7_200_000), endsAt: iso(-3_600_000) }))).toBe(422)
    expect(await refused(draft({ scope: { kind: 'site', id: 'nowhere' } }))).toBe(422)
    expect(await refused(draft({ weekly: { days: [9], from: '02:00', to: '03:00' } }))).toBe(400)
  })

  it('of another tenant do not exist', async () => {
    const { id } = (await support.send('POST', '/api/maintenance', draft())).json()
    expect((await stranger.get('/api/maintenance?all=true')).json()).toEqual([])
    expect((await stranger.get(`/api/terminals/${agentId}/maintenance`)).json()).toEqual([])
    expect((await stranger.send('POST', `/api/maintenance/${id}/end`, {})).statusCode).toBe(404)
    const foreign = draft({ scope: { kind: 'item', id: itemId } })
    expect((await stranger.send('POST', '/api/maintenance', foreign)).statusCode).toBe(422)
  })
})

describe('mass incidents', () => {
  it('show what they hold together, to their own tenant alone', async () => {
    const database = openDatabase(world.databasePath)
    const child = seededIds('main', 10).incidentId
    database.prepare('UPDATE incidents SET parent_id = ? WHERE id = ?').run(incidentId, child)
    database
      .prepare(
        `INSERT INTO mass_incidents (incident_id, tenant_id, cause_class, key_kind, key_value, member_kind, outage_id, live, affected, peak, next_at)
         VALUES (?, 'main', 'ofd', 'ofd', '7704358518', 'register', 'o', 40, 9, 12, 1), (?, 'other', 'ofd', 'ofd', '7704358518', 'register', 'o', 4, 3, 3, 1)`,
      )
      .run(incidentId, seededIds('other', 0).incidentId)
    database.close()
    const view = (await viewer.get(`/api/incidents/${incidentId}/mass`)).json()
    expect(view).toMatchObject({
      ...{ affected: 9, peak: 12, live: 40, wider: true, childrenTotal: 1 },
      key: { words: { ru: 'ОФД 7704358518', en: 'OFD 7704358518' } },
      children: [{ id: child }],
    })
    expect((await stranger.get(`/api/incidents/${incidentId}/mass`)).statusCode).toBe(404)
    expect((await viewer.get(`/api/incidents/${child}/mass`)).json()).toMatchObject({ code: 'incident.not_mass' })
  })
})
