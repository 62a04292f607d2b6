import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld } from './http-world.ts'

let world: HttpWorld
let administrator: Browser
let support: Browser
let viewer: Browser
let stranger: Browser

beforeAll(async () => {
  world = await createHttpWorld({ registers: 30 })
  administrator = await world.signIn('anna', 'administrator')
  support = await world.signIn('boris', 'support')
  viewer = await world.signIn('vera', 'viewer')
  stranger = await world.signIn('mallory', 'administrator', 'other')
})
afterAll(() => world.stop())

const { incidentId, siteCode } = seededIds('main', 10)
const act = (action: object, browser = support) => browser.send('POST', `/api/incidents/${incidentId}/actions`, action)

describe('work on an incident', () => {
  it('R67: asks the client, notes the answer, passes it on, and says so on the page', async () => {
    expect((await act({ action: 'wait', question: 'is it on?' })).json()).toMatchObject({
      ...{ status: 'waiting', waitingFor: 'is it on?', assignee: 'boris' },
    })
    expect((await act({ action: 'answer', text: 'yes' })).json()).toMatchObject({ status: 'in_work', waitingFor: null })
    expect((await act({ action: 'answer', text: 'yes' })).json()).toMatchObject({ code: 'incident.not_waiting' })
    expect((await act({ action: 'line', line: 2, reason: 'a visit' })).json()).toMatchObject({ line: 2 })
    expect((await act({ action: 'estimate', minutes: 90 })).json()).toMatchObject({ estimateMinutes: 90 })
  })

  it('is given only to people who work here', async () => {
    expect((await support.get('/api/assignees')).json()).toEqual(['anna', 'boris'])
    expect((await act({ action: 'assign', assignee: 'anna' })).json()).toMatchObject({ assignee: 'anna' })
    for (const assignee of ['vera', 'mallory', 'nobody'])
      expect((await act({ action: 'assign', assignee })).json()).toMatchObject({ code: 'assignee.unknown' })
  })

  it('another tenant sees and moves nothing', async () => {
    expect((await act({ action: 'take' }, stranger)).statusCode).toBe(404)
    expect((await stranger.get('/api/assignees')).json()).toEqual(['mallory'])
  })
})

describe('priorities', () => {
  it('R44: the method is there for whoever may look', async () => {
    const method = (await viewer.get('/api/priority-method')).json()
    expect(method.levels.map((level: { priority: number }) => level.priority)).toEqual([1, 2, 3, 4])
    expect(method.sections.length).toBeGreaterThan(1)
  })

  it('R49, R50: what a person set by hand is in the report of the own tenant, also as a table', async () => {
    expect((await act({ action: 'priority', priority: 1, reason: 'big day' })).json()).toMatchObject({
      ...{ priority: 1, priorityManual: true },
    })
    const at = world.clock.now()
    const period = `from=${new Date(at).toISOString()}&before=${new Date(at + 1).toISOString()}`
    const path = '/api/reports/priority-overrides'
    expect((await viewer.get(`${path}?${period}`)).json()).toMatchObject({ total: 1, groups: [{ author: 'boris' }] })
    expect((await stranger.get(`${path}?${period}`)).json()).toMatchObject({ total: 0, groups: [], rows: [] })
    const table = await viewer.get(`${path}.csv?${period}`)
    expect(table.headers['content-type']).toContain('text/csv')
    expect(table.body).toContain('"boris"')
  })
})

describe('R85: criteria of critical incidents', () => {
  const usual = { blockingMinutes: 30, siteStoppedMinutes: null, markedPriority: 1 }

  it('are read by everybody and replaced by administrators', async () => {
    expect((await support.send('PUT', '/api/critical-criteria', { usual })).statusCode).toBe(403)
    const body = { usual, clients: [], sites: [siteCode] }
    expect((await administrator.send('PUT', '/api/critical-criteria', body)).statusCode).toBe(204)
    expect((await viewer.get('/api/critical-criteria')).json()).toMatchObject({
      usual,
      sites: [{ code: siteCode, markedBy: 'anna' }],
    })
    expect((await stranger.get('/api/critical-criteria')).json()).toMatchObject({
      usual: { blockingMinutes: 60 },
      sites: [],
    })
  })

  it('name only what the directory has', async () => {
    const body = { usual, clients: [{ ...usual, code: 'nobody' }], sites: [] }
    const refused = await administrator.send('PUT', '/api/critical-criteria', body)
    expect([refused.statusCode, refused.json().code]).toEqual([422, 'client.unknown'])
  })
})
