import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { CriticalSettings } from '@tillwatch/shared/api'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { IncidentRoom } from '../incidents/room.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { createCriteriaStore } from './criteria-store.ts'
import { createCriticalRoom } from './critical-room.ts'
import { createSiteTimes } from './site-time.ts'
import { createWatchStore } from './watch-store.ts'

/** What people agree with clients about critical incidents. Lives in the state thread under the name `critical`. */
export interface CriticalRules {
  /**
   * Replaces the criteria of a tenant and looks at every unfinished incident by the new ones. Rejects with `client.unknown` or
   * `site.unknown`.
   */
  replace(tenantId: string, settings: CriticalSettings, actor: string, now: EpochMs): Promise<void>
}

/** The room and the service over one connection. */
export function createCriticalPart(
  database: DatabaseSync,
  incidents: Pick<IncidentStore, 'byId'>,
  keeper: Pick<IncidentKeeper, 'write'>,
): { readonly room: IncidentRoom; readonly critical: CriticalRules } {
  const store = createWatchStore(database)
  const criteria = createCriteriaStore(database)
  return {
    room: createCriticalRoom({ store, criteria, siteTime: createSiteTimes(database), incidents, keeper }),
    critical: {
      replace: (tenantId, settings, actor, now) =>
        inTransaction(database, () => {
          criteria.replace(tenantId, settings, actor, now)
          store.askAll(tenantId, now)
        }),
    },
  }
}
