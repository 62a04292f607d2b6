import type { DatabaseSync } from 'node:sqlite'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import type { Desk } from '@tillwatch/collector/connectors/registry'
import { telegramConfig } from '@tillwatch/collector/connectors/telegram/config'
import { createTelegramConnector } from '@tillwatch/collector/connectors/telegram/connector'
import { noPace } from '@tillwatch/collector/connectors/testing/no-pace'
import { createDeliveryRunner } from '@tillwatch/collector/deliveries/delivery-runner'
import { createDeliveryOutbox } from '@tillwatch/collector/deliveries/outbox'
import type { Incident } from '@tillwatch/collector/incidents/incident'
import { createIncidentStore } from '@tillwatch/collector/incidents/incident-store'
import { createIncidentPart } from '@tillwatch/collector/incidents/state-part'
import { HOUSE_DESK, toHouseDesk } from '@tillwatch/collector/routing/testing/house-desk'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { createTicketWatch, type TicketWatch } from '@tillwatch/collector/tickets/ticket-watch'
import { type Component, systemClock } from '@tillwatch/shared'
import type { IncidentAction } from '@tillwatch/shared/api'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { expect } from 'vitest'
import { deskIncident } from './connector-incident.ts'
import { buttonsOf, CHAT, type FakeMessage, noTroubles, startFakeTelegram, TOKEN } from './desks/telegram.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
export const POLL_MS = 1_000
const DISPATCHER = { telegram: 7, name: 'Диспетчер' }
export const ENGINEER = { telegram: 8, name: 'Инженер' }

/** What the buttons of a message say. */
export const words = (message: FakeMessage | undefined): string[] => buttonsOf(message).map(({ text }) => text)

/** Waits until something is so: Telegram answers over a real socket. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !isSo(); turn++) await new Promise(resolve => setTimeout(resolve, 2))
  expect(isSo()).toBe(true)
}

/** Incidents, their cards in a chat of the imitation, and people who act there: everything between a press and the card that shows it. */
export class TelegramWorld {
  readonly clock = new ManualClock(NOW)
  readonly log = recordingLogger()
  readonly database: DatabaseSync = openDatabase(':memory:')
  readonly fake: Awaited<ReturnType<typeof startFakeTelegram>>
  watch!: TicketWatch
  #part!: ReturnType<typeof createIncidentPart>
  #wake: () => void = () => {}
  #running: Component[] = []

  private constructor(fake: Awaited<ReturnType<typeof startFakeTelegram>>) {
    this.fake = fake
  }

  static async start(): Promise<TelegramWorld> {
    process.env['TILLWATCH_TEST_TELEGRAM'] = TOKEN
    const fake = Object.assign(await startFakeTelegram(), noTroubles())
    const world = new TelegramWorld(fake)
    migrate(world.database, STATE_MIGRATIONS)
    await world.connect()
    return world
  }

  async stop(): Promise<void> {
    await this.disconnect()
    await this.fake.stop()
    this.database.close()
  }

  async disconnect(): Promise<void> {
    await Promise.all(this.#running.splice(0).map(each => each.stop()))
  }

  /** The desk with its lane and its watch; settings as given. */
  async connect(more: object = {}, tenants: readonly string[] = ['main']): Promise<void> {
    const { clock, log, fake, database } = this
    const part = createIncidentPart(
      database,
      { packs: [], overrides: [], desks: [{ ...HOUSE_DESK, tenants, shows: true }] },
      clock,
    )
    const config = telegramConfig.parse({
      ...{ kind: 'telegram', name: 'desk', url: fake.url, secret: { env: 'TILLWATCH_TEST_TELEGRAM' } },
      ...{ chat_id: CHAT, allow_private: true, people: [DISPATCHER, ENGINEER], ...more },
    })
    const http = createHttpClient(systemClock, 60_000)
    const connector = createTelegramConnector(config, http, http)
    const desk: Desk = { connector, tenants, fallback: null, pace: noPace, pollMs: POLL_MS }
    const runner = createDeliveryRunner({
      ...{ desks: [desk], deliveries: part.deliveries, publicUrl: 'https://tillwatch.test', clock, random: () => 0.5 },
      ...{ logger: log, crashPoint: () => {}, settled: () => {} },
    })
    const watch = createTicketWatch({
      ...{ desk, tickets: part.tickets, clock, random: () => 0.5, log, changed: () => runner.wake() },
    })
    if (!watch) throw new Error('not watched')
    this.watch = watch
    this.#part = part
    this.#wake = () => runner.wake()
    this.#running.push(runner, watch)
    await runner.start()
    await watch.start()
    await until(() => typeof database.prepare('SELECT cursor FROM desk_states').get()?.['cursor'] === 'string')
  }

  get looks(): number {
    return this.fake.requests.filter(each => each.endsWith('/getUpdates')).length
  }

  /** One more look, and what follows from it. */
  async look(): Promise<void> {
    const before = this.looks
    await this.clock.advance(POLL_MS)
    await until(() => this.looks > before)
    await this.settled()
  }

  /** The look after the last one has begun, and nothing is left to be sent: all that was done is done. */
  async settled(isSo: () => boolean = () => true): Promise<void> {
    const count = this.database.prepare(`SELECT count(*) AS n FROM deliveries WHERE state IN ('waiting', 'unknown')`)
    const waiting = () => Number(count.get()?.['n'])
    const before = this.looks
    for (let turn = 0; turn < 600 && (this.looks === before || waiting() > 0 || !isSo()); turn++) {
      await new Promise(resolve => setTimeout(resolve, 2))
      await this.clock.advance(POLL_MS)
    }
    expect([waiting(), isSo()]).toEqual([0, true])
  }

  incident(id = 'i1'): Incident {
    const found = createIncidentStore(this.database).byId(id)
    if (!found) throw new Error('no incident')
    return found
  }

  /** What people and desks did, without the card itself. */
  timeline(id = 'i1'): { actor: string; text: string }[] {
    const entries = this.database.prepare(
      `SELECT actor, text_ru AS text FROM timeline WHERE incident_id = ? AND kind <> 'ticket' ORDER BY id`,
    )
    return entries.all(id) as { actor: string; text: string }[]
  }

  /** What somebody was told about his press. */
  heard(query: string) {
    return this.fake.answers.find(each => each.query === query)
  }

  /** An incident with its card in the chat. */
  async card(id = 'i1', route: string | null = null): Promise<FakeMessage> {
    const store = createIncidentStore(this.database)
    const open = { ...deskIncident(id, store.nextNumber('main'), NOW), firing: false }
    store.save(open)
    const both = { ru: `Очередь стоит ${id}`, en: 'The queue stands' }
    const subject = {
      ...{ incidentId: id, number: open.number, key: open.deskKey, episode: 1, causeClass: 'ofd' },
      ...{ itemId: open.itemId, ci: 'ШТРИХ-М 1', site: null, client: null, openedAt: new Date(NOW).toISOString() },
    }
    const standing = { status: open.status, assignee: open.assignee }
    const payload = { title: both, text: both, priority: open.priority, subject, standing }
    const targets = () => toHouseDesk().map(target => ({ ...target, route }))
    createDeliveryOutbox(this.database, targets).add(open, 'open', payload, NOW)
    this.#wake()
    const made = () => this.fake.messages.find(({ text, replyTo }) => replyTo === null && text.includes(`стоит ${id}`))
    await this.settled(() => made() !== undefined)
    const found = made()
    if (!found) throw new Error('no card')
    return found
  }

  /** Somebody does it in the portal; `isTold`: and the card shows it. */
  async act(action: IncidentAction, isTold = true): Promise<void> {
    await this.#part.incidents.act('main', 'i1', action, { name: 'Portal', side: 'support' }, this.clock.now())
    if (!isTold) return
    this.#wake()
    await this.settled()
  }
}
