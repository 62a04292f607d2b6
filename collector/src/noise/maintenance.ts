import type { DatabaseSync } from 'node:sqlite'
import { AppError, type EpochMs, MAINTENANCE_WINDOWS_MAX } from '@tillwatch/shared'
import type { MaintenanceDraft, MaintenanceScope } from '@tillwatch/shared/api'
import { inTransaction } from '../store/sqlite/database.ts'
import type { WindowStore } from './window-store.ts'

/** Maintenance windows as people open and end them. Lives in the state thread as `maintenance`. */
export interface Maintenance {
  /** The id of the new window. Rejects with `maintenance.unknown_scope`, `maintenance.past` or `maintenance.too_many`. */
  open(tenantId: string, draft: MaintenanceDraft, author: string, now: EpochMs): Promise<string>
  /** Ends it before its time; nothing when it is over already. Rejects with `maintenance.unknown`. */
  end(tenantId: string, windowId: string, actor: string, now: EpochMs): Promise<void>
}

/** Keeps the window of a register beside its replacement mark. Runs inside the caller's transaction; `until` null: the mark is gone. */
export type ReplacementWindow = (
  tenantId: string,
  itemId: string,
  until: EpochMs | null,
  actor: string,
  now: EpochMs,
) => void

/** The service over an open connection. */
export function createMaintenance(database: DatabaseSync, windows: WindowStore): Maintenance {
  const ownerTables: Readonly<Record<Exclude<MaintenanceScope, 'tenant'>, string>> = {
    client: 'SELECT id FROM clients WHERE tenant_id = ? AND code = ?',
    site: 'SELECT id FROM sites WHERE tenant_id = ? AND code = ?',
    item: 'SELECT id FROM items WHERE tenant_id = ? AND id = ?',
  }
  const scopeIdOf = (tenantId: string, scope: MaintenanceDraft['scope']): string => {
    if (scope.kind === 'tenant') return tenantId
    const row = database.prepare(ownerTables[scope.kind]).get(tenantId, scope.id)
    if (row) return String(row['id'])
    throw new AppError('maintenance.unknown_scope', `there is no ${scope.kind} ${scope.id}`, {
      nextStep: 'Choose it from the directory or open the window from the page of the till.',
    })
  }
  return {
    open: (tenantId, draft, author, now) =>
      inTransaction(database, () => {
        const { scope, check, weekly, reason, agreed } = draft
        const startsAt = Date.parse(draft.startsAt)
        const endsAt = draft.endsAt === null ? null : Date.parse(draft.endsAt)
        if (endsAt !== null && endsAt <= now) {
          throw new AppError('maintenance.past', 'the end of the window lies in the past', {
            nextStep: 'Choose a moment that is still to come.',
          })
        }
        if (windows.countCurrent(tenantId, now) >= MAINTENANCE_WINDOWS_MAX) {
          throw new AppError('maintenance.too_many', `there are ${MAINTENANCE_WINDOWS_MAX} windows already`, {
            nextStep: 'End what is no longer needed, or open one window for a site or a client.',
          })
        }
        const scopeId = scopeIdOf(tenantId, scope)
        const plan = { tenantId, scope: scope.kind, scopeId, check, startsAt, endsAt, weekly, reason, author, agreed }
        return String(windows.add({ ...plan, source: 'person' }, now).id)
      }),
    end: (tenantId, windowId, actor, now) =>
      inTransaction(database, () => {
        const window = /^\d{1,15}$/.test(windowId) ? windows.byId(tenantId, Number(windowId)) : null
        if (!window) {
          throw new AppError('maintenance.unknown', 'there is no such window', { nextStep: 'Open the list again.' })
        }
        if (window.endedAt !== null || (window.endsAt !== null && window.endsAt <= now)) return
        windows.save({ ...window, endedAt: now, endedBy: actor }, now)
        windows.hurry({ ...window, weekly: null }, '', now)
      }),
  }
}

/** While a drive is replaced, its register is in maintenance; work at the client's is agreed with him (domain 8, 18.14). */
export function createReplacementWindow(windows: WindowStore): ReplacementWindow {
  return (tenantId, itemId, until, actor, now) => {
    const open = windows.ofReplacement(tenantId, itemId)
    if (until === null || until <= now) {
      if (!open) return
      windows.save({ ...open, endedAt: now, endedBy: actor }, now)
      windows.hurry(open, '', now)
    } else if (open) windows.save({ ...open, endsAt: until, author: actor }, now)
    else {
      const scope = { tenantId, scope: 'item' as const, scopeId: itemId, check: null }
      const times = { startsAt: now, endsAt: until, weekly: null }
      const words = { reason: 'Замена ФН', author: actor, agreed: true, source: 'replacement' as const }
      windows.add({ ...scope, ...times, ...words }, now)
    }
  }
}
