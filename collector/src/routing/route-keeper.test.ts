import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDeliveryOutbox } from '../deliveries/outbox.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createRouteKeeper, placementsIn, type RouteKeeper } from './route-keeper.ts'
import { HOUSE_DESK, UNPLACED } from './testing/house-desk.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const FILE = '/etc/tillwatch/routes.yaml'
const TEXT = `
routes:
  - { name: bakery, for: { client: bakery }, desk: desk, place: { project: bread } }
  - { name: rest, desk: field, dry_run: true }
`
const desks = [HOUSE_DESK, { name: 'field', tenants: ['main'] }]
let database: DatabaseSync

beforeEach(() => {
  database = openDatabase(':memory:')
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO tenants (id, name, created_at) VALUES ('other', 'Other', 0);
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c1', 'main', 'bakery', 'Пекарня'), ('c2', 'other', 'bakery', 'Чужая');`)
})
afterEach(() => database.close())

const keeperOf = (text: string): RouteKeeper =>
  createRouteKeeper(database, { texts: [{ file: FILE, text }], desks }, () => null, NOW)
const about = (clientId: string | null) => ({ ...UNPLACED, id: 'i1', priority: 2 as const, clientId })
const desksFor = (keeper: RouteKeeper, clientId: string | null) =>
  keeper.targetsOf(about(clientId)).map(({ desk }) => desk)

describe('routes in force', () => {
  it('the client is found by the code of the own tenant only', () => {
    expect(desksFor(keeperOf(TEXT), 'c1')).toEqual(['desk'])
    expect(desksFor(keeperOf(TEXT), 'c2')).toEqual(['field'])
  })

  it('a wrong file is told and the earlier one goes on, also after a restart', async () => {
    const keeper = keeperOf(TEXT)
    const state = await keeper.service.load([{ file: FILE, text: 'routes: [{ name: a, desk: none }]' }], NOW + 1)
    expect(state.problems).toMatchObject([{ file: FILE, line: 1, reason: expect.stringContaining('none') }])
    expect(desksFor(keeper, 'c1')).toEqual(['desk'])
    expect(desksFor(keeperOf('routes: ['), 'c1')).toEqual(['desk'])
    expect(desksFor(keeperOf('routes: ['), null)).toEqual(['field'])
  })

  it('a corrected file is taken', async () => {
    const keeper = keeperOf('routes: [')
    expect(desksFor(keeper, null)).toEqual([])
    expect(await keeper.service.state()).toMatchObject({ isSilent: true, tenants: [], problems: [{ file: FILE }] })
    const state = await keeper.service.load([{ file: FILE, text: TEXT }], NOW + 1)
    expect(state).toMatchObject({ loadedAt: NOW + 1, problems: [], isSilent: false, tenants: [{ tenantId: 'main' }] })
    expect(desksFor(keeper, null)).toEqual(['field'])
  })
})

describe('openings while no file of routes was ever right', () => {
  const opened = (keeper: RouteKeeper, id: string) => {
    database.exec(`PRAGMA foreign_keys = OFF`)
    return keeper.openingOf({ ...about('c1'), id }, NOW)
  }
  const told: string[] = []
  const listening = (keeper: RouteKeeper): RouteKeeper => {
    keeper.settleBy(id => told.push(id))
    return keeper
  }
  beforeEach(() => void told.splice(0))

  it('go nowhere and are owed, also over a restart, until the files are right', async () => {
    const keeper = listening(keeperOf('routes: ['))
    expect(opened(keeper, 'i1')).toEqual([])
    await keeper.service.load([{ file: FILE, text: 'routes: {' }], NOW + 1)
    opened(keeper, 'i2')
    const anew = listening(keeperOf('routes: ['))
    expect(told).toEqual([])
    await anew.service.load([{ file: FILE, text: TEXT }], NOW + 2)
    expect(told).toEqual(['i1', 'i2'])
    await anew.service.load([{ file: FILE, text: TEXT }], NOW + 3)
    expect(told).toHaveLength(2)
  })

  it('are owed no more once a desk has heard', async () => {
    const keeper = listening(keeperOf('routes: ['))
    opened(keeper, 'i1')
    database.exec(`INSERT INTO deliveries (tenant_id, incident_id, desk, event_id, kind, priority, payload_json, state, next_at, created_at)
      VALUES ('main', 'i1', 'desk', 'e1', 'open', 2, '{}', 'waiting', 0, 0)`)
    await keeper.service.load([{ file: FILE, text: TEXT }], NOW + 1)
    expect(told).toEqual([])
  })

  it('of files that were right once are not owed: those go on', async () => {
    const keeper = listening(keeperOf(TEXT))
    await keeper.service.load([{ file: FILE, text: 'routes: [' }], NOW + 1)
    expect(opened(keeper, 'i1').map(({ desk }) => desk)).toEqual(['desk'])
    await keeper.service.load([{ file: FILE, text: TEXT }], NOW + 2)
    expect(told).toEqual([])
  })
})

it('a code that the own directory does not know is remarked upon, until it is there', async () => {
  const { service } = keeperOf(TEXT.replace('client: bakery', 'client: [bakery, cofee], site: cafe-9'))
  expect((await service.state()).remarks).toMatchObject([
    { tenantId: 'main', route: 'bakery', text: { en: 'the directory has no client “cofee”' } },
    { tenantId: 'main', route: 'bakery', text: { en: 'the directory has no site “cafe-9”' } },
  ])
  database.exec(`INSERT INTO clients (id, tenant_id, code, name) VALUES ('c3', 'main', 'cofee', 'Кофе')`)
  expect((await service.state()).remarks).toHaveLength(1)
})

it('places to be proved in a desk are those of the tenant’s own routes to it', async () => {
  const shared = [...desks, { name: 'desk', tenants: ['main', 'other'] }]
  const theirs = { file: '/etc/tillwatch/other.yaml', text: TEXT.replace('routes', 'tenant: other\nroutes') }
  const texts = [
    { file: FILE, text: TEXT },
    { ...theirs, text: theirs.text.replace('field', 'desk') },
  ]
  const state = await createRouteKeeper(database, { texts, desks: shared }, () => null, NOW).service.state()
  const projects = (tenantId: string) => placementsIn(state, tenantId, 'desk').map(({ project }) => project)
  expect([projects('main'), projects('other'), projects('ural')]).toEqual([['bread'], ['bread', null], []])
  expect(placementsIn(state, 'main', 'desk')[0]?.routes?.length).toBeGreaterThan(0)
})

describe('messages follow the route of their opening', () => {
  const send = (keeper: RouteKeeper, kind: 'open' | 'comment', clientId: string | null) => {
    const subject = { incidentId: 'i1', number: 1, key: 'tw-1', episode: 1, causeClass: 'ofd', itemId: 'i', ci: 'c' }
    const payload = {
      ...{ title: { ru: '', en: '' }, text: { ru: '', en: '' }, priority: 2 as const },
      subject: { ...subject, site: null, client: null, openedAt: '' },
    }
    createDeliveryOutbox(database, keeper.targetsOf).add(about(clientId), kind, payload, NOW)
  }
  const rows = () =>
    database.prepare('SELECT desk, kind, state, route FROM deliveries ORDER BY id').all().map(Object.values)

  beforeEach(() => database.exec('PRAGMA foreign_keys = OFF'))

  it('although the place became known since, or the routes changed', async () => {
    const keeper = keeperOf(TEXT)
    send(keeper, 'open', 'c1')
    await keeper.service.load([{ file: FILE, text: 'routes: []' }], NOW + 1)
    send(keeper, 'comment', null)
    expect(rows()).toEqual([
      ['desk', 'open', 'waiting', 'bakery'],
      ['desk', 'comment', 'waiting', 'bakery'],
    ])
    const [row] = database.prepare('SELECT payload_json AS json FROM deliveries').all()
    expect(JSON.parse(String(row?.['json']))).toMatchObject({ placement: { project: 'bread' } })
  })

  it('of a dry run everything is written down and nothing waits to be sent', () => {
    const keeper = keeperOf(TEXT)
    send(keeper, 'open', null)
    send(keeper, 'comment', null)
    expect(rows()).toEqual([
      ['field', 'open', 'dry_run', 'rest'],
      ['field', 'comment', 'dry_run', 'rest'],
    ])
  })
})
