import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import { DUE_PER_QUERY } from '../store/sqlite/due.ts'

/** What is known of one unfinished incident on its way to critical. */
export interface Watch {
  readonly incidentId: string
  readonly tenantId: string
  /** Opening time for which it has been Blocking, up to `countedTo`, ms. */
  readonly blockingMs: number
  /** Since when the present run of Blocking is not counted yet; null while it is not Blocking. */
  readonly countedTo: EpochMs | null
  /** A person has said that it is not critical: the machine leaves it at that. */
  readonly waived: boolean
  readonly dueAt: EpochMs | null
}

/** A site of which no register can sell. */
export interface StoppedSite {
  readonly siteId: string
  readonly tenantId: string
  readonly since: EpochMs
  readonly dueAt: EpochMs
}

/** What the critical procedure remembers. Synchronous: it belongs to the state thread. */
export interface WatchStore {
  watch(incidentId: string): Watch | null
  saveWatch(watch: Watch): void
  forget(incidentId: string): void
  dueWatches(now: EpochMs): readonly Watch[]
  stoppedSite(siteId: string): StoppedSite | null
  saveSite(site: StoppedSite): void
  forgetSite(siteId: string): void
  dueSites(now: EpochMs): readonly StoppedSite[]
  nextDueAt(): EpochMs | null
  /** After people have changed the criteria, everything is looked at anew. */
  askAll(tenantId: string, now: EpochMs): void
  /** Registers of a site, and how many of them cannot sell by their newest facts. */
  registers(tenantId: string, siteId: string): { readonly all: number; readonly stopped: number }
  /** Unfinished faults of the registers of a site, the most urgent first; those that a person has waived are left out. */
  incidentsOf(tenantId: string, siteId: string): readonly { readonly id: string; readonly critical: boolean }[]
}

interface WatchRow {
  incident_id: string
  tenant_id: string
  blocking_ms: number
  counted_to: number | null
  waived: number
  due_at: number | null
}

const watchOf = (row: WatchRow): Watch => ({
  incidentId: row.incident_id,
  tenantId: row.tenant_id,
  blockingMs: row.blocking_ms,
  countedTo: row.counted_to,
  waived: row.waived === 1,
  dueAt: row.due_at,
})

/** The store over an open connection. */
export function createWatchStore(database: DatabaseSync): WatchStore {
  const selectWatch = database.prepare('SELECT * FROM critical_watch WHERE incident_id = ?')
  const upsertWatch = database.prepare(
    `INSERT INTO critical_watch (incident_id, tenant_id, blocking_ms, counted_to, waived, due_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (incident_id) DO UPDATE SET blocking_ms = excluded.blocking_ms, counted_to = excluded.counted_to,
       waived = excluded.waived, due_at = excluded.due_at`,
  )
  const deleteWatch = database.prepare('DELETE FROM critical_watch WHERE incident_id = ?')
  const selectDueWatches = database.prepare(
    `SELECT * FROM critical_watch WHERE due_at <= ? ORDER BY due_at LIMIT ${DUE_PER_QUERY}`,
  )
  const siteColumns = 'site_id AS siteId, tenant_id AS tenantId, since, due_at AS dueAt'
  const selectSite = database.prepare(`SELECT ${siteColumns} FROM stopped_sites WHERE site_id = ?`)
  const upsertSite = database.prepare(
    `INSERT INTO stopped_sites (site_id, tenant_id, since, due_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (site_id) DO UPDATE SET since = excluded.since, due_at = excluded.due_at`,
  )
  const deleteSite = database.prepare('DELETE FROM stopped_sites WHERE site_id = ?')
  const selectDueSites = database.prepare(
    `SELECT ${siteColumns} FROM stopped_sites WHERE due_at <= ? ORDER BY due_at LIMIT ${DUE_PER_QUERY}`,
  )
  const selectNext = database.prepare(
    `SELECT min(at) AS at FROM (SELECT min(due_at) AS at FROM critical_watch WHERE due_at IS NOT NULL
                                UNION ALL SELECT min(due_at) FROM stopped_sites)`,
  )
  const askWatches = database.prepare('UPDATE critical_watch SET due_at = ? WHERE tenant_id = ? AND waived = 0')
  const askSites = database.prepare('UPDATE stopped_sites SET due_at = ? WHERE tenant_id = ?')
  // The plus keeps the planner to the registers of the site: a tenant has most of the table.
  const countRegisters = database.prepare(
    `SELECT count(*) AS "all", coalesce(sum(i.can_sell = 'no'), 0) AS stopped
       FROM agents a JOIN items i ON i.agent_id = a.id AND +i.tenant_id = a.tenant_id
      WHERE a.tenant_id = ? AND a.site_id = ? AND a.revoked_at IS NULL AND i.kind = 'register'`,
  )
  const selectIncidents = database.prepare(
    `SELECT n.id, n.critical_at IS NOT NULL AS critical FROM incidents n JOIN items i ON i.id = n.item_id AND i.kind = 'register'
       LEFT JOIN critical_watch w ON w.incident_id = n.id
      WHERE n.tenant_id = ? AND n.site_id = ? AND n.status IN ('open', 'in_work', 'waiting') AND n.firing = 1
        AND n.kind = 'incident' AND coalesce(w.waived, 0) = 0
      ORDER BY n.priority, n.opened_at LIMIT 20`,
  )
  return {
    watch: incidentId => {
      const row = selectWatch.get(incidentId) as WatchRow | undefined
      return row ? watchOf(row) : null
    },
    saveWatch: ({ incidentId, tenantId, blockingMs, countedTo, waived, dueAt }) => {
      upsertWatch.run(incidentId, tenantId, blockingMs, countedTo, waived ? 1 : 0, dueAt)
    },
    forget: incidentId => {
      deleteWatch.run(incidentId)
    },
    dueWatches: now => (selectDueWatches.all(now) as unknown as WatchRow[]).map(watchOf),
    stoppedSite: siteId => (selectSite.get(siteId) as unknown as StoppedSite | undefined) ?? null,
    saveSite: ({ siteId, tenantId, since, dueAt }) => {
      upsertSite.run(siteId, tenantId, since, dueAt)
    },
    forgetSite: siteId => {
      deleteSite.run(siteId)
    },
    dueSites: now => selectDueSites.all(now) as unknown as StoppedSite[],
    nextDueAt: () => (selectNext.get() as { at: number | null }).at,
    askAll: (tenantId, now) => {
      askWatches.run(now, tenantId)
      askSites.run(now, tenantId)
    },
    registers: (tenantId, siteId) => countRegisters.get(tenantId, siteId) as { all: number; stopped: number },
    incidentsOf: (tenantId, siteId) =>
      (selectIncidents.all(tenantId, siteId) as { id: string; critical: number }[]).map(({ id, critical }) => ({
        id,
        critical: critical === 1,
      })),
  }
}
