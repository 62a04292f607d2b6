import type { EpochMs } from '@tillwatch/shared'
import { type Incident, isActive } from '../incidents/incident.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { Suppression } from '../sla/suppression.ts'
import { onSince } from './maintenance-window.ts'
import type { SuppressionTree } from './suppression-room.ts'
import type { Where } from './where.ts'
import { type Cover, targetOf } from './window-room.ts'

interface StillnessParts {
  readonly cover: Cover
  readonly whereOf: (tenantId: string, agentId: string) => Where
  readonly tree: SuppressionTree
  readonly store: Pick<IncidentStore, 'byId'>
}

/** What holds an incident back, for its clocks: a window, the mass incident above it, a parent in the tree (domain ruling 18.14). */
export function createStillness({ cover, whereOf, tree, store }: StillnessParts): Suppression {
  return {
    standsStill: (incident, now) => {
      const covering = cover(targetOf(incident), now)
      if (covering) {
        const { window } = covering
        const since = onSince(window, whereOf(incident.tenantId, incident.agentId).timezone, now)
        return { why: window.agreed ? 'agreed_window' : 'window', since: within(incident, since, now) }
      }
      const parent = incident.parentId === null ? null : store.byId(incident.parentId)
      const above = parent && isActive(parent) ? parent.openedAt : tree.downSince(incident)
      return above === null ? null : { why: 'suppressed', since: within(incident, above, now) }
    },
  }
}

const within = ({ openedAt }: Incident, since: EpochMs, now: EpochMs): EpochMs =>
  Math.min(now, Math.max(openedAt, since))
