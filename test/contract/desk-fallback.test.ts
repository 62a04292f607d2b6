import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { emailConfig } from '@tillwatch/collector/connectors/email/config'
import { createEmailConnector } from '@tillwatch/collector/connectors/email/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { redmineConfig } from '@tillwatch/collector/connectors/redmine/config'
import { createRedmineConnector } from '@tillwatch/collector/connectors/redmine/connector'
import { noPace } from '@tillwatch/collector/connectors/testing/no-pace'
import { createDeliveryRunner, type DeliveryRunner } from '@tillwatch/collector/deliveries/delivery-runner'
import { createDeliveries } from '@tillwatch/collector/deliveries/delivery-store'
import { createDeliveryOutbox } from '@tillwatch/collector/deliveries/outbox'
import type { DeliveryKind } from '@tillwatch/collector/deliveries/payload'
import { createIncidentStore } from '@tillwatch/collector/incidents/incident-store'
import { toHouseDesk } from '@tillwatch/collector/routing/testing/house-desk'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { systemClock } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deskIncident } from './connector-incident.ts'
import { FAKE_KEY_FIELD, type FakeRedmine, startFakeRedmine } from './desks/redmine.ts'

const MINUTE = 60_000
const AFTER_MS = 15 * MINUTE

let folder: string
let database: DatabaseSync
let fake: FakeRedmine
let smtp: SMTPServer
let mails: string[]
let clock: ManualClock
let runner: DeliveryRunner
let isDown: boolean

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-fallback-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  process.env['TILLWATCH_TEST_KEY'] = 'key'
  fake = await startFakeRedmine()
  mails = []
  smtp = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', chunk => chunks.push(chunk))
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8').replace(/=\r\n/g, ''))
        done()
      })
    },
  })
  await new Promise<void>(resolve => smtp.listen(0, '127.0.0.1', () => resolve()))
  clock = new ManualClock()
  isDown = true
  runner = await startRunner()
})
afterEach(async () => {
  await runner.stop()
  await new Promise<void>(resolve => smtp.close(() => resolve()))
  await fake.stop()
  database.close()
  rmSync(folder, { recursive: true })
})

async function startRunner(): Promise<DeliveryRunner> {
  const base = { tenants: ['main'], allow_private: true }
  const redmine = redmineConfig.parse({
    ...{ kind: 'redmine', name: 'desk', url: fake.url, ...base, secret: { env: 'TILLWATCH_TEST_KEY' } },
    ...{ project: 'tills', tracker: 'Bug', key_field: FAKE_KEY_FIELD },
  })
  const mail = emailConfig.parse({
    ...{
      kind: 'email',
      name: 'mail',
      host: '127.0.0.1',
      port: (smtp.server.address() as AddressInfo).port,
      tls: 'none',
    },
    ...{ from: 'tillwatch@example.test', to: ['desk@example.test'], language: 'en' },
  })
  const http = createHttpClient(systemClock, 1_000)
  const down = { kind: 'not_sent', message: 'nobody listens' } as const
  const desk = createRedmineConnector(redmine, {
    send: (request, signal) => (isDown ? Promise.resolve(down) : http.send(request, signal)),
  })
  const started = createDeliveryRunner({
    desks: [
      { connector: desk, pace: noPace, tenants: ['main'], fallback: { desk: 'mail', afterMs: AFTER_MS } },
      { connector: createEmailConnector(mail), pace: noPace, tenants: ['main'], fallback: null },
    ],
    deliveries: createDeliveries(database),
    publicUrl: 'https://tillwatch.test',
    clock,
    random: () => 0.5,
    logger: recordingLogger(),
    crashPoint: () => {},
    settled: () => {},
  })
  await started.start()
  return started
}

function tell(id: string, kind: DeliveryKind, priority: 1 | 2 | 3 | 4): void {
  const incidents = createIncidentStore(database)
  const incident = incidents.byId(id) ?? deskIncident(id, incidents.nextNumber('main'), clock.now())
  incidents.save({ ...incident, priority })
  const subject = {
    ...{ incidentId: id, number: incident.number, key: incident.deskKey, episode: 1, causeClass: 'ofd' },
    ...{ itemId: incident.itemId, ci: 'ШТРИХ-М 1', site: null, client: null },
    openedAt: new Date(clock.now()).toISOString(),
  }
  const text = { ru: `беда ${id}`, en: `trouble ${id}` }
  const payload = { title: { ru: `Касса ${id}`, en: `Till ${id}` }, text, priority, subject }
  createDeliveryOutbox(database, toHouseDesk).add(incident, kind, payload, clock.now())
}

/** Lets everything that is due happen, then moves the clock on. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= MINUTE) {
    await clock.advance(Math.min(left, MINUTE))
    runner.wake()
    await quiet()
  }
}
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise(resolve => setTimeout(resolve, 2))
}
async function until(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !isTrue(); turn++) await pass(MINUTE)
  expect(isTrue()).toBe(true)
}
const rows = (sql: string) =>
  database
    .prepare(sql)
    .all()
    .map(row => Object.values(row).join(' '))
const digests = () => mails.filter(mail => mail.includes('takes no tickets'))

describe('a desk that is down (R81, R166, domain 18.36)', () => {
  it('an opening that waits too long is told by mail once, and its ticket opens when the desk is back', async () => {
    tell('i1', 'open', 2)
    await pass(AFTER_MS - 2 * MINUTE)
    expect(mails).toEqual([])
    await until(() => mails.length > 0)
    expect(mails[0]).toContain('has not taken this ticket')
    expect(mails[0]).toContain('trouble i1')
    tell('i1', 'comment', 2)
    await pass(60 * MINUTE)
    expect(mails).toHaveLength(1)
    isDown = false
    await until(() => rows(`SELECT state FROM deliveries WHERE desk = 'desk'`).every(state => state === 'delivered'))
    expect([fake.issues.length, fake.issues[0]?.notes.length, mails.length]).toEqual([1, 1, 1])
    expect(rows(`SELECT text_en FROM timeline WHERE actor = 'mail' ORDER BY id`)[0]).toMatch(/told by way of “mail”/)
  })

  it('less urgent ones are told together, once in an outage', async () => {
    for (const id of ['i1', 'i2', 'i3']) tell(id, 'open', 3)
    await until(() => mails.length > 0)
    for (const id of ['i1', 'i2', 'i3']) expect(digests()[0]).toContain(`Till ${id}`)
    tell('i4', 'open', 4)
    await pass(180 * MINUTE)
    expect(mails).toHaveLength(1)
  })

  it('a mass outage makes twenty mails of their own and one for all others', async () => {
    for (let index = 0; index < 45; index++) tell(`i${index}`, 'open', 1)
    await until(() => mails.length > 20)
    await pass(10 * MINUTE)
    expect(mails).toHaveLength(21)
    expect(digests().map(mail => mail.match(/Till i\d+/g)?.length)).toEqual([25])
  })

  it('each incident of a digest shows which message told of it, and that ticket is none of its own', async () => {
    for (const id of ['i1', 'i2', 'i3']) tell(id, 'open', 3)
    await until(() => digests().length > 0)
    await pass(2 * MINUTE)
    const [message] = rows(`SELECT id FROM deliveries WHERE route = '(fallback)'`)
    expect(rows(`SELECT incident_id, told_by FROM deliveries WHERE desk = 'desk' ORDER BY id`)).toEqual(
      ['i1', 'i2', 'i3'].map(id => `${id} ${message}`),
    )
    expect(
      rows(`SELECT incident_id, text_en FROM timeline WHERE text_en LIKE 'Told to%' ORDER BY incident_id`),
    ).toEqual(['i1', 'i2', 'i3'].map(id => `${id} Told to “mail” in place of “desk” in a digest of 3 incidents`))
    expect(rows('SELECT count(*) FROM tickets')).toEqual(['0'])
    expect(digests()[0]).toMatch(/\[tw-\S+-all\]/)
    expect(digests()[0]).toContain('https://tillwatch.test/incidents')
    expect(digests()[0]).not.toContain('https://tillwatch.test/incidents/i1')
  })

  it('a digest that waits is needed as long as one of its incidents is, whichever the desk took first', async () => {
    database.exec(`INSERT INTO desk_states (desk, paused, changed_at) VALUES ('mail', 1, 0)`)
    for (const id of ['i1', 'i2']) tell(id, 'open', 3)
    const state = () => rows(`SELECT state FROM deliveries WHERE route = '(fallback)'`)
    await until(() => state()[0] === 'waiting')
    database.exec(`UPDATE deliveries SET state = 'delivered' WHERE incident_id = 'i1' AND desk = 'desk'`)
    await pass(2 * MINUTE)
    expect(state()).toEqual(['waiting'])
    database.exec(`UPDATE incidents SET status = 'solved' WHERE id = 'i2'`)
    await pass(2 * MINUTE)
    expect(state()).toEqual(['skipped'])
    expect(mails).toEqual([])
  })

  it('an incident that became urgent while it waited gets a message of its own', async () => {
    database.exec(`INSERT INTO desk_states (desk, paused, changed_at) VALUES ('desk', 1, 0)`)
    for (const id of ['i1', 'i2']) tell(id, 'open', 3)
    tell('i2', 'priority', 1)
    await until(() => mails.length > 1)
    expect(
      mails.filter(mail => mail.includes('has not taken this ticket') && mail.includes('trouble i2')),
    ).toHaveLength(1)
  })

  it('a desk that wants nothing any more is gone round, too, with what it was never tried with', async () => {
    database.exec(`INSERT INTO desk_states (desk, paused, changed_at) VALUES ('desk', 1, 0)`)
    tell('i1', 'open', 1)
    await until(() => mails.length > 0)
    expect(mails[0]).toContain('trouble i1')
  })

  it('more than a thousand incidents of one tenant that wait keep no other from being heard', async () => {
    const write = database.prepare(
      `INSERT INTO deliveries (tenant_id, incident_id, desk, event_id, kind, priority, payload_json, state, next_at, created_at, last_error)
       SELECT 'another', ?1, 'desk', ?2, 'open', 4, payload_json, 'waiting', 9000000000000000, created_at, 'down'
         FROM deliveries WHERE incident_id = ?1 AND tenant_id = 'main' AND desk = 'desk'`,
    )
    tell('i1', 'open', 4)
    write.run('i1', 'first')
    database.exec(`UPDATE deliveries SET state = 'dry_run' WHERE tenant_id = 'main'`)
    await until(() => rows(`SELECT id FROM deliveries WHERE route = '(fallback)'`).length === 1)
    tell('i2', 'open', 4)
    for (let index = 0; index < 1_001; index++) write.run('i2', `many-${index}`)
    database.exec(`UPDATE deliveries SET state = 'dry_run' WHERE incident_id = 'i2' AND tenant_id = 'main'`)
    tell('i3', 'open', 1)
    await pass(AFTER_MS + 5 * MINUTE)
    expect(mails.filter(mail => mail.includes('trouble i3'))).toHaveLength(1)
  })

  it('a desk that works, or an incident that is over before, needs no way round', async () => {
    tell('i1', 'open', 1)
    database.exec(`UPDATE incidents SET status = 'solved' WHERE id = 'i1'`)
    await pass(AFTER_MS + 20 * MINUTE)
    isDown = false
    tell('i2', 'open', 1)
    await until(() => fake.issues.length === 2)
    await pass(AFTER_MS + 5 * MINUTE)
    expect(mails).toEqual([])
  })
})
