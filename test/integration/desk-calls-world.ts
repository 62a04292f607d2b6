import type { DatabaseSync } from 'node:sqlite'
import type { Connector } from '@tillwatch/collector/connectors/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { redmineConfig } from '@tillwatch/collector/connectors/redmine/config'
import { createRedmineConnector } from '@tillwatch/collector/connectors/redmine/connector'
import { noPace } from '@tillwatch/collector/connectors/testing/no-pace'
import { webhookConfig } from '@tillwatch/collector/connectors/webhook/config'
import { createWebhookConnector } from '@tillwatch/collector/connectors/webhook/connector'
import type { HttpOptions } from '@tillwatch/collector/http/http-options'
import type { Incident } from '@tillwatch/collector/incidents/incident'
import { createIncidentStore } from '@tillwatch/collector/incidents/incident-store'
import { createIncidentPart } from '@tillwatch/collector/incidents/state-part'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { createDeskCalls } from '@tillwatch/collector/tickets/desk-calls'
import { createTicketWatch } from '@tillwatch/collector/tickets/ticket-watch'
import { systemClock } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { Registry } from 'prom-client'
import { expect } from 'vitest'
import { deskIncident } from '../contract/connector-incident.ts'
import { FAKE_KEY_FIELD, type FakeRedmine, startFakeRedmine } from '../contract/desks/redmine.ts'
import { createHttpWorld, type HttpWorld } from './http-world.ts'

export const SECRET = 'a-long-secret-of-the-desk-0001'
export const OTHERS_SECRET = 'a-long-secret-of-another-0002'
export const SIGNING = `whsec_${Buffer.alloc(32, 3).toString('base64')}`
const DAY_S = 86_400

/** Three desks that may call (`desk`, `other`, `hook`) and one that may not, behind a real address. */
export interface DeskCallsWorld {
  readonly http: HttpWorld
  readonly fake: FakeRedmine
  readonly clock: ManualClock
  readonly log: ReturnType<typeof recordingLogger>
  incident(id: string): Incident
  words(id: string): readonly string[]
  /** A call over a real socket. */
  call(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  metrics(): Promise<string>
  /** When the desk called last, as the page of desks has it. */
  calledAt(desk: string): Promise<number | null | undefined>
  /** News with this id cannot be written down until the returned function is called. */
  spoil(newsId: string): () => void
  /** Waits until something is so: desks answer over real sockets. */
  until(isSo: () => boolean): Promise<void>
  stop(): Promise<void>
}

export async function createDeskCallsWorld(
  more: { limits?: HttpOptions['limits']; inbound?: object } = {},
): Promise<DeskCallsWorld> {
  Object.assign(process.env, {
    ...{ TILLWATCH_TEST_KEY: 'key', TILLWATCH_TEST_CALL: SECRET, TILLWATCH_TEST_OTHER: OTHERS_SECRET },
    TILLWATCH_TEST_SIGN: SIGNING,
  })
  const clock = new ManualClock()
  const log = recordingLogger()
  const database = openDatabase(':memory:')
  migrate(database, STATE_MIGRATIONS)
  const fake = await startFakeRedmine()
  const redmine = (name: string, inbound?: object) =>
    redmineConfig.parse({
      ...{ kind: 'redmine', name, url: fake.url, secret: { env: 'TILLWATCH_TEST_KEY' }, poll_s: DAY_S },
      ...{ project: 'tills', tracker: 'Bug', key_field: FAKE_KEY_FIELD, allow_private: true, inbound },
    })
  const hook = webhookConfig.parse({
    ...{ kind: 'webhook', name: 'hook', url: fake.url, secret: { env: 'TILLWATCH_TEST_SIGN' } },
    inbound: { secret: { env: 'TILLWATCH_TEST_SIGN' } },
  })
  const desks = [
    redmine('desk', { secret: { env: 'TILLWATCH_TEST_CALL' }, ...more.inbound }),
    redmine('other', { secret: { env: 'TILLWATCH_TEST_OTHER' } }),
    redmine('mute'),
  ]
  const client = createHttpClient(systemClock, 1_000)
  const connectors: Connector[] = [
    ...desks.map(config => createRedmineConnector(config, client)),
    createWebhookConnector(hook, client, clock),
  ]
  const routable = [...desks, hook].map(({ name }) => ({ name, tenants: ['main'] }))
  const part = createIncidentPart(database, { packs: [], overrides: [], desks: routable }, clock)
  const watches = connectors.flatMap(connector => {
    const desk = { connector, tenants: ['main'], fallback: null, pace: noPace, pollMs: DAY_S * 1000 }
    const watch = createTicketWatch({
      ...{ desk, tickets: part.tickets, clock, random: () => 0.5, log, changed: () => {} },
    })
    return watch ? [{ name: connector.name, watch }] : []
  })
  const registry = new Registry()
  const deskCalls = createDeskCalls({
    ...{ configs: [...desks, hook], connectors, tickets: part.tickets, changed: () => {}, registry, clock, log },
    watchOf: name => watches.find(each => each.name === name)?.watch,
  })
  addTickets(database, fake, clock.now())
  const { limits } = more
  const http = await createHttpWorld({ registers: 1, deskCalls, metrics: { registry }, ...(limits ? { limits } : {}) })
  await http.http.start()
  for (const { watch } of watches) await watch.start()
  const looks = () => database.prepare('SELECT count(*) AS n FROM desk_states WHERE looked_at IS NOT NULL').get()?.['n']
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 1_000 && !isSo(); turn++) await new Promise(resolve => setTimeout(resolve, 2))
    expect(isSo()).toBe(true)
  }
  // The first look of each, so that only calls bring another.
  await until(() => looks() === watches.length)
  return {
    ...{ http, fake, clock, log, until },
    incident: id => {
      const found = createIncidentStore(database).byId(id)
      if (!found) throw new Error('no incident')
      return found
    },
    words: id =>
      database
        .prepare('SELECT text_en AS text FROM timeline WHERE incident_id = ? ORDER BY id')
        .all(id)
        .map(row => String(row['text'])),
    call: (path, body, headers = {}) =>
      fetch(`${http.http.address()}/api/inbound/desks/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    spoil: newsId => {
      database.exec(`CREATE TRIGGER spoilt BEFORE INSERT ON desk_news WHEN new.news_id = '${newsId}'
        BEGIN SELECT RAISE(ABORT, 'cannot be kept'); END`)
      return () => database.exec('DROP TRIGGER spoilt')
    },
    metrics: () => registry.metrics(),
    calledAt: async desk => (await part.deliveries.counts('main', [desk]))[0]?.calledAt,
    stop: async () => {
      for (const { watch } of watches) await watch.stop()
      await http.stop()
      await fake.stop()
      database.close()
    },
  }
}

/** i1 has issue 1 in `desk`; i2 has issue 2 in `other`; i3 the key `tw-i3` and the number SR-3 in `hook`. */
function addTickets(database: DatabaseSync, fake: FakeRedmine, now: number): void {
  const store = createIncidentStore(database)
  const place = (desk: string) => database.prepare('SELECT place FROM desk_states WHERE desk = ?').get(desk)?.['place']
  for (const [id, desk, externalId, number] of [
    ['i1', 'desk', '1', '1'],
    ['i2', 'other', '2', '2'],
    ['i3', 'hook', 'tw-i3', 'SR-3'],
  ] as const) {
    store.save({ ...deskIncident(id, store.nextNumber('main'), now), firing: false })
    database
      .prepare(
        `INSERT INTO tickets (incident_id, desk, tenant_id, external_id, number, last_written_json, created_at, place)
         VALUES (?, ?, 'main', ?, ?, '{}', ?, ?)`,
      )
      .run(id, desk, externalId, number, now, place(desk) ?? null)
    if (desk === 'hook') continue
    fake.issues.push({
      ...{ id: Number(externalId), subject: 'x', description: '', statusId: 1, priorityId: 3, assignee: null },
      ...{
        updatedAt: now,
        fields: new Map([[FAKE_KEY_FIELD, `tw-${id}`]]),
        notes: [],
        privateNotes: new Set(),
        files: [],
      },
    })
  }
}
