import type { DatabaseSync } from 'node:sqlite'
import { AppError, type EpochMs } from '@tillwatch/shared'
import type { CriticalSettings } from '@tillwatch/shared/api'
import { type CriticalCriteria, USUAL_CRITERIA } from './criteria.ts'

/** Criteria as people have set them. Synchronous: it belongs to the state thread. */
export interface CriteriaStore {
  /** Those of the client, else those of the tenant, else the usual ones. */
  of(tenantId: string, clientId: string | null): CriticalCriteria
  isMarked(tenantId: string, siteId: string): boolean
  /** Replaces all of them. Throws `client.unknown` or `site.unknown` for a code that the tenant's directory does not have. */
  replace(tenantId: string, settings: CriticalSettings, actor: string, now: EpochMs): void
}

interface CriteriaRow {
  blocking_minutes: number | null
  stopped_minutes: number | null
  marked_priority: number | null
}

/** The tenant's own row, for clients that have none. */
const EVERY_CLIENT = ''

/** The store over an open connection. */
export function createCriteriaStore(database: DatabaseSync): CriteriaStore {
  const select = database.prepare(
    `SELECT blocking_minutes, stopped_minutes, marked_priority FROM critical_criteria
      WHERE tenant_id = ? AND client_id IN (?, '') ORDER BY client_id DESC LIMIT 1`,
  )
  const selectMark = database.prepare('SELECT 1 FROM critical_sites WHERE site_id = ? AND tenant_id = ?')
  const clientOf = database.prepare('SELECT id FROM clients WHERE tenant_id = ? AND code = ?')
  const siteOf = database.prepare('SELECT id FROM sites WHERE tenant_id = ? AND code = ?')
  const clearCriteria = database.prepare('DELETE FROM critical_criteria WHERE tenant_id = ?')
  const insertCriteria = database.prepare(
    `INSERT INTO critical_criteria (tenant_id, client_id, blocking_minutes, stopped_minutes, marked_priority) VALUES (?, ?, ?, ?, ?)`,
  )
  const selectMarks = database.prepare('SELECT site_id AS id FROM critical_sites WHERE tenant_id = ?')
  const insertMark = database.prepare(
    'INSERT INTO critical_sites (site_id, tenant_id, marked_by, marked_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const deleteMark = database.prepare('DELETE FROM critical_sites WHERE site_id = ? AND tenant_id = ?')

  const idOf = (find: typeof clientOf, what: 'client' | 'site', tenantId: string, code: string): string => {
    const row = find.get(tenantId, code) as { id: string } | undefined
    if (row) return row.id
    throw new AppError(`${what}.unknown`, `the directory has no ${what} ${code}`, {
      nextStep: 'Take the code from the directory.',
    })
  }
  const insert = (tenantId: string, clientId: string, criteria: CriticalCriteria) =>
    insertCriteria.run(
      tenantId,
      clientId,
      criteria.blockingMinutes,
      criteria.siteStoppedMinutes,
      criteria.markedPriority,
    )
  return {
    of: (tenantId, clientId) => {
      const row = select.get(tenantId, clientId ?? EVERY_CLIENT) as CriteriaRow | undefined
      if (!row) return USUAL_CRITERIA
      return {
        blockingMinutes: row.blocking_minutes,
        siteStoppedMinutes: row.stopped_minutes,
        markedPriority: row.marked_priority as CriticalCriteria['markedPriority'],
      }
    },
    isMarked: (tenantId, siteId) => selectMark.get(siteId, tenantId) !== undefined,
    replace: (tenantId, { usual, clients, sites }, actor, now) => {
      const marked = new Set(sites.map(code => idOf(siteOf, 'site', tenantId, code)))
      clearCriteria.run(tenantId)
      insert(tenantId, EVERY_CLIENT, usual)
      for (const { code, ...criteria } of clients) insert(tenantId, idOf(clientOf, 'client', tenantId, code), criteria)
      for (const { id } of selectMarks.all(tenantId) as { id: string }[]) {
        if (!marked.has(id)) deleteMark.run(id, tenantId)
      }
      for (const id of marked) insertMark.run(id, tenantId, actor, now)
    },
  }
}
