import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { SHIPPED_PACKS } from '@tillwatch/rules'
import type { FactValue } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { createIncidentPart, type IncidentPart, type IncidentPartData } from '../../incidents/state-part.ts'
import type { AcceptedItem, AcceptedMessage } from '../../ingest/batch.ts'
import { HOUSE_DESK } from '../../routing/testing/house-desk.ts'
import { openDatabase } from '../../store/sqlite/database.ts'
import { migrate } from '../../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../../store/sqlite/state-schema.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
/** A Monday at noon in Moscow. */
export const NOON = Date.parse('2026-11-23T09:00:00Z')
const ALL_WEEK = JSON.stringify({
  week: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map(day => [day, ['00:00-24:00']])),
})

/** A register that has nothing wrong with it. */
export const HEALTHY: Readonly<Record<string, FactValue>> = {
  'fiscal.register.link': 'ok',
  'fiscal.register.inn': '7701234567',
  'fiscal.register.mode': 'shift_open',
  'fiscal.register.error': 'none',
  'fiscal.register.ofd_inn': '7704358518',
  'fiscal.register.ofd_name': 'Платформа',
  'fiscal.register.model': 'Модель',
  'fiscal.register.firmware': '1.0',
  'fiscal.fn.phase': 'fiscal',
  'fiscal.fn.valid_until': '2027-12-01',
  'fiscal.fn.flags': [],
  'fiscal.ofd.unsent_documents': 0,
  'fiscal.ofd.first_unsent_at': null,
}
/** Receipts stand since two days ago. */
export const QUEUE = {
  ...HEALTHY,
  'fiscal.ofd.unsent_documents': 12,
  'fiscal.ofd.first_unsent_at': '2026-11-21T11:00:00',
}
/** A fault whose hold is five minutes. */
export const BROKEN_DRIVE = { ...HEALTHY, 'fiscal.fn.flags': ['critical_error'] }

interface PlacedTill {
  readonly site?: string
  readonly tenant?: string
}

/** A small fleet on the real services of the state thread. Time moves only when the test says so. */
export class NoiseFleet {
  readonly database: DatabaseSync
  readonly clock = new ManualClock()
  readonly #folder = mkdtempSync(join(tmpdir(), 'tillwatch-noise-'))
  readonly #more: Partial<IncidentPartData>
  part: IncidentPart
  now = NOON
  #seq = 0

  constructor(more: Partial<IncidentPartData> = {}) {
    this.#more = more
    this.database = openDatabase(join(this.#folder, 'state.db'), { durability: 'normal' })
    migrate(this.database, STATE_MIGRATIONS)
    this.database.exec(`
      INSERT INTO tenants (id, name, parent_id, created_at) VALUES ('other', 'Другие', 'main', 0);
      INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'main', 'c', 'Пекарня'), ('oc', 'other', 'c', 'Чужие');
      INSERT INTO collector_runs (started_at, alive_at) VALUES (0, 0);`)
    this.part = this.#makePart()
  }

  #makePart(): IncidentPart {
    const packs = SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8'), shipped: true }))
    return createIncidentPart(
      this.database,
      { packs, overrides: [], desks: [{ ...HOUSE_DESK, tenants: ['main', 'other'] }], ...this.#more },
      this.clock,
    )
  }

  /** As after a restart of the collector. */
  restart(): void {
    this.part = this.#makePart()
  }

  site(
    id: string,
    more: { tenant?: string; client?: string; zone?: string; hours?: string | null; region?: string } = {},
  ): void {
    const { tenant = 'main', client = tenant === 'main' ? 'c' : 'oc', zone = 'Europe/Moscow', region = null } = more
    const hours = more.hours === undefined ? ALL_WEEK : more.hours
    this.database
      .prepare(
        `INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone, hours_text, hours_json, region)
         VALUES (?, ?, ?, ?, ?, 'Москва', ?, ?, ?, ?)`,
      )
      .run(id, tenant, client, id, `Объект ${id}`, zone, hours, hours, region)
  }

  /** A PC of a site, connected and heard just now. */
  till(agentId: string, { site = 's', tenant = 'main' }: PlacedTill = {}): void {
    this.database
      .prepare(
        `INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at, state, last_heard_at)
         VALUES (?, ?, ?, 'x', 0, 0, 'online', ?)`,
      )
      .run(agentId, tenant, site, this.now)
  }

  /** The link of an agent goes or comes. */
  connection(agentId: string, state: 'online' | 'offline'): void {
    this.database.prepare('UPDATE agents SET state = ? WHERE id = ?').run(state, agentId)
  }

  message(
    agentId: string,
    facts: Readonly<Record<string, FactValue>>,
    more: Partial<AcceptedItem> & { tenant?: string; seq?: number } = {},
  ): AcceptedMessage {
    const { tenant = 'main', kind = 'register', at = this.now, seq = this.#seq + 1, ...item } = more
    const slot = item.slot ?? (kind === 'pc' ? 'pc' : 'com1')
    const itemId = kind === 'pc' ? `pc:${agentId}` : `register:${tenant}:${agentId}-${slot}`
    const told = Object.entries(facts).map(([name, value]) => [name, { value, at, source: 'register' as const }])
    const whole: AcceptedItem = {
      ...{ itemId, kind, slot, identity: kind === 'pc' ? null : `${agentId}-${slot}`, at },
      facts: Object.fromEntries(told),
      ...item,
    }
    this.#seq = Math.max(this.#seq, seq)
    return {
      ...{ agentId, tenantId: tenant, kind: 'telemetry', epoch: 1, seq, lost: 0 },
      ...{ receivedAt: this.now, items: [whole], event: null, refusal: null },
    }
  }

  /** An agent says something now. */
  async say(
    agentId: string,
    facts: Readonly<Record<string, FactValue>>,
    more: Parameters<NoiseFleet['message']>[2] = {},
  ): Promise<void> {
    const outcome = await this.part.evaluator.commit([this.message(agentId, facts, more)], this.now)
    if (outcome.failures.length > 0) throw new Error(JSON.stringify(outcome.failures))
  }

  /** Several agents say something in one batch. */
  async sayAll(messages: readonly AcceptedMessage[]): Promise<void> {
    const outcome = await this.part.evaluator.commit(messages, this.now)
    if (outcome.failures.length > 0) throw new Error(JSON.stringify(outcome.failures))
  }

  /** Time passes; everything that falls due on the way is done when it is due. Connected agents are heard all the time. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms
    const hear = this.database.prepare("UPDATE agents SET last_heard_at = ? WHERE state = 'online'")
    for (let steps = 0; steps < 5_000; steps++) {
      hear.run(this.now)
      const { nextDueAt, failures } = await this.part.evaluator.tick(this.now, 1_000)
      if (failures.length > 0) throw new Error(JSON.stringify(failures))
      if (nextDueAt === null || nextDueAt > end) {
        this.now = end
        return
      }
      this.now = Math.max(this.now, nextDueAt)
    }
    throw new Error('time does not pass: something is due for ever')
  }

  rows<T = Record<string, unknown>>(sql: string, ...values: (string | number)[]): T[] {
    return this.database
      .prepare(sql)
      .all(...values)
      .map(row => ({ ...row })) as T[]
  }

  /** `class status` of every incident, oldest first. */
  incidents(tenant = 'main'): string[] {
    return this.rows<{ cause_class: string; status: string }>(
      'SELECT cause_class, status FROM incidents WHERE tenant_id = ? ORDER BY number',
      tenant,
    ).map(row => `${row.cause_class} ${row.status}`)
  }

  /** Kinds of what desks were told, oldest first; of one cause class when it is named. */
  told(causeClass = '%'): string[] {
    return this.rows<{ kind: string }>(
      'SELECT d.kind FROM deliveries d JOIN incidents n ON n.id = d.incident_id WHERE n.cause_class LIKE ? ORDER BY d.id',
      causeClass,
    ).map(row => row.kind)
  }

  withheld(agentId: string, slot = 'com1', tenant = 'main'): string[] {
    const [row] = this.rows<{ view_json: string }>(
      'SELECT view_json FROM items WHERE id = ?',
      `register:${tenant}:${agentId}-${slot}`,
    )
    const view = JSON.parse(row?.view_json ?? '{}') as { withheld?: { causeClass: string; text: { ru: string } }[] }
    return (view.withheld ?? []).map(({ causeClass, text }) => `${causeClass}: ${text.ru}`)
  }

  close(): void {
    this.database.close()
    rmSync(this.#folder, { recursive: true })
  }
}
