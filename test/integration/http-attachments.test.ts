import { createAttachmentStore } from '@tillwatch/collector/evidence/attachment-store'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld } from './http-world.ts'

const CHART = Buffer.from([0x89, 0x50, 0x4e, 0x47])
const LOG = Buffer.from('12:00 журнал\n')

let world: HttpWorld
let support: Browser
let incidentId: string

beforeAll(async () => {
  world = await createHttpWorld({ registers: 5 })
  support = await world.signIn('boris', 'support')
  const database = openDatabase(world.databasePath)
  const row = database.prepare(`SELECT id FROM incidents WHERE tenant_id = 'main' LIMIT 1`).get()
  incidentId = String(row?.['id'])
  const store = createAttachmentStore(database)
  const incident = { tenantId: 'main', id: incidentId }
  const file = { language: 'ru' } as const
  store.keep(incident, 'chart', [{ ...file, name: 'c.png', type: 'image/png', bytes: CHART }], world.clock.now())
  store.keep(incident, 'log', [{ ...file, name: 'l.txt', type: 'text/plain', bytes: LOG }], world.clock.now())
  database.close()
})
afterAll(() => world.stop())

const path = (name = '') => `/api/incidents/${incidentId}/attachments${name}`

describe('R29, R32: files of an incident', () => {
  it('are listed and downloaded as they were made', async () => {
    const at = new Date(world.clock.now()).toISOString()
    expect((await support.get(path())).json()).toEqual([
      { name: 'c.png', sort: 'chart', language: 'ru', size: CHART.length, at },
      { name: 'l.txt', sort: 'log', language: 'ru', size: LOG.length, at },
    ])
    const chart = await support.get(path('/c.png'))
    expect([chart.headers['content-type'], chart.headers['content-disposition'], chart.rawPayload]).toEqual([
      'image/png',
      'attachment; filename="c.png"',
      CHART,
    ])
    const log = await support.get(path('/l.txt'))
    expect([log.headers['content-type'], log.rawPayload]).toEqual(['text/plain; charset=utf-8', LOG])
  })

  it('of another tenant are as if they did not exist, nor are they for those who only look', async () => {
    const stranger = await world.signIn('eve', 'support', 'other')
    for (const name of ['', '/c.png', '/l.txt']) {
      expect((await stranger.get(path(name))).statusCode, name).toBe(404)
    }
    const viewer = await world.signIn('vera', 'viewer')
    expect([(await viewer.get(path())).statusCode, (await viewer.get(path('/l.txt'))).statusCode]).toEqual([403, 403])
  })

  it('that are not there are named as such', async () => {
    const answer = await support.get(path('/none.png'))
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'attachment.unknown'])
    expect((await support.get('/api/incidents/nobody/attachments')).statusCode).toBe(404)
  })
})
