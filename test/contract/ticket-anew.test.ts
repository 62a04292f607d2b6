import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { redmineConfig } from '@tillwatch/collector/connectors/redmine/config'
import { createRedmineConnector } from '@tillwatch/collector/connectors/redmine/connector'
import { noPace } from '@tillwatch/collector/connectors/testing/no-pace'
import { createDeliveryRunner, type DeliveryRunner } from '@tillwatch/collector/deliveries/delivery-runner'
import { createDeliveries } from '@tillwatch/collector/deliveries/delivery-store'
import { createDeliveryOutbox } from '@tillwatch/collector/deliveries/outbox'
import type { DeliveryKind, DeliveryPayload } from '@tillwatch/collector/deliveries/payload'
import { createAttachmentStore } from '@tillwatch/collector/evidence/attachment-store'
import { createIncidentStore } from '@tillwatch/collector/incidents/incident-store'
import { toHouseDesk } from '@tillwatch/collector/routing/testing/house-desk'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { systemClock } from '@tillwatch/shared'
import { recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { deskIncident } from './connector-incident.ts'
import { FAKE_KEY_FIELD, type FakeRedmine, startFakeRedmine } from './desks/redmine.ts'

const LOG = 'tillwatch-1-log-ru.txt'
const ASKED = { tenantId: 'main', incidentId: 'i1', desk: 'desk', actor: 'anna' }

let folder: string
let database: DatabaseSync
let fake: FakeRedmine
let runner: DeliveryRunner

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-anew-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  fake = await startFakeRedmine()
  process.env['TILLWATCH_TEST_KEY'] = 'key'
  const config = redmineConfig.parse({
    ...{ kind: 'redmine', name: 'desk', url: fake.url, secret: { env: 'TILLWATCH_TEST_KEY' } },
    ...{ project: 'tills', tracker: 'Bug', key_field: FAKE_KEY_FIELD, allow_private: true },
  })
  const connector = createRedmineConnector(config, createHttpClient(systemClock, 1_000))
  runner = createDeliveryRunner({
    desks: [{ connector, pace: noPace, tenants: ['main'], fallback: null }],
    deliveries: createDeliveries(database),
    ...{ publicUrl: null, clock: systemClock, random: () => 0.5, logger: recordingLogger() },
    ...{ crashPoint: () => {}, settled: () => {} },
  })
  await runner.start()
})
afterEach(async () => {
  await runner.stop()
  await fake.stop()
  database.close()
  rmSync(folder, { recursive: true })
})

async function tell(kind: DeliveryKind, more: Partial<DeliveryPayload> = {}): Promise<void> {
  const incidents = createIncidentStore(database)
  const incident = incidents.byId('i1') ?? deskIncident('i1', incidents.nextNumber('main'), 0)
  incidents.save(incident)
  const { deskKey: key, title, priority, itemId, number } = incident
  const subject = { incidentId: 'i1', number, key, episode: 1, causeClass: 'ofd', itemId, ci: 'c', openedAt: '' }
  const text = { ru: 'очередь стоит', en: 'the queue stands' }
  const payload = { title, text, priority, subject: { ...subject, site: null, client: null }, ...more }
  createDeliveryOutbox(database, toHouseDesk).add(incident, kind, payload, Date.now())
  await settled()
}
const column = (sql: string) =>
  database
    .prepare(sql)
    .all()
    .map(row => Object.values(row).join(' '))
async function settled(): Promise<void> {
  runner.wake()
  const waiting = () => column(`SELECT id FROM deliveries WHERE state IN ('waiting', 'unknown')`)
  await expect.poll(waiting, { timeout: 8_000 }).toEqual([])
}
/** People delete the ticket, and the watch has seen it. */
async function ticketWithFileThatGoes(): Promise<void> {
  await tell('open')
  const log = { name: LOG, type: 'text/plain', bytes: Buffer.from('line\n'), language: 'ru' } as const
  createAttachmentStore(database).keep({ tenantId: 'main', id: 'i1' }, 'log', [log], Date.now())
  await tell('attach', { evidence: 'log' })
  database.exec(
    `UPDATE tickets SET gone_at = 1, seen_json = '{"phase":"solved"}', last_written_json = '{"merged":2}', rating = 5`,
  )
}

it('a deleted ticket is opened once more under its key, with its files, and hears what follows', async () => {
  await ticketWithFileThatGoes()
  const [former] = fake.issues.splice(0)
  await tell('comment')
  await runner.openAnew(ASKED)
  await settled()
  expect(fake.issues).toHaveLength(1)
  expect(fake.issues[0]).toMatchObject({ files: [LOG], notes: [] })
  expect(fake.issues[0]?.description).toMatch(/^Прежняя заявка 1 в этой службе удалена[\s\S]*очередь стоит/)
  expect(fake.issues[0]?.fields.get(FAKE_KEY_FIELD)).toBe(former?.fields.get(FAKE_KEY_FIELD))
  expect(column('SELECT external_id, gone_at, seen_json, rating FROM tickets')).toEqual([`${fake.issues[0]?.id}   `])
  await tell('solve')
  expect(fake.issues[0]?.statusId).toBe(3)
})

it('one that was only hidden for a while is found by its key and taken again', async () => {
  await ticketWithFileThatGoes()
  await runner.openAnew(ASKED)
  await settled()
  expect(fake.issues).toHaveLength(1)
  expect(column('SELECT external_id, gone_at FROM tickets')).toEqual([`${fake.issues[0]?.id} `])
})

it('is opened once, however often it is asked for', async () => {
  await ticketWithFileThatGoes()
  await runner.stop()
  const deliveries = createDeliveries(database)
  await deliveries.openAnew(ASKED, Date.now())
  await expect(deliveries.openAnew(ASKED, Date.now())).rejects.toMatchObject({ code: 'ticket.being_made' })
  expect(column(`SELECT kind FROM deliveries WHERE state = 'waiting'`)).toEqual(['open', 'attach'])
})

it('what was written into a ticket that was merged meanwhile is no way back to it', async () => {
  await tell('open')
  const deliveries = createDeliveries(database)
  await runner.stop()
  const incidents = createIncidentStore(database)
  const incident = incidents.byId('i1')
  if (!incident) throw new Error('no incident')
  const { deskKey: key, title, priority, itemId, number } = incident
  const subject = { incidentId: 'i1', number, key, episode: 1, causeClass: 'ofd', itemId, ci: 'c', openedAt: '' }
  const payload = { title, text: title, priority, subject: { ...subject, site: null, client: null } }
  createDeliveryOutbox(database, toHouseDesk).add(incident, 'comment', payload, Date.now())
  const begun = await deliveries.begin('desk', Date.now())
  database.exec(`UPDATE tickets SET external_id = '99', last_written_json = '{"merged":1}'`)
  if (!begun?.ticket) throw new Error('nothing begun')
  await deliveries.settle(begun.id, { kind: 'delivered', ticket: begun.ticket, adopted: false }, Date.now())
  expect(column('SELECT external_id FROM tickets')).toEqual(['99'])
})
