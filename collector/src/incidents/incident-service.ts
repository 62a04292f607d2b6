import type { DatabaseSync } from 'node:sqlite'
import { AppError, type EpochMs } from '@tillwatch/shared'
import type { IncidentAction } from '@tillwatch/shared/api'
import type { ReplacementWindow } from '../noise/maintenance.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import type { Actor } from './act-draft.ts'
import type { IncidentKeeper } from './incident-keeper.ts'
import type { IncidentStore } from './incident-store.ts'
import { localTime } from './local-time.ts'
import { phrases } from './phrases.ts'
import { createSiteZones } from './site-zone.ts'

/** What people do to incidents and items. Lives in the state thread under the name `incidents`; every call is one transaction. */
export interface Incidents {
  /**
   * Does what a person asked. Rejects with `incident.unknown`, `assignee.unknown`, and with what `act` says when the action does not fit.
   */
  act(tenantId: string, incidentId: string, action: IncidentAction, actor: Actor, now: EpochMs): Promise<void>
  /** "Replacement in progress until": phases 7 and 15 and a changed FN are normal meanwhile. Null ends it. Rejects with `item.unknown`. */
  markReplacement(tenantId: string, itemId: string, until: EpochMs | null, actor: string, now: EpochMs): Promise<void>
}

/** The service over an open connection. */
export function createIncidents(
  database: DatabaseSync,
  store: IncidentStore,
  keeper: IncidentKeeper,
  replacementWindow: ReplacementWindow,
): Incidents {
  // Due at once: the mark changes what the rules say.
  const mark = database.prepare(
    `UPDATE items SET replacement_until = ?, replacement_by = ?, next_due_at = ?
      WHERE id = ? AND tenant_id = ? AND kind = 'register'`,
  )
  const selectAgent = database.prepare('SELECT agent_id AS agentId FROM items WHERE id = ?')
  const zoneOf = createSiteZones(database)
  const selectPerson = database.prepare(
    `SELECT 1 FROM users WHERE tenant_id = ? AND name = ? AND role <> 'viewer' AND disabled_at IS NULL`,
  )
  return {
    act: (tenantId, incidentId, action, actor, now) =>
      inTransaction(database, () => {
        const incident = store.byId(incidentId)
        if (incident?.tenantId !== tenantId) {
          throw new AppError('incident.unknown', 'there is no such incident', { nextStep: 'Open it from the list.' })
        }
        if (action.action === 'assign' && action.assignee !== null && !selectPerson.get(tenantId, action.assignee)) {
          throw new AppError('assignee.unknown', 'there is nobody of that name who works here', {
            nextStep: 'Choose one of the names of the list.',
          })
        }
        keeper.act(incident, action, actor, now)
      }),
    markReplacement: (tenantId, itemId, until, actor, now) =>
      inTransaction(database, () => {
        const { changes } = mark.run(until, until === null ? null : actor, now, itemId, tenantId)
        if (changes === 0) {
          throw new AppError('item.unknown', 'there is no such register', { nextStep: 'Open it from the fleet list.' })
        }
        const { agentId } = selectAgent.get(itemId) as { agentId: string }
        const end = until === null ? null : localTime(until, zoneOf({ siteId: null, agentId }))
        keeper.note(itemId, phrases.replacement(end, actor), now)
        replacementWindow(tenantId, itemId, until, actor, now)
      }),
  }
}
