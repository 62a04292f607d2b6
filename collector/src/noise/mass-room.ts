import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import { type Incident, isActive, isMass, isProved } from '../incidents/incident.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { Candidate, IncidentRoom } from '../incidents/room.ts'
import { attempt } from './attempt.ts'
import { keyText } from './mass-choice.ts'
import type { MassFleet } from './mass-fleet.ts'
import type { MassParent } from './mass-parent.ts'
import type { MassStore } from './mass-store.ts'
import type { NoiseCounters } from './noise-counters.ts'
import { phrases } from './phrases.ts'
import { UNTOLD_BY_MASS } from './untold.ts'

/** A new fault waits this long for others of its kind before anybody looks what they share. */
const LOOK_MS = 5_000
/** A parent is brought up to date this long after something moved below it. */
const LIVE_MS = 5_000

/** Replacement waves are planning and no outage (domain ruling 18.39). */
const EXCLUDED: readonly string[] = ['fn_end']
/** What the collector's own absence looks like. */
const SILENCES: readonly string[] = ['agent', 'link', 'site_link']

interface MassRoomParts {
  readonly masses: MassStore
  readonly fleet: MassFleet
  readonly store: Pick<IncidentStore, 'byId'>
  readonly parent: MassParent
  readonly counters: NoiseCounters
}

/** Gathers faults that hold, and lets one mass incident speak for those that share a cause (domain 8, R83, R86). */
export function createMassRoom(
  database: DatabaseSync,
  { masses, fleet, store, parent, counters }: MassRoomParts,
): IncidentRoom {
  /** The parent that speaks for a fault, or null. Asked only where a tenant has mass incidents of the class. */
  const speakerFor = (item: Candidate['item'], causeClass: string): Incident | null => {
    const current = masses.current(item.tenantId, causeClass)
    if (current.length === 0) return null
    const member = fleet.memberOf(item)
    const keys = new Set(member.keys.map(keyText))
    for (const mass of current) {
      if (mass.memberKind !== member.kind || !keys.has(keyText(mass.key))) continue
      const incident = store.byId(mass.incidentId)
      if (incident && isActive(incident)) return incident
    }
    return null
  }

  const follow = (incident: Incident, now: EpochMs): void => {
    const { id, tenantId, causeClass, itemId, agentId, priority, conditions } = incident
    // One that comes back after its parent is over belongs to nobody until a look says so.
    const isUnder = incident.parentId !== null && masses.ofIncident(incident.parentId)?.nextAt != null
    const parentId = isUnder ? incident.parentId : null
    if (masses.hasOnset(id)) masses.setPriority(id, priority)
    else {
      const onsetAt = Math.min(...conditions.map(condition => condition.onsetAt))
      const kind = itemId.startsWith('register:') ? 'register' : 'pc'
      const member = fleet.memberOf({ id: itemId, tenantId, agentId, kind })
      const detached = SILENCES.includes(causeClass) && masses.justReturned(onsetAt)
      masses.addOnset({ incidentId: id, tenantId, causeClass, onsetAt, member, priority, parentId, detached })
      // One that a mass incident spoke for is looked at in any case: else nobody would tell desks of it.
      if (parentId === null && (!detached || incident.parentId !== null))
        masses.askLook(tenantId, causeClass, now + LOOK_MS)
    }
    if (parentId !== null) masses.hurry(parentId, now + LIVE_MS)
  }

  /** A look first: it may find what the mass incidents that are due have to hold. */
  const nextThing = (now: EpochMs, hasTime: () => boolean) => {
    const look = masses.dueLook(now)
    if (look) {
      const { tenantId, causeClass } = look
      return {
        work: () => parent.detect(tenantId, causeClass, now),
        putOff: (at: EpochMs) => masses.putOffLook(tenantId, causeClass, at),
      }
    }
    const mass = masses.due(now)
    if (!mass) return null
    return {
      work: () => parent.live(mass, now, hasTime),
      putOff: (at: EpochMs) => masses.save({ ...mass, nextAt: at }),
    }
  }

  return {
    admit: ({ item, causeClass, isReturn }) => {
      if (isReturn || EXCLUDED.includes(causeClass)) return { kind: 'open' }
      const speaker = speakerFor(item, causeClass)
      if (!speaker) return { kind: 'open' }
      counters.add('mass_children')
      return { kind: 'untold', by: UNTOLD_BY_MASS, text: phrases.underMass(speaker.number), parentId: speaker.id }
    },
    hushes: incident => {
      if (incident.parentId === null) return false
      const speaker = store.byId(incident.parentId)
      return speaker !== null && isActive(speaker)
    },
    moved: ({ after }, now) => {
      if (EXCLUDED.includes(after.causeClass)) return
      if (isMass(after)) {
        if (masses.ofIncident(after.id)) masses.hurry(after.id, now + LIVE_MS)
        return
      }
      if (after.firing && after.status !== 'closed' && isProved(after.conditions)) follow(after, now)
      else if (!after.firing || after.status === 'closed') {
        if (!masses.hasOnset(after.id)) return
        masses.dropOnset(after.id)
        if (after.parentId !== null) masses.hurry(after.parentId, now + LIVE_MS)
      }
    },
    wake: (now, hasTime, failed) => {
      const touched = new Set<string>()
      do {
        const due = nextThing(now, hasTime)
        if (!due) break
        for (const id of attempt(database, { ...due, failed }, now) ?? []) touched.add(id)
      } while (hasTime())
      return [...touched]
    },
    nextDueAt: () => masses.nextDueAt(),
  }
}
