import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import type { Route } from '@tillwatch/collector/routing/route-schema'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { AppError } from '@tillwatch/shared'
import type { DeliveryRow, IncidentView, RoutesView } from '@tillwatch/shared/api'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld } from './http-world.ts'

const { incidentId } = seededIds('main', 0)
const ROUTE: Route = {
  ...{ name: 'bakery', for: { client: ['bakery'], priority: [1, 2] }, desk: 'support', dry_run: true, continue: false },
  place: { project: 'bread', category: null, type: null, assignee: null, team: null, fields: { '12': 'Линия 2' } },
}
const REMARK = { tenantId: 'main', route: 'bakery', text: { ru: 'нет клиента', en: 'no client' } }
const PROBLEM = {
  file: '/etc/tillwatch/routes.yaml',
  line: 3,
  column: 5,
  path: 'routes.0.desk',
  reason: 'no desk',
  ru: 'нет службы',
}

let world: HttpWorld
let support: Browser
let viewer: Browser
let stranger: Browser

beforeAll(async () => {
  world = await createHttpWorld({
    registers: 4,
    routing: {
      state: async () => ({
        loadedAt: 0,
        tenants: [{ tenantId: 'main', routes: [ROUTE] }],
        problems: [PROBLEM],
        isSilent: false,
        remarks: [REMARK],
      }),
    },
  })
  support = await world.signIn('anna', 'support')
  viewer = await world.signIn('vera', 'viewer')
  stranger = await world.signIn('other-anna', 'administrator', 'other')
})
afterAll(() => world.stop())
beforeEach(() => {
  sql(`DELETE FROM deliveries; DELETE FROM tickets; UPDATE incidents SET status = 'open' WHERE id = '${incidentId}'`)
})

function sql(text: string): void {
  const database = openDatabase(world.databasePath)
  database.exec(text)
  database.close()
}

/** A message of the tenant `main` to the desk `support`. */
function message(id: number, state: string, more: { error?: string; route?: string } = {}): void {
  const words = { ru: 'Очередь стоит', en: 'The queue stands' }
  const subject = { incidentId, number: 7, key: 'tw-1', episode: 1, causeClass: 'ofd', itemId: 'i', ci: 'c' }
  const payload = JSON.stringify({ title: words, text: words, priority: 2, subject })
  const quote = (text: string | undefined) => (text === undefined ? 'NULL' : `'${text}'`)
  sql(`INSERT INTO deliveries (id, tenant_id, incident_id, desk, event_id, kind, priority, payload_json, state, attempts,
         next_at, last_error, created_at, route)
       VALUES (${id}, 'main', '${incidentId}', 'support', 'e${id}', 'open', 2, '${payload}', '${state}', 2,
         1000, ${quote(more.error)}, ${id}, ${quote(more.route)})`)
}
const list = async (browser: Browser, query = '') => {
  const answer = await browser.get(`/api/desks/support/deliveries${query}`)
  return (answer.json() as { rows: DeliveryRow[] }).rows
}
const states = async () => (await list(viewer)).map(row => [row.id, row.state])

describe('messages to a desk', () => {
  it('are shown the newest first with state, error, attempts, next try, route; a dry run with what it would say', async () => {
    message(1, 'failed', { error: 'forbidden: no', route: 'bakery' })
    message(2, 'waiting')
    message(3, 'dry_run')
    message(4, 'delivered', { route: '(fallback)' })
    const rows = await list(viewer)
    expect(rows.map(row => row.id)).toEqual(['4', '3', '2', '1'])
    expect(rows[3]).toMatchObject({
      ...{ state: 'failed', lastError: 'forbidden: no', attempts: 2, route: 'bakery', nextAt: null, text: null },
      incident: { id: incidentId, number: 7 },
    })
    expect(rows[2]).toMatchObject({ state: 'waiting', nextAt: '1970-01-01T00:00:01.000Z' })
    expect(rows[1]).toMatchObject({ state: 'dry_run', text: { ru: 'Очередь стоит' } })
    expect(rows[0]).toMatchObject({ detour: true, route: null })
    expect((await list(viewer, '?state=failed')).map(row => row.id)).toEqual(['1'])
    const first = (await viewer.get('/api/desks/support/deliveries?limit=3')).json() as { next: string; total: number }
    expect(first.total).toBe(4)
    expect((await list(viewer, `?limit=3&after=${first.next}`)).map(row => row.id)).toEqual(['1'])
  })

  it('support sends one again or lets it be, and the incident says who', async () => {
    message(1, 'failed', { error: 'no' })
    message(2, 'waiting')
    expect((await viewer.send('POST', '/api/deliveries/1/retry', {})).statusCode).toBe(403)
    expect((await support.send('POST', '/api/deliveries/1/retry', {})).statusCode).toBe(204)
    expect((await support.send('POST', '/api/deliveries/2/skip', {})).statusCode).toBe(204)
    expect(await states()).toEqual([
      ['2', 'skipped'],
      ['1', 'unknown'],
    ])
    expect((await list(viewer))[0]?.lastError).toBe('skipped by anna')
    const { timeline } = (await viewer.get(`/api/incidents/${incidentId}`)).json() as IncidentView
    expect(timeline.filter(entry => entry.actor === 'anna').map(entry => entry.text.en)).toEqual(
      expect.arrayContaining(['The message to “support” is sent again', 'The message to “support” is not to be sent']),
    )
  })

  it.each(['delivered', 'skipped', 'dry_run'])('one that is %s is left alone', async state => {
    message(1, state)
    for (const action of ['retry', 'skip']) {
      const refused = await support.send('POST', `/api/deliveries/1/${action}`, {})
      expect([refused.statusCode, refused.json().code]).toEqual([409, 'delivery.finished'])
    }
    expect(await states()).toEqual([['1', state]])
  })

  it('are hidden from other tenants, whatever they try', async () => {
    message(1, 'failed', { error: 'secret words' })
    expect(await list(stranger)).toEqual([])
    for (const id of ['1', '999', 'x', '-1'])
      for (const action of ['retry', 'skip']) {
        const refused = await stranger.send('POST', `/api/deliveries/${id}/${action}`, {})
        expect([refused.statusCode, refused.json().code]).toEqual([404, 'delivery.unknown'])
      }
    expect(await states()).toEqual([['1', 'failed']])
  })

  it('of a desk that hears nothing of the tenant: as if there were none', async () => {
    const other = await createHttpWorld({
      registers: 1,
      desks: {
        ...{ list: async () => [], test: async () => ({ ok: true, steps: [], url: null }), retry: async () => {} },
        mustKnow: () => {
          throw new AppError('desk.unknown', 'there is no desk support')
        },
        act: async () => {},
        openAnew: async () => {},
        agreements: async () => [],
        confirm: async () => {},
      },
    })
    const asked = await (await other.signIn('vera', 'viewer')).get('/api/desks/support/deliveries')
    expect([asked.statusCode, asked.json().code]).toEqual([404, 'desk.unknown'])
    await other.stop()
  })
})

/** The incident's ticket in the desk `support`, and how it is shown. */
const ticket = (goneAt: number | null) =>
  sql(`INSERT INTO tickets (incident_id, desk, tenant_id, external_id, number, url, last_written_json, created_at, gone_at)
       VALUES ('${incidentId}', 'support', 'main', '55', '55', NULL, '{}', 0, ${goneAt})`)
const shown = async (browser: Browser) =>
  ((await browser.get(`/api/incidents/${incidentId}`)).json() as IncidentView).tickets
const ANEW = `/api/incidents/${incidentId}/tickets/support/anew`

describe('a ticket that was deleted in the desk', () => {
  it('support opens it anew, once, and the incident says who', async () => {
    message(1, 'delivered')
    ticket(5)
    expect(await shown(viewer)).toMatchObject([{ desk: 'support', gone: true, mayOpenAnew: true }])
    expect((await viewer.send('POST', ANEW, {})).statusCode).toBe(403)
    expect((await support.send('POST', ANEW, {})).statusCode).toBe(204)
    expect(await shown(viewer)).toMatchObject([{ gone: true, mayOpenAnew: false, state: 'waiting' }])
    const again = await support.send('POST', ANEW, {})
    expect([again.statusCode, again.json().code]).toEqual([409, 'ticket.being_made'])
    expect((await list(viewer)).map(({ kind, state }) => [kind, state])).toEqual([
      ['open', 'waiting'],
      ['open', 'delivered'],
    ])
    const { timeline } = (await viewer.get(`/api/incidents/${incidentId}`)).json() as IncidentView
    expect(timeline.at(-1)).toMatchObject({
      ...{ kind: 'ticket', actor: 'anna' },
      text: { en: 'The ticket in “support” is opened anew in place of 55' },
    })
  })

  it('is left alone while it is there, or when the incident is over', async () => {
    message(1, 'delivered')
    ticket(null)
    expect((await support.send('POST', ANEW, {})).json().code).toBe('ticket.there')
    sql(`UPDATE tickets SET gone_at = 5; UPDATE incidents SET status = 'solved' WHERE id = '${incidentId}'`)
    expect(await shown(viewer)).toMatchObject([{ gone: true, mayOpenAnew: false }])
    expect((await support.send('POST', ANEW, {})).json().code).toBe('incident.finished')
  })

  it('is hidden from other tenants', async () => {
    message(1, 'delivered')
    ticket(5)
    for (const url of [ANEW, '/api/incidents/none/tickets/support/anew', ANEW.replace('support', 'none')]) {
      const refused = await stranger.send('POST', url, {})
      expect([refused.statusCode, refused.json().code]).toEqual([404, 'ticket.unknown'])
    }
    expect(await states()).toEqual([['1', 'delivered']])
  })
})

it('an incident shows which message of another desk told of it, with how many others', async () => {
  message(1, 'failed', { error: 'down' })
  message(2, 'delivered', { route: '(fallback)' })
  sql(`UPDATE deliveries SET told_by = 2 WHERE id = 1`)
  sql(`UPDATE deliveries SET desk = 'mail', ticket_json = '{"number":"M-1","url":null}' WHERE id = 2`)
  sql(`INSERT INTO deliveries (id, tenant_id, desk, event_id, kind, priority, payload_json, state, next_at, created_at, told_by)
       VALUES (3, 'main', 'support', 'e3', 'open', 2, '{}', 'failed', 0, 0, 2)`)
  expect(await shown(viewer)).toMatchObject([
    { desk: 'support', state: 'failed', insteadOf: null },
    { desk: 'mail', state: 'delivered', number: 'M-1', insteadOf: 'support', together: 2, mayOpenAnew: false },
  ])
})

describe('routes in force', () => {
  it('are the tenant’s own; what is wrong in files is for the house', async () => {
    const own = (await viewer.get('/api/routes')).json() as RoutesView
    expect(own.routes).toMatchObject([
      { name: 'bakery', desk: 'support', dryRun: true, goesOn: true, wanted: { client: ['bakery'], priority: [1, 2] } },
    ])
    expect(own.remarks).toEqual([{ route: 'bakery', text: REMARK.text }])
    expect(own.problems).toMatchObject([{ file: 'routes.yaml', line: 3, reason: { ru: 'нет службы', en: 'no desk' } }])
    expect((await stranger.get('/api/routes')).json()).toMatchObject({ routes: [], problems: [], remarks: [] })
  })
})
