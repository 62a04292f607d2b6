import type { DatabaseSync } from 'node:sqlite'
import type { Fleet } from '../../fleet/fleet.ts'
import { createAgentComings } from './agent-comings.ts'
import { createAgentRecords } from './agent-records.ts'
import { inTransaction } from './database.ts'

type UplinkBook = Pick<
  Fleet,
  'credentialsOf' | 'changedCredentials' | 'standingsOf' | 'note' | 'beginRun' | 'alive' | 'endRun' | 'thin'
>

/** Unknown agents kept; the ones that knocked longest ago go first. */
const UNKNOWN_MAX = 500
/** Epochs looked up for an agent; older ones only matter to a till that slept for years, which then begins a new one. */
const EPOCHS_MAX = 16
/** Rows deleted in one step of thinning, so that no step is felt. */
const THIN_ROWS = 500

interface CredentialsRow {
  id: string
  tenant_id: string
  secret_hash: string
  revoked_at: number | null
}
const credentials = (row: CredentialsRow) => ({
  tenantId: row.tenant_id,
  secretHash: row.secret_hash,
  revoked: row.revoked_at !== null,
})

/** The part of the fleet that the uplink asks all the time: prepared statements only. */
export function createUplinkBook(database: DatabaseSync): UplinkBook {
  const select = 'SELECT id, tenant_id, secret_hash, revoked_at FROM agents'
  const one = database.prepare(`${select} WHERE id = ?`)
  const changed = database.prepare(`${select} WHERE credentials_changed_at >= ?`)
  const marks = database.prepare(
    `SELECT epoch, mark FROM marks WHERE agent_id = ? ORDER BY epoch DESC LIMIT ${EPOCHS_MAX}`,
  )
  const presence = database.prepare('SELECT state, connection FROM agents WHERE id = ?')
  const runs = runStatements(database)
  const writeNotes = createNoteWriter(database)

  return {
    credentialsOf: async agentId => {
      const row = one.get(agentId) as unknown as CredentialsRow | undefined
      return row ? credentials(row) : null
    },
    changedCredentials: async since =>
      (changed.all(since) as unknown as CredentialsRow[]).map(row => ({
        agentId: row.id,
        credentials: credentials(row),
      })),
    standingsOf: async agentIds => {
      const standings = agentIds.map(agentId => {
        const rows = marks.all(agentId) as unknown as { epoch: number; mark: number }[]
        const row = presence.get(agentId) as
          | { state: 'never' | 'online' | 'offline'; connection: string | null }
          | undefined
        const found = rows.map(({ epoch, mark }) => ({ epoch, mark }))
        return [
          agentId,
          {
            position: found[0] ?? { epoch: 0, mark: 0 },
            marks: found,
            presence: { state: row?.state ?? 'never', connection: row?.connection ?? null },
          },
        ] as const
      })
      return Object.fromEntries(standings)
    },
    note: notes => inTransaction(database, () => writeNotes(notes)),
    ...runs,
    thin: async before => {
      const deleted = ['quarantine', 'agent_events'].map(
        table =>
          database
            .prepare(`DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE at < ? LIMIT ${THIN_ROWS})`)
            .run(before).changes,
      )
      return deleted.some(rows => Number(rows) === THIN_ROWS)
    },
  }
}

function runStatements(database: DatabaseSync): Pick<Fleet, 'beginRun' | 'alive' | 'endRun'> {
  const alive = database.prepare('UPDATE collector_runs SET alive_at = ? WHERE id = ?')
  return {
    beginRun: now =>
      inTransaction(database, () => {
        database.prepare("UPDATE agents SET state = 'offline' WHERE state = 'online'").run()
        const begun = database.prepare('INSERT INTO collector_runs (started_at, alive_at) VALUES (?, ?)').run(now, now)
        return Number(begun.lastInsertRowid)
      }),
    alive: async (run, now) => {
      alive.run(now, run)
    },
    endRun: async (run, now) => {
      database.prepare('UPDATE collector_runs SET alive_at = ?, stopped_at = ? WHERE id = ?').run(now, now, run)
    },
  }
}

function createNoteWriter(database: DatabaseSync): (notes: Parameters<Fleet['note']>[0]) => void {
  const presence = database.prepare(
    `UPDATE agents SET state = ?, connection = ?, public_address = ?,
     last_heard_at = CASE WHEN ? THEN max(coalesce(last_heard_at, 0), ?) ELSE last_heard_at END,
     first_heard_at = coalesce(first_heard_at, ?) WHERE id = ?`,
  )
  const heard = database.prepare('UPDATE agents SET last_heard_at = max(coalesce(last_heard_at, 0), ?) WHERE id = ?')
  const duplicate = database.prepare('UPDATE agents SET duplicate_at = ? WHERE id = ?')
  const records = createAgentRecords(database)
  const comings = createAgentComings(database)
  const unknown = database.prepare(
    `INSERT INTO unknown_agents (id, address, attempts, first_at, last_at) VALUES (?, ?, 1, ?, ?)
     ON CONFLICT (id) DO UPDATE SET address = excluded.address, attempts = attempts + 1, last_at = excluded.last_at`,
  )
  const trimUnknown = database.prepare(
    `DELETE FROM unknown_agents WHERE id IN (SELECT id FROM unknown_agents ORDER BY last_at DESC LIMIT -1 OFFSET ${UNKNOWN_MAX})`,
  )
  return notes => {
    for (const { agentId, presence: now, address, at } of notes.presence) {
      presence.run(now.state, now.connection, address, now.state === 'online' ? 1 : 0, at, at, agentId)
      if (now.state === 'online') comings.came(agentId, address, at)
      else comings.went(agentId, now.manner ?? 'unknown', at)
    }
    for (const { agentId, at } of notes.heard) heard.run(at, agentId)
    for (const { agentId, at, details } of notes.duplicates) {
      duplicate.run(at, agentId)
      records.event(agentId, 'duplicate_identity', at, details)
    }
    for (const { id, address, at } of notes.unknown) unknown.run(id, address, at, at)
    if (notes.unknown.length > 0) trimUnknown.run()
    for (const { agentId, at, ...refusal } of notes.unplaced) records.refused(agentId, null, refusal, at)
  }
}
