import type { Bilingual } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { type Incident, isActive, MACHINE } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import { phrases } from '../incidents/phrases.ts'
import type { IncidentMove, IncidentRoom } from '../incidents/room.ts'
import type { CriteriaStore } from './criteria-store.ts'
import { reasons } from './reasons.ts'
import type { SiteTime } from './site-time.ts'
import type { StoppedSite, Watch, WatchStore } from './watch-store.ts'

const MINUTE_MS = 60_000

export interface CriticalRoomParts {
  readonly store: WatchStore
  readonly criteria: CriteriaStore
  readonly siteTime: (siteId: string | null) => SiteTime
  readonly incidents: Pick<IncidentStore, 'byId'>
  readonly keeper: Pick<IncidentKeeper, 'write'>
}

/**
 * Calls incidents critical by the criteria of their contract: long enough Blocking, a whole site that cannot sell, a marked site. The mark
 * never falls by itself; where a person has removed it, the machine leaves it at that (R84, R85, domain ruling 18.45). Only closed hours
 * stop the count: a window, also one agreed with the client, stops the clocks of an agreement, while the outlet stands in it all the same;
 * what breaks inside a window is no incident before its end.
 */
export function createCriticalRoom({ store, criteria, siteTime, incidents, keeper }: CriticalRoomParts): IncidentRoom {
  /** The same watch with opening time counted up to now. */
  const counted = (watch: Watch, incident: Incident, now: EpochMs): Watch => {
    const { countedTo } = watch
    const ms = countedTo === null ? 0 : siteTime(incident.siteId).openMs(countedTo, now)
    const blocks = isActive(incident) && incident.priority === 1
    return { ...watch, blockingMs: watch.blockingMs + ms, countedTo: blocks ? now : null }
  }

  /** Why it is critical now by itself; null when it is not. */
  const reasonOf = (watch: Watch, incident: Incident): Bilingual | null => {
    const { blockingMinutes, markedPriority } = criteria.of(incident.tenantId, incident.clientId)
    if (blockingMinutes !== null && watch.blockingMs >= blockingMinutes * MINUTE_MS)
      return reasons.blocking(blockingMinutes)
    const marked = incident.siteId !== null && criteria.isMarked(incident.tenantId, incident.siteId)
    return marked && markedPriority !== null && incident.priority <= markedPriority ? reasons.markedSite() : null
  }

  const dueOf = (watch: Watch, incident: Incident, now: EpochMs): EpochMs | null => {
    if (watch.waived || !isActive(incident) || incident.criticalAt !== null) return null
    if (reasonOf(watch, incident)) return now
    const { blockingMinutes } = criteria.of(incident.tenantId, incident.clientId)
    if (blockingMinutes === null || watch.countedTo === null) return null
    return siteTime(incident.siteId).after(watch.countedTo, blockingMinutes * MINUTE_MS - watch.blockingMs)
  }

  const follow = ({ before, after }: IncidentMove, now: EpochMs) => {
    if (after.status === 'closed') {
      store.forget(after.id)
      return
    }
    const fresh = { incidentId: after.id, tenantId: after.tenantId, blockingMs: 0, countedTo: null, waived: false }
    const old = store.watch(after.id) ?? { ...fresh, dueAt: null }
    const removed = before !== null && before.criticalAt !== null && after.criticalAt === null
    const watch = { ...counted(old, after, now), waived: old.waived || removed }
    store.saveWatch({ ...watch, dueAt: dueOf(watch, after, now) })
  }

  /** Follows whether any register of the site can sell. */
  const followSite = (tenantId: string, siteId: string, clientId: string | null, now: EpochMs) => {
    const { siteStoppedMinutes } = criteria.of(tenantId, clientId)
    const { all, stopped } = store.registers(tenantId, siteId)
    if (siteStoppedMinutes === null || all < 2 || stopped < all) {
      store.forgetSite(siteId)
      return
    }
    if (store.stoppedSite(siteId)) return
    const dueAt = siteTime(siteId).after(now, siteStoppedMinutes * MINUTE_MS)
    store.saveSite({ siteId, tenantId, since: now, dueAt })
  }

  const setCritical = (incident: Incident, reason: Bilingual, now: EpochMs) => {
    const text = phrases.critical(reason)
    const marked = { criticalAt: now, criticalBy: MACHINE, criticalReason: reason }
    const step = {
      incident: { ...incident, ...marked, changedAt: now },
      entries: [{ kind: 'critical' as const, actor: MACHINE, text }],
      events: [{ kind: 'comment' as const, text }],
    }
    keeper.write(incident, step, now)
  }

  const wakeWatch = (watch: Watch, now: EpochMs): string | null => {
    const incident = incidents.byId(watch.incidentId)
    if (!incident) {
      store.forget(watch.incidentId)
      return null
    }
    const present = counted(watch, incident, now)
    const reason = isActive(incident) && incident.criticalAt === null ? reasonOf(present, incident) : null
    store.saveWatch({ ...present, dueAt: reason ? null : dueOf(present, incident, now) })
    if (reason && !present.waived) setCritical(incident, reason, now)
    return reason ? incident.id : null
  }

  /** A whole site that cannot sell makes one incident critical: the most urgent of the registers there. */
  const wakeSite = (site: StoppedSite, now: EpochMs): string | null => {
    const { tenantId, siteId, since } = site
    const { all, stopped } = store.registers(tenantId, siteId)
    const found = store.incidentsOf(tenantId, siteId)
    const first = found[0] && incidents.byId(found[0].id)
    const { siteStoppedMinutes } = criteria.of(tenantId, first?.clientId ?? null)
    if (siteStoppedMinutes === null || all < 2 || stopped < all || !first || found.some(({ critical }) => critical)) {
      store.forgetSite(siteId)
      return null
    }
    const limit = siteStoppedMinutes * MINUTE_MS
    const dueAt = siteTime(siteId).after(since, limit)
    if (dueAt > now) {
      store.saveSite({ ...site, dueAt })
      return null
    }
    store.forgetSite(siteId)
    setCritical(first, reasons.siteStopped(all, siteStoppedMinutes), now)
    return first.id
  }

  return {
    moved: (move, now) => {
      const { after } = move
      if (after.kind !== 'incident') {
        store.forget(after.id)
        return
      }
      follow(move, now)
      if (after.siteId !== null && after.priority <= 2) followSite(after.tenantId, after.siteId, after.clientId, now)
    },
    wake: (now, hasTime) => {
      const changed: (string | null)[] = []
      for (const watch of store.dueWatches(now)) {
        changed.push(wakeWatch(watch, now))
        if (!hasTime()) break
      }
      for (const site of hasTime() ? store.dueSites(now) : []) {
        changed.push(wakeSite(site, now))
        if (!hasTime()) break
      }
      return changed.filter(id => id !== null)
    },
    nextDueAt: () => store.nextDueAt(),
  }
}
