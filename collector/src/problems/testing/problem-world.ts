import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { SHIPPED_PACKS } from '@tillwatch/rules'
import { ManualClock } from '@tillwatch/shared/testing'
import { createIncidentPart, type IncidentPart, type IncidentPartData } from '../../incidents/state-part.ts'
import type { AcceptedFact } from '../../ingest/batch.ts'
import { HOUSE_DESK } from '../../routing/testing/house-desk.ts'
import { openDatabase } from '../../store/sqlite/database.ts'
import { migrate } from '../../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../../store/sqlite/state-schema.ts'

export const NOW = Date.parse('2026-11-02T09:00:00Z')
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

const packs = SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8') }))
const ALWAYS = JSON.stringify({
  week: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map(day => [day, ['00:00-24:00']])),
})
const healthy = {
  'fiscal.register.link': 'ok',
  'fiscal.register.mode': 'shift_open',
  'fiscal.register.error': 'none',
  'fiscal.fn.phase': 'fiscal',
  'fiscal.fn.valid_until': '2028-12-01',
  'fiscal.ofd.unsent_documents': 0,
  'fiscal.ofd.first_unsent_at': null as string | null,
}

type Facts = Readonly<Record<string, AcceptedFact['value']>>
export type Row = Record<string, unknown>

/** The state thread's parts over a file of two tenants with five registers each; register `n` of tenant `t` is `register:t:n`. */
export interface ProblemWorld {
  readonly database: DatabaseSync
  readonly part: IncidentPart
  readonly path: string
  /** Registers whose queue to the OFD stands for days: an incident each. */
  fail(registers: readonly string[], at: number, facts?: Facts): Promise<void>
  /** The queue is empty, long enough for the incident to be solved. */
  recover(registers: readonly string[], at: number): Promise<void>
  tick(at: number): Promise<readonly string[]>
  rows(sql: string, ...values: (string | number)[]): Row[]
  /** The newest incident of a register. */
  incident(register: string): { id: string; number: number; status: string }
  /** The state thread begins anew over the same file. */
  restart(): void
  stop(): void
}

export function createProblemWorld(data: Partial<IncidentPartData> = {}): ProblemWorld {
  const folder = mkdtempSync(join(tmpdir(), 'tillwatch-problems-'))
  const path = join(folder, 'state.db')
  const database = openDatabase(path, { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  for (const tenant of ['main', 'other']) seedTenant(database, tenant)
  const start = () =>
    createIncidentPart(database, { packs, overrides: [], desks: [HOUSE_DESK], ...data }, new ManualClock())
  let part = start()
  let seq = 0
  const say = (register: string, told: Facts, at: number) => {
    seq++
    const [tenantId = '', serial = ''] = register.split(':').slice(1)
    const facts = Object.fromEntries(
      Object.entries({ 'fiscal.fn.serial': `99604403000000${serial.padStart(2, '0')}`, ...healthy, ...told }).map(
        ([name, value]) => [name, { value, at, source: 'register' as const }],
      ),
    )
    const item = { itemId: register, kind: 'register' as const, slot: 'com1', identity: serial, at, facts }
    const message = {
      ...{ agentId: `${tenantId}-agent-${serial}`, tenantId, kind: 'telemetry' as const, epoch: 1, seq },
      ...{ lost: 0, receivedAt: at, items: [item], event: null, refusal: null },
    }
    return part.evaluator.commit([message], at)
  }
  const rows: ProblemWorld['rows'] = (sql, ...values) => database.prepare(sql).all(...values) as Row[]
  const tick = async (at: number) => (await part.evaluator.tick(at, 1_000)).incidentIds
  return {
    database,
    get part() {
      return part
    },
    restart: () => {
      part = start()
    },
    path,
    fail: async (registers, at, facts = {}) => {
      const stuck = new Date(at - 4 * DAY).toISOString().slice(0, 19)
      const queue = { 'fiscal.ofd.unsent_documents': 12, 'fiscal.ofd.first_unsent_at': stuck }
      for (const register of registers) {
        const { failures } = await say(register, { ...queue, ...facts }, at)
        if (failures.length > 0) throw new Error(failures[0]?.message)
      }
    },
    recover: async (registers, at) => {
      for (const register of registers) await say(register, {}, at)
      for (const register of registers) await say(register, {}, at + HOUR)
      await tick(at + HOUR)
    },
    tick,
    rows,
    incident: register => {
      const [row] = rows('SELECT id, number, status FROM incidents WHERE item_id = ? ORDER BY number DESC', register)
      if (!row) throw new Error(`${register} has no incident`)
      return row as { id: string; number: number; status: string }
    },
    stop: () => {
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Registers 1 to 3 belong to client `a`, 4 to 6 to client `b`. */
function seedTenant(database: DatabaseSync, tenant: string): void {
  database
    .prepare('INSERT OR IGNORE INTO tenants (id, name, parent_id, created_at) VALUES (?, ?, NULL, 0)')
    .run(tenant, tenant)
  for (const code of ['a', 'b']) {
    const client = `${tenant}-${code}`
    database
      .prepare('INSERT INTO clients (id, tenant_id, code, name) VALUES (?, ?, ?, ?)')
      .run(client, tenant, code, `Кафе ${client}`)
    database
      .prepare(
        `INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone, hours_text, hours_json)
          VALUES (?, ?, ?, ?, ?, 'Москва, ул. Мира, 1', 'Europe/Moscow', '24/7', ?)`,
      )
      .run(client, tenant, client, code, `Точка ${code}`, ALWAYS)
  }
  for (const serial of [1, 2, 3, 4, 5, 6]) {
    database
      .prepare(
        'INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at) VALUES (?, ?, ?, ?, 0, 0)',
      )
      .run(`${tenant}-agent-${serial}`, tenant, `${tenant}-${serial <= 3 ? 'a' : 'b'}`, 'x')
  }
  database.exec('INSERT OR IGNORE INTO collector_runs (started_at, alive_at) VALUES (0, 0)')
}
