import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { INBOUND_BURST_MAX, INBOUND_OPEN_MAX } from '@tillwatch/shared'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld } from './http-world.ts'

let world: HttpWorld
let administrator: Browser
let support: Browser
let monitor: string
let tickets: string

const tokenOf = async (name: string, scope: string): Promise<string> =>
  (await administrator.send('POST', '/api/tokens', { name, scope })).json().secret

beforeAll(async () => {
  world = await createHttpWorld({ registers: 20, limits: { bodyBytes: 4096, inboundPerMinute: 200 } })
  administrator = await world.signIn('anna', 'administrator')
  support = await world.signIn('boris', 'support')
  monitor = await tokenOf('Zabbix', 'monitor')
  tickets = await tokenOf('Почта', 'tickets')
})
afterAll(() => world.stop())

const post = async (url: string, body: unknown, secret?: string, headers: Record<string, string> = {}) => {
  await world.clock.advance(1_000)
  return world.inject({
    method: 'POST',
    url,
    headers: { ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }), ...headers },
    payload: body as object,
  })
}
const ALERTS = '/api/inbound/alerts'
const alert = (more: object = {}) => ({ id: 'ev-1', status: 'firing', title: 'Printer is hot', ...more })
const TICKETS = '/api/inbound/tickets'
const ticket = (more: object = {}) => ({ id: 'mail-1', channel: 'email', title: 'Касса молчит', ...more })

describe('R99: other monitoring systems speak over HTTP', () => {
  it('a fault opens an incident, its end solves it', async () => {
    const opened = (await post(ALERTS, alert(), monitor)).json()
    expect(opened).toMatchObject({ outcome: 'opened', placed: false })
    const view = (await administrator.get(`/api/incidents/${opened.incidentId}`)).json()
    expect(view).toMatchObject({ number: opened.number, source: 'monitor', status: 'open' })
    expect((await post(ALERTS, alert({ status: 'resolved' }), monitor)).json().outcome).toBe('solved')
  })

  it('takes the webhook of Alertmanager as it comes, labels naming the place', async () => {
    const labels = { alertname: 'RegisterHot', severity: 'warning', terminal: 'nowhere', tillwatch_class: 'link' }
    const body = {
      version: '4',
      groupKey: '{}:{}',
      status: 'firing',
      receiver: 'tillwatch',
      alerts: [
        {
          status: 'firing',
          labels,
          annotations: { summary: 'It is hot' },
          startsAt: '2026-01-01T00:00:00.000Z',
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: 'http://prometheus.example/graph',
          fingerprint: 'c2e6f5b1a0d94c7e',
        },
      ],
    }
    const [answer] = (await post(`${ALERTS}/alertmanager`, body, monitor)).json()
    expect(answer).toMatchObject({ outcome: 'opened', placed: false })
    const view = (await administrator.get(`/api/incidents/${answer.incidentId}`)).json()
    expect(view).toMatchObject({ title: { ru: 'It is hot' }, priority: 3, causeClass: 'link' })
  })

  it('labels of any name and value at all are taken', async () => {
    const severities = ['constructor', '__proto__', 'toString']
    const alerts = severities.map(severity => ({
      status: 'firing',
      labels: { alertname: 'Nasty', severity, constructor: 'x' },
      startsAt: '2026-01-01T00:00:00.000Z',
      fingerprint: severity,
    }))
    const answer = await post(`${ALERTS}/alertmanager`, { alerts }, monitor)
    expect([answer.statusCode, answer.json().length]).toEqual([200, 3])
  })

  it('one alert that is refused does not cost the others of its body', async () => {
    const busy = await tokenOf('busy', 'monitor')
    const one = { status: 'firing', startsAt: '2026-01-01T00:00:00.000Z' }
    await post(ALERTS, alert({ id: 'ends' }), busy)
    const database = openDatabase(world.databasePath)
    const more =
      database.prepare(`INSERT INTO inbound_records (tenant_id, source_id, external_id, incident_id, joined, lasts, said_at, received_at)
      SELECT tenant_id, source_id, ?, incident_id, 0, 1, 0, 0 FROM inbound_records WHERE external_id = 'ends'`)
    for (let index = 1; index < INBOUND_OPEN_MAX; index++) more.run(`more-${index}`)
    database.close()
    const alerts = [
      { ...one, fingerprint: 'no-room' },
      { ...one, status: 'resolved', fingerprint: 'ends' },
    ]
    const answer = await post(`${ALERTS}/alertmanager`, { alerts }, busy)
    expect([answer.statusCode, answer.json().code]).toEqual([429, 'inbound.too_many_open'])
    const again = (await post(ALERTS, alert({ id: 'ends', status: 'resolved' }), busy)).json()
    expect(again.outcome).toBe('repeated')
  })

  it('takes an event of Zabbix; the recovery ends the problem that it names', async () => {
    const problem = { clock: 1_600_000_000, value: 1, eventid: 42, name: 'No power', severity: 5, tags: [] }
    const opened = (await post(`${ALERTS}/zabbix`, problem, monitor)).json()
    expect(opened.outcome).toBe('opened')
    const recovery = { clock: 1_600_000_060, value: 0, eventid: 43, p_eventid: 42 }
    expect((await post(`${ALERTS}/zabbix`, recovery, monitor)).json()).toEqual({
      ...opened,
      outcome: 'solved',
      placed: true,
    })
  })
})

describe('R161–R163: people’s requests from other channels', () => {
  it('a mail robot registers one; the page tells who asked', async () => {
    const author = { name: 'Мария', contact: '+7 000 000-00-00' }
    const { incidentId } = (await post(TICKETS, ticket({ author }), tickets)).json()
    expect((await support.get(`/api/incidents/${incidentId}/links`)).json()).toEqual({ links: [], author })
    expect((await support.get(`/api/incidents/${incidentId}`)).json()).toMatchObject({ source: 'email' })
  })

  it('support registers a call in the portal; a double click is one ticket', async () => {
    const call = { id: 'click-1', channel: 'phone', title: 'Не печатает' }
    const first = (await support.send('POST', '/api/tickets', call)).json()
    const second = (await support.send('POST', '/api/tickets', call)).json()
    expect([first.outcome, second.outcome, second.number]).toEqual(['opened', 'repeated', first.number])
  })
})

describe('attacks', () => {
  it('a wrong token, none, another scheme, a revoked one and a session are all nobody', async () => {
    const revoked = await tokenOf('gone', 'monitor')
    const { id } = (await administrator.get('/api/tokens')).json().find((row: { name: string }) => row.name === 'gone')
    expect((await administrator.send('DELETE', `/api/tokens/${id}`)).statusCode).toBe(204)
    const answers = await Promise.all([
      post(ALERTS, alert(), 'A'.repeat(43)),
      post(ALERTS, alert()),
      post(ALERTS, alert(), undefined, { authorization: `Basic ${monitor}` }),
      post(ALERTS, alert(), revoked),
      post(ALERTS, alert(), undefined, { cookie: administrator.cookie, origin: 'http://127.0.0.1:8080' }),
    ])
    expect(answers.map(answer => answer.statusCode)).toEqual([401, 401, 401, 401, 401])
    expect(new Set(answers.map(answer => answer.json().message)).size).toBe(1)
  })

  it('least privilege: a token does what it was made for and nothing else', async () => {
    expect((await post(TICKETS, ticket(), monitor)).statusCode).toBe(403)
    expect((await post(ALERTS, alert(), tickets)).statusCode).toBe(403)
    const bearer = { authorization: `Bearer ${monitor}` }
    for (const url of ['/api/incidents', '/api/fleet', '/api/tokens', '/metrics?x']) {
      const answer = await world.inject({ method: 'GET', url, headers: bearer, remoteAddress: '10.0.0.9' })
      expect([401, 403], url).toContain(answer.statusCode)
    }
  })

  it('another tenant’s register and terminal do not exist', async () => {
    const theirs = await world.signIn('olga', 'administrator', 'other')
    const foreign = seededIds('other', 0)
    const before = (await theirs.get('/api/incidents?status=all')).body
    // Both tenants have a register of this serial: the token's own is meant, whatever else stands in the name.
    const serial = foreign.itemId.split(':').at(-1)
    const own = (await post(ALERTS, alert({ id: 'same', item: { serial }, class: 'ofd' }), monitor)).json()
    const names = [foreign.itemId, `other:${serial}`, `' OR tenant_id = 'other`]
    for (const [index, name] of names.entries()) {
      const item = { serial: name.slice(0, 64) }
      const answer = await post(ALERTS, alert({ id: `spy-${index}`, item, class: 'ofd' }), monitor)
      expect(answer.json()).toMatchObject({ outcome: 'opened', placed: false })
    }
    expect((await theirs.get('/api/incidents?status=all')).body).toBe(before)
    expect((await theirs.get(`/api/incidents/${own.incidentId}`)).statusCode).toBe(404)
    expect((await theirs.get(`/api/incidents/${own.incidentId}/links`)).statusCode).toBe(404)
    expect((await theirs.get('/api/tokens')).json()).toEqual([])
  })

  it('an oversized body and a body of another kind are refused', async () => {
    expect((await post(ALERTS, alert({ text: 'x'.repeat(5_000) }), monitor)).statusCode).toBe(413)
    expect((await post(ALERTS, alert({ status: 'perhaps' }), monitor)).statusCode).toBe(400)
    const many = { alerts: Array.from({ length: 101 }, () => ({})) }
    expect((await post(`${ALERTS}/alertmanager`, many, monitor)).statusCode).toBe(400)
  })

  it('a replay of what was said changes nothing', async () => {
    const at = new Date(world.clock.now()).toISOString()
    const first = (await post(ALERTS, alert({ id: 'replay', at }), monitor)).json()
    await post(ALERTS, alert({ id: 'replay', status: 'resolved' }), monitor)
    expect((await post(ALERTS, alert({ id: 'replay', at }), monitor)).json()).toEqual({ ...first, outcome: 'ignored' })
  })

  it('one token has one pace, whatever address it comes from', async () => {
    const flooding = await tokenOf('flood', 'monitor')
    const answers: number[] = []
    for (let index = 0; index <= INBOUND_BURST_MAX; index++) {
      const headers = { authorization: `Bearer ${flooding}` }
      const remoteAddress = `10.0.0.${index}`
      const payload = alert({ id: 'same' })
      answers.push((await world.inject({ method: 'POST', url: ALERTS, headers, remoteAddress, payload })).statusCode)
    }
    expect(answers.slice(0, -1).every(status => status === 200)).toBe(true)
    expect(answers.at(-1)).toBe(429)
    expect((await post(ALERTS, alert({ id: 'other' }), monitor)).statusCode).toBe(200)
  })

  it('guessing is bounded by address', async () => {
    const statuses: number[] = []
    for (let index = 0; index <= 200; index++) {
      const headers = { authorization: `Bearer ${'B'.repeat(43)}` }
      const answer = await world.inject({
        method: 'POST',
        url: ALERTS,
        headers,
        remoteAddress: '10.9.9.9',
        payload: {},
      })
      statuses.push(answer.statusCode)
    }
    expect([statuses[0], statuses.at(-1)]).toEqual([401, 429])
  })

  it('no secret is written to the log, and only its hash to the file', async () => {
    const logged = JSON.stringify(world.log.lines)
    for (const secret of [monitor, tickets]) expect(logged).not.toContain(secret)
    expect((await administrator.get('/api/tokens')).body).not.toContain(monitor)
  })
})
