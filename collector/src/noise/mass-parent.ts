import type { Bilingual } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { type Incident, isActive, MACHINE, nextDueOf } from '../incidents/incident.ts'
import { observe } from '../incidents/observe.ts'
import type { FloodGate } from './flood-room.ts'
import { chooseMass, type MassKey, type MassThresholds, onsetWindowMs } from './mass-choice.ts'
import type { MassFleet } from './mass-fleet.ts'
import { afterCount, endsAt } from './mass-life.ts'
import { createMassRaiser, type MassRaiserParts, massCondition } from './mass-raise.ts'
import type { MassRecord } from './mass-store.ts'
import { keyWords, massPriority, massTexts } from './mass-words.ts'
import { phrases } from './phrases.ts'
import { UNTOLD_BY_MASS } from './untold.ts'

const MINUTE_MS = 60_000
/** Faults that began earlier are no news whatever they share: longer than any hold. */
const LOOK_BACK_MS = 48 * 60 * MINUTE_MS
/** Members heard in this time before the window are live (domain ruling 18.38). */
const LIVE_BEFORE_MS = 24 * 60 * MINUTE_MS
/** A parent is looked at this often when nothing moves. */
const IDLE_MS = 5 * MINUTE_MS
/** From Solved until what still fails is let go: the readings of every child are judged once more. */
const VERIFY_MS = MINUTE_MS

/** Mass incidents: how one comes, grows and ends. Runs inside the caller's transaction. */
export interface MassParent {
  /** Looks what the new faults of a class share; the ids of incidents that changed. */
  detect(tenantId: string, causeClass: string, now: EpochMs): readonly string[]
  /** Brings one up to date and does what is due in it; the ids of incidents that changed. */
  live(mass: MassRecord, now: EpochMs, hasTime: () => boolean): readonly string[]
}

export interface MassParentParts extends MassRaiserParts {
  readonly fleet: MassFleet
  readonly flood: Pick<FloodGate, 'release'>
  /** What contracts set for a client and its sites; the defaults for every other key. */
  readonly thresholdsOf: (tenantId: string, key: MassKey) => MassThresholds
}

/** The mass incidents over the stores of the state thread. */
export function createMassParent(parts: MassParentParts): MassParent {
  const { masses, fleet, store, keeper, flood, thresholdsOf, nameOf } = parts
  const raise = createMassRaiser(parts)

  /** The parent's face and condition as its children stand now. */
  const pictureOf = (mass: MassRecord, component: Bilingual) => {
    const { affected, highest, sites } = masses.count(mass.incidentId)
    const key = keyWords(mass.key.kind, mass.key.value, nameOf(mass.tenantId, mass.key))
    const peak = Math.max(mass.peak, affected)
    const live = Math.max(mass.live, affected)
    const texts = massTexts({ key, memberKind: mass.memberKind, component, affected, live, peak, sites })
    return { affected, ...texts, verdict: massPriority(highest ?? 2) }
  }

  /** Existing incidents become children: they keep their tickets, and say so there once. */
  const link = (parent: Incident, hasTime: () => boolean, now: EpochMs): readonly string[] => {
    const linked: string[] = []
    for (let id = masses.unlinked(parent.id); id !== null; id = masses.unlinked(parent.id)) {
      masses.setLinked(id)
      const child = store.byId(id)
      // It was under this one before, and desks know that.
      if (!child || child.parentId === parent.id) continue
      const text = phrases.joinedMass(parent.number)
      const said = { ...child, changedAt: now }
      const events = isActive(child) ? [{ kind: 'comment' as const, text }] : []
      // Said before it is hushed.
      keeper.write(child, { incident: said, entries: [{ kind: 'note', actor: MACHINE, text }], events }, now)
      // What waited for its turn waits for the parent from now on.
      const untold = child.untold === null ? null : UNTOLD_BY_MASS
      keeper.write(said, { incident: { ...said, parentId: parent.id, untold }, entries: [], events: [] }, now)
      linked.push(id)
      if (!hasTime()) break
    }
    return linked
  }

  /** From here on it is an ordinary incident; its ticket comes at the bounded rate. */
  const free = (id: string, parent: Incident | null, now: EpochMs): void => {
    const child = store.byId(id)
    if (!child) return
    const incident = { ...child, parentId: null, changedAt: now }
    const entries = [{ kind: 'note' as const, actor: MACHINE, text: phrases.letGo(parent?.number ?? null) }]
    keeper.write(child, { incident, entries, events: [] }, now)
    if (child.untold !== null) flood.release(incident, now)
  }

  /** Children whose fault lasts after the outage. */
  const letGo = (parent: Incident, hasTime: () => boolean, now: EpochMs): readonly string[] => {
    const freed: string[] = []
    for (let id = masses.firingChild(parent.id); id !== null; id = masses.firingChild(parent.id)) {
      masses.letGo(id)
      free(id, parent, now)
      freed.push(id)
      if (!hasTime()) break
    }
    return freed
  }

  /** Faults that came back by themselves when the mass incident above them was long over. */
  const freeStrays = (tenantId: string, causeClass: string, now: EpochMs): readonly string[] => {
    const strays = masses.strays(tenantId, causeClass)
    for (const id of strays) free(id, null, now)
    return strays
  }

  const close = (incident: Incident, now: EpochMs): void => {
    if (incident.status === 'closed') return
    const closed = { ...incident, status: 'closed' as const, closedAt: now, changedAt: now, firing: false }
    const entries = [{ kind: 'closed' as const, actor: MACHINE, text: phrases.massOver() }]
    keeper.write(incident, { incident: { ...closed, nextDueAt: nextDueOf(closed) }, entries, events: [] }, now)
  }

  /** Solved: verifies, lets go what still fails, closes. Null once all of that is done. */
  const finish = (mass: MassRecord, incident: Incident, hasTime: () => boolean, now: EpochMs) => {
    const solvedAt = incident.solvedAt ?? now
    if (now < solvedAt + VERIFY_MS && incident.status !== 'closed') return { nextAt: solvedAt + VERIFY_MS, freed: [] }
    const freed = letGo(incident, hasTime, now)
    if (masses.firingChild(mass.incidentId) !== null) return { nextAt: now, freed }
    if (masses.activeChildren(mass.incidentId) === 0) {
      close(incident, now)
      return { nextAt: null, freed }
    }
    // Its own readings are good, so nobody lets it go, yet it lasts: once nothing speaks for it, desks must know it.
    const untold = incident.status === 'closed' ? masses.untoldChild(mass.incidentId) : null
    if (untold === null) return { nextAt: now + IDLE_MS, freed }
    free(untold, incident, now)
    return { nextAt: now, freed: [...freed, untold] }
  }

  return {
    detect: (tenantId, causeClass, now) => {
      const raised: string[] = []
      for (const kind of ['register', 'pc'] as const) {
        const onsets = masses.takeOnsets(tenantId, causeClass, kind, now - LOOK_BACK_MS)
        const choice = chooseMass(onsets, onsetWindowMs(causeClass), {
          liveOf: (key, from, atMost) =>
            fleet.liveOf({ tenantId, kind, key, since: from - LIVE_BEFORE_MS, atMost }, now),
          thresholdsOf: key => thresholdsOf(tenantId, key),
        })
        if (choice) raised.push(...raise({ tenantId, causeClass, kind, choice }, now))
      }
      masses.endLook(tenantId, causeClass)
      const freed = raised.length > 0 ? [] : freeStrays(tenantId, causeClass, now)
      // A second outage at the same time is found by the next look, among what is left.
      if (raised.length > 0) masses.askLook(tenantId, causeClass, now + 1)
      return [...raised, ...freed]
    },
    live: (mass, now, hasTime) => {
      const incident = store.byId(mass.incidentId)
      if (!incident) {
        masses.save({ ...mass, nextAt: null })
        return []
      }
      const linked = link(incident, hasTime, now)
      if (masses.unlinked(mass.incidentId) !== null) {
        masses.save({ ...mass, nextAt: now })
        return linked
      }
      const picture = pictureOf(mass, incident.component)
      const life = afterCount(mass, picture.affected, now)
      const end = endsAt(life)
      const ended = end !== null && now >= end
      const closed = incident.status === 'closed'
      if (!ended && !closed) {
        move(incident, picture, now)
        masses.save({ ...mass, ...life, nextAt: Math.min(end ?? now + IDLE_MS, now + IDLE_MS) })
        return [incident.id, ...linked]
      }
      if (incident.firing && !closed) {
        const text = phrases.massEnding(life.affected, life.peak)
        const step = observe(incident, { now, conditions: [], verdict: null, timeToStop: null })
        const entries = [{ kind: 'note' as const, actor: MACHINE, text }, ...step.entries]
        keeper.write(incident, { ...step, entries }, now)
        masses.recheck(incident.id, now)
        masses.save({ ...mass, ...life, nextAt: now + VERIFY_MS })
        return [incident.id, ...linked]
      }
      if (isActive(incident)) {
        // It has come back too often to be believed at once: the machine proves it steady first.
        masses.save({ ...mass, ...life, nextAt: now + IDLE_MS })
        return linked
      }
      const { nextAt, freed } = finish(mass, incident, hasTime, now)
      masses.save({ ...mass, ...life, nextAt })
      return [incident.id, ...linked, ...freed]
    },
  }

  /** Lets the incident's own machine take in how things stand: words, priority, a return after Solved. */
  function move(incident: Incident, { verdict, ...words }: ReturnType<typeof pictureOf>, now: EpochMs): void {
    const conditions = [massCondition(incident, words, now)]
    keeper.write(incident, observe(incident, { now, conditions, verdict, timeToStop: null }), now)
  }
}
