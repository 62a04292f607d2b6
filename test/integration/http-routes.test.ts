import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld } from './http-world.ts'

let world: HttpWorld
let viewer: Browser
let support: Browser
let administrator: Browser

beforeAll(async () => {
  world = await createHttpWorld()
  administrator = await world.signIn('anna', 'administrator')
  support = await world.signIn('boris', 'support')
  viewer = await world.signIn('vera', 'viewer')
})
afterAll(() => world.stop())

const ids = seededIds('main', 0)
const foreign = seededIds('other', 0)

describe('reading', () => {
  it('lists the fleet by time to stop with pages and a total', async () => {
    const first = (await viewer.get('/api/fleet?limit=7')).json()
    expect(first.total).toBe(60)
    expect(first.rows).toHaveLength(7)
    const stops = first.rows.map((row: { timeToStop: { at: string } | null }) => row.timeToStop?.at ?? '9')
    expect(stops).toEqual([...stops].sort((a, b) => (a < b ? -1 : 1)))
    const second = (await viewer.get(`/api/fleet?limit=7&after=${first.next}`)).json()
    expect(second.rows[0].agentId).not.toBe(first.rows[0].agentId)
    expect(first.rows[0]).toMatchObject({ model: expect.any(String), client: expect.stringContaining('main') })
  })

  it('finds a register by client, address, model, serial, INN or agent, whatever the case', async () => {
    const found = async (search: string) =>
      (await viewer.get(`/api/fleet?search=${encodeURIComponent(search)}`)).json().total as number
    expect(await found('0000000001000008')).toBe(1)
    expect(await found('7700000008')).toBe(1)
    expect(await found('main-agent-8')).toBe(1)
    expect(await found('РИТЕЙЛ-01ф')).toBeGreaterThan(5)
    expect(await found('точка site-13')).toBe(3)
    expect(await found('москва')).toBe(60)
    expect(await found('нет такого')).toBe(0)
  })

  it('tells health, counts and the terminal with the age of its facts', async () => {
    const summary = (await viewer.get('/api/summary')).json()
    expect(Object.values(summary.health as Record<string, number>).reduce((a, b) => a + b)).toBe(60)
    expect(summary.openIncidents).toMatchObject({ p2: 3, p3: 3 })
    const red = (await viewer.get('/api/fleet?health=red')).json()
    expect(red.total).toBe(summary.health.red)

    const terminal = (await viewer.get(`/api/terminals/${ids.agentId}`)).json()
    expect(terminal).toMatchObject({
      agentId: ids.agentId,
      site: { code: ids.siteCode },
      incidentIds: [ids.incidentId],
    })
    expect(terminal.items.map((item: { kind: string }) => item.kind)).toEqual(['register', 'pc'])
    expect(terminal.items[0].facts[0]).toMatchObject({ name: 'fiscal.register.link', value: 'ok', stale: false })
    expect(terminal.items[0].conditions[0]).toMatchObject({ rule: 'ofd.queue_age' })
    expect(terminal.changes).toHaveLength(1)
  })

  it('shows a chart of an item that the tenant has', async () => {
    const address = (itemId: string) =>
      `/api/items/${encodeURIComponent(itemId)}/series?fact=fiscal.ofd.unsent_documents&from=2026-11-20T00:00:00Z&to=2026-11-22T00:00:00Z`
    expect((await viewer.get(address(ids.itemId))).json()).toMatchObject({ points: [{ mean: 2, min: 1, max: 3 }] })
    expect((await viewer.get(address(foreign.itemId))).statusCode).toBe(404)
  })

  it('lists incidents by priority and shows one with its story', async () => {
    const page = (await viewer.get('/api/incidents?limit=4')).json()
    expect(page.total).toBe(6)
    expect(page.rows.map((row: { priority: number }) => row.priority)).toEqual([2, 2, 2, 3])
    const rest = (await viewer.get(`/api/incidents?limit=4&after=${page.next}`)).json()
    expect(rest.rows).toHaveLength(2)
    expect(rest.next).toBeNull()
    expect((await viewer.get(`/api/incidents?search=${encodeURIComponent('касса 20:')}`)).json().total).toBe(1)
    const incident = (await viewer.get(`/api/incidents/${ids.incidentId}`)).json()
    expect(incident).toMatchObject({
      itemId: ids.itemId,
      address: expect.stringContaining('Москва'),
      chart: { itemId: ids.itemId, fact: 'fiscal.ofd.unsent_documents' },
      timeline: [{ kind: 'opened', actor: 'tillwatch' }],
    })
  })

  it('R3: plans replacements by month and never drops the overdue or unknown', async () => {
    const plan = (await viewer.get('/api/replacements?months=36')).json()
    const months = plan.months.map((month: { month: string }) => month.month)
    expect(months[0]).toBe('overdue')
    expect(months.at(-1)).toBe('unknown')
    const registers = plan.months.reduce((sum: number, month: { registers: number }) => sum + month.registers, 0)
    expect(registers).toBe(60)
    const limited = plan.months
      .flatMap((month: { addresses: { registers: { limitedBy: string }[] }[] }) => month.addresses)
      .flatMap((address: { registers: { limitedBy: string }[] }) => address.registers)
    expect(limited.some((row: { limitedBy: string }) => row.limitedBy === 'documents')).toBe(true)
  })
})

describe('changing', () => {
  it('takes, comments and solves an incident under the name of the person', async () => {
    const act = (action: object) =>
      support.send('POST', `/api/incidents/${seededIds('main', 10).incidentId}/actions`, action)
    expect((await act({ action: 'take' })).json()).toMatchObject({ status: 'in_work', assignee: 'boris' })
    const commented = (await act({ action: 'comment', text: 'звоним в заведение' })).json()
    expect(commented.timeline.at(-1)).toMatchObject({ kind: 'comment', actor: 'boris' })
    expect((await act({ action: 'solve' })).json().status).toBe('solved')
    expect((await act({ action: 'nonsense' })).statusCode).toBe(400)
  })

  it('marks a replacement in progress and ends the mark', async () => {
    const mark = (until: string | null) =>
      support.send('POST', `/api/items/${encodeURIComponent(ids.itemId)}/replacement`, { until })
    expect((await mark('2026-11-25T00:00:00Z')).statusCode).toBe(204)
    const terminal = (await viewer.get(`/api/terminals/${ids.agentId}`)).json()
    expect(terminal.items[0].replacementUntil).toBe('2026-11-25T00:00:00.000Z')
    expect((await mark(null)).statusCode).toBe(204)
  })

  it('imports a directory, first as a dry run', async () => {
    const body = { clients: [{ code: 'new', name: 'Новый клиент' }] }
    const dry = (await administrator.send('POST', '/api/directory?dryRun=1', body)).json()
    expect(dry).toMatchObject({ dryRun: true, created: [{ kind: 'clients', code: 'new' }] })
    const before = (await viewer.get('/api/directory')).json()
    expect(before.directory.clients.some((client: { code: string }) => client.code === 'new')).toBe(false)
    expect((await administrator.send('POST', '/api/directory', body)).json().dryRun).toBe(false)
    const after = (await viewer.get('/api/directory')).json()
    expect(after.directory.clients.some((client: { code: string }) => client.code === 'new')).toBe(true)
  })

  it('tests a desk', async () => {
    expect((await viewer.get('/api/desks')).json()).toEqual([])
    expect((await administrator.send('POST', '/api/desks/redmine/test', {})).json()).toMatchObject({ ok: true })
  })
})

describe('operation', () => {
  it('tells health with reasons, without a session', async () => {
    expect((await world.stranger.get('/health')).json()).toEqual({
      live: true,
      ready: true,
      checks: [
        { name: 'state', ok: true },
        { name: 'reads', ok: true },
      ],
    })
  })

  it('describes every route in a valid OpenAPI document', async () => {
    const document = (await world.stranger.get('/api/docs/json')).json()
    expect(document.openapi).toMatch(/^3\.1/)
    for (const path of [
      '/api/session',
      '/api/fleet',
      '/api/incidents/{id}/actions',
      '/api/replacements.xlsx',
      '/health',
    ]) {
      expect(Object.keys(document.paths)).toContain(path)
    }
    for (const [path, methods] of Object.entries<
      Record<string, { responses: object; parameters?: { name: string }[] }>
    >(document.paths)) {
      for (const operation of Object.values(methods)) {
        expect(Object.keys(operation.responses).length, path).toBeGreaterThan(0)
        for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
          expect(
            operation.parameters?.map(parameter => parameter.name),
            path,
          ).toContain(name)
        }
      }
    }
    expect((await world.stranger.get('/api/docs/')).statusCode).toBe(200)
  })

  it('answers 404 in JSON under /api and in words for a portal that is not built', async () => {
    expect((await viewer.get('/api/nothing')).json()).toMatchObject({ code: 'route.unknown' })
    const page = await world.stranger.get('/incidents/7')
    expect(page.statusCode).toBe(503)
    expect(page.body).toContain('pnpm build')
  })
})
