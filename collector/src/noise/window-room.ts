import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import { type Incident, isActive, MACHINE } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { IncidentRoom } from '../incidents/room.ts'
import { createSiteZones } from '../incidents/site-zone.ts'
import { attempt } from './attempt.ts'
import { coverOf, type MaintenanceWindow, type WindowTarget, windowState } from './maintenance-window.ts'
import { phrases } from './phrases.ts'
import type { Where } from './where.ts'
import type { WindowStore, WindowTurn } from './window-store.ts'

/** Which window covers a fault or an incident now, and until when; null when none does. */
export type Cover = (
  target: Pick<WindowTarget, 'tenantId' | 'agentId' | 'itemId' | 'causeClass' | 'rules'>,
  now: EpochMs,
) => (NonNullable<ReturnType<typeof coverOf>> & { readonly timezone: string }) | null

/** The cover over the windows of the state file. */
export function createCover(windows: WindowStore, whereOf: (tenantId: string, agentId: string) => Where): Cover {
  return (target, now) => {
    const { clientId, siteId, timezone } = whereOf(target.tenantId, target.agentId)
    const placed = { ...target, clientId, siteId }
    const covering = coverOf(windows.aboutTarget(placed), placed, timezone, now)
    return covering && { ...covering, timezone }
  }
}

/** What of an incident a window may cover. */
export const targetOf = ({ tenantId, agentId, itemId, causeClass, conditions }: Incident) => ({
  ...{ tenantId, agentId, itemId, causeClass },
  rules: conditions.map(({ rule }) => rule),
})

interface WindowRoomParts {
  readonly windows: WindowStore
  readonly cover: Cover
  readonly store: Pick<IncidentStore, 'byId'>
  readonly keeper: Pick<IncidentKeeper, 'write'>
}

/** Holds back what planned work explains, marks what it meets, and has everything judged anew when it ends (domain 8, 17.18). */
export function createWindowRoom(
  database: DatabaseSync,
  { windows, cover, store, keeper }: WindowRoomParts,
): IncidentRoom {
  const zoneOf = createSiteZones(database)

  /** Says in the audit trail of each unfinished incident of the scope that it begins or ends. */
  const note = (window: MaintenanceWindow, timezone: string, end: EpochMs | null | 'over', now: EpochMs) => {
    const touched: string[] = []
    for (const id of windows.incidentsIn(window, timezone)) {
      const incident = store.byId(id)
      if (!incident || !isActive(incident)) continue
      const { check } = window
      if (check !== null && check !== incident.causeClass && !incident.conditions.every(({ rule }) => rule === check))
        continue
      const text =
        end === 'over' ? phrases.maintenanceEnds(window) : phrases.maintenanceBegins(window, end, zoneOf(incident))
      const entries = [{ kind: 'note' as const, actor: MACHINE, text }]
      keeper.write(incident, { incident: { ...incident, changedAt: now }, entries, events: [] }, now)
      touched.push(id)
    }
    return touched
  }

  /** It goes on or off in one zone. */
  const take = (turn: WindowTurn, now: EpochMs): readonly string[] => {
    const window = windows.byId(turn.tenantId, turn.windowId)
    const { on, until } = window ? windowState(window, turn.timezone, now) : { on: false, until: null }
    const turned = window !== null && on !== turn.isOn
    const touched = turned ? note(window, turn.timezone, on ? until : 'over', now) : []
    if (turned && !on) windows.hurry(window, turn.timezone, now)
    const isOver = !on && until === null
    if (window && isOver && window.endedAt === null) windows.save({ ...window, endedAt: window.endsAt }, now)
    windows.setTurn({ ...turn, isOn: on }, until ?? (on ? Number.MAX_SAFE_INTEGER : null))
    return touched
  }

  return {
    admit: (candidate, now) => {
      const { item, causeClass, conditions } = candidate
      const { tenantId, agentId, id: itemId } = item
      const target = { tenantId, agentId, itemId, causeClass, rules: conditions.map(({ rule }) => rule) }
      const covering = cover(target, now)
      if (!covering) return { kind: 'open' }
      const { window, until, timezone } = covering
      return { kind: 'withheld', text: phrases.underMaintenance(window, until, timezone), until }
    },
    hushes: (incident, now) => cover(targetOf(incident), now) !== null,
    wake: (now, hasTime, failed) => {
      const touched: string[] = []
      for (let turn = windows.dueTurn(now); turn; turn = hasTime() ? windows.dueTurn(now) : null) {
        const due = turn
        const work = () => take(due, now)
        const putOff = (at: EpochMs) => windows.setTurn(due, at)
        touched.push(...(attempt(database, { work, putOff, failed }, now) ?? []))
      }
      return touched
    },
    nextDueAt: () => windows.nextTurnAt(),
  }
}
