import type { DatabaseSync } from 'node:sqlite'
import { inboundTicket } from '@tillwatch/shared/api'
import { ManualClock } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createIncidentPart, type IncidentPart } from '../incidents/state-part.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { HOUSE_DESK } from './testing/house-desk.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const FILE = '/etc/tillwatch/routes.yaml'
const WRONG = 'routes: [{ name: rest, desk: nowhere }]'
const RIGHT = WRONG.replace('nowhere', 'desk')
const desks = [HOUSE_DESK, { name: 'boss', tenants: ['main'] }]
let database: DatabaseSync

beforeEach(() => {
  database = openDatabase(':memory:')
  migrate(database, STATE_MIGRATIONS)
})
afterEach(() => database.close())

const started = (text: string): IncidentPart =>
  createIncidentPart(
    database,
    { packs: [], overrides: [], desks, routes: [{ file: FILE, text }] },
    new ManualClock(NOW),
  )
const asked = async ({ inbound }: IncidentPart, id: string): Promise<string> => {
  const ticket = inboundTicket.parse({ id, channel: 'email', class: 'ofd', title: `Чеки не уходят ${id}` })
  await inbound.ticket({ tenantId: 'main', id: 'token-1', name: 'Почта' }, ticket, NOW)
  return String(database.prepare('SELECT id FROM incidents ORDER BY number DESC LIMIT 1').get()?.['id'])
}
const told = () =>
  database.prepare(`SELECT incident_id AS id, desk, kind FROM deliveries WHERE kind = 'open' ORDER BY id`).all()

describe('R27, R167: a first start whose routes are wrong', () => {
  it('tells no desk; what is open still once they are right goes where they say, once, and what ended meanwhile does not', async () => {
    const first = started(WRONG)
    const [kept, ended] = [await asked(first, 'a'), await asked(first, 'b')]
    await first.incidents.act(
      'main',
      ended,
      { action: 'solve', text: 'Проверка' },
      { name: 'lena', side: 'support' },
      NOW,
    )
    expect(told()).toEqual([])
    expect(await first.routes.state()).toMatchObject({ isSilent: true })
    const anew = started(WRONG)
    await anew.routes.load([{ file: FILE, text: RIGHT }], NOW + 1)
    await anew.routes.load([{ file: FILE, text: RIGHT }], NOW + 2)
    expect(told()).toMatchObject([{ id: kept, desk: 'desk', kind: 'open' }])
    expect(await anew.routes.state()).toMatchObject({ isSilent: false, problems: [] })
  })

  it('of an incident for which right routes have no desk nothing is owed', async () => {
    const part = started(RIGHT.replace('desk: desk', 'for: { priority: 1 }, desk: desk'))
    await asked(part, 'a')
    await part.routes.load([{ file: FILE, text: RIGHT }], NOW + 1)
    expect(told()).toEqual([])
  })
})
