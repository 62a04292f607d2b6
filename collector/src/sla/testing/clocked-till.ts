import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { SHIPPED_PACKS } from '@tillwatch/rules'
import type { IncidentAction } from '@tillwatch/shared/api'
import { ManualClock } from '@tillwatch/shared/testing'
import { createIncidentPart, type IncidentPart } from '../../incidents/state-part.ts'
import type { AcceptedFact, AcceptedMessage } from '../../ingest/batch.ts'
import { HOUSE_DESK } from '../../routing/testing/house-desk.ts'
import { openDatabase } from '../../store/sqlite/database.ts'
import { migrate } from '../../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../../store/sqlite/state-schema.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
/** Monday noon in Moscow. */
export const NOW = Date.parse('2026-11-23T09:00:00Z')

const packs = SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8') }))
const SERIAL = '0000000000301234'
export const ITEM = `register:main:${SERIAL}`

type Facts = Readonly<Record<string, AcceptedFact['value']>>
const healthy = {
  'fiscal.register.link': 'ok',
  'fiscal.register.inn': '7701234567',
  'fiscal.register.mode': 'shift_open',
  'fiscal.register.error': 'none',
  'fiscal.fn.phase': 'fiscal',
  'fiscal.fn.serial': '9960440300112233',
  'fiscal.fn.valid_until': '2027-12-01',
  'fiscal.fn.flags': [] as string[],
  'fiscal.ofd.unsent_documents': 0,
  'fiscal.ofd.first_unsent_at': null as string | null,
}
/** Stopped: nothing is sold and there is no spare, so Blocking. */
export const STOPPED: Facts = { ...healthy, 'fiscal.fn.phase': 'post_fiscal' }
/** Three days of documents on the register: Important. */
export const BACKLOG: Facts = {
  ...healthy,
  'fiscal.ofd.unsent_documents': 12,
  'fiscal.ofd.first_unsent_at': '2026-11-19T08:00:00',
}

const person = { name: 'Анна', side: 'support' } as const

/** One register at a site that is always open, with everything that decides about its incidents, minute by minute. */
export class ClockedTill {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tillwatch-sla-'))
  readonly database: DatabaseSync
  part: IncidentPart
  #seq = 0

  constructor() {
    this.database = openDatabase(join(this.#folder, 'state.db'), { durability: 'normal' })
    migrate(this.database, STATE_MIGRATIONS)
    const week = JSON.stringify({ week: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map(day => [day, ['00:00-24:00']])) })
    this.database.exec(`
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'main', 'bakery', 'Пекарня');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone, hours_text, hours_json)
      VALUES ('s', 'main', 'c', 's', 'На Мира', 'Москва, ул. Мира, 1', 'Europe/Moscow', '24/7', '${week}');
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at) VALUES ('a1', 'main', 's', 'x', 0, 0);
    INSERT INTO collector_runs (started_at, alive_at) VALUES (0, 0);`)
    this.part = this.#makePart()
  }

  #makePart(): IncidentPart {
    return createIncidentPart(this.database, { packs, overrides: [], desks: [HOUSE_DESK] }, new ManualClock(NOW))
  }

  /** As after a restart of the collector. */
  restart(): void {
    this.part = this.#makePart()
  }

  close(): void {
    this.database.close()
    rmSync(this.#folder, { recursive: true })
  }

  async say(facts: Facts, at: number): Promise<void> {
    const given = Object.fromEntries(
      Object.entries(facts).map(([name, value]) => [name, { value, at, source: 'register' as const }]),
    )
    const item = { itemId: ITEM, kind: 'register' as const, slot: 'com1', identity: SERIAL, at, facts: given }
    const message: AcceptedMessage = {
      ...{ agentId: 'a1', tenantId: 'main', kind: 'telemetry', epoch: 1, seq: ++this.#seq, lost: 0 },
      ...{ receivedAt: at, items: [item], event: null, refusal: null },
    }
    await this.part.evaluator.commit([message], at)
  }

  /** Lets time pass in steps of a minute at which everything due is done; facts come every five. */
  async pass(from: number, to: number, facts?: Facts): Promise<void> {
    for (let at = from; at <= to; at += MINUTE) {
      if (facts && (at - from) % (5 * MINUTE) === 0) await this.say(facts, at)
      for (let due: number | null = at; due !== null && due <= at; )
        due = (await this.part.evaluator.tick(at, 1000)).nextDueAt
    }
  }

  /** A stop that is seen for long enough to be an incident; the instant of its registration. */
  async stop(): Promise<number> {
    await this.pass(NOW, NOW + 10 * MINUTE, STOPPED)
    const [incident] = this.rows(`SELECT opened_at, priority FROM incidents WHERE cause_class = 'fn_state'`)
    if (incident?.['priority'] !== 1) throw new Error(`a stop is Blocking: ${JSON.stringify(incident)}`)
    return Number(incident['opened_at'])
  }

  rows(sql: string): Record<string, unknown>[] {
    return this.database.prepare(sql).all()
  }

  /** Somebody of support acts on the incident of the stop. */
  async act(action: IncidentAction, at: number): Promise<void> {
    const [incident] = this.rows(`SELECT id FROM incidents WHERE cause_class = 'fn_state'`)
    await this.part.incidents.act('main', String(incident?.['id']), action, person, at)
  }

  /** Somebody holds a role from now on. */
  respond(code: string, role: string, more: { client?: string; zone?: string } = {}): void {
    this.database
      .prepare(
        `INSERT INTO responsibles (id, tenant_id, code, role, contract, client_id, name, email, timezone, language)
         VALUES (?1, 'main', ?1, ?2, NULL, ?3, ?1, ?1 || '@example.test', ?4, 'ru')`,
      )
      .run(code, role, more.client ?? null, more.zone ?? 'Europe/Moscow')
  }
}
