import type { DatabaseSync } from 'node:sqlite'
import type { Bilingual } from '@tillwatch/rules'
import { AppError, assert, type EpochMs } from '@tillwatch/shared'
import type { IncidentAction } from '@tillwatch/shared/api'
import type { DeliveryOutbox } from '../deliveries/outbox.ts'
import type { TicketWriter } from '../templates/ticket-writer.ts'
import { act } from './act.ts'
import type { Actor } from './act-draft.ts'
import {
  type HeldCondition,
  type Incident,
  isActive,
  isBadNow,
  isDiscarded,
  isUnfixed,
  MACHINE,
  type Observation,
  type Step,
  type TimelineDraft,
  takesReturn,
  type UnfixedPolicy,
} from './incident.ts'
import type { IncidentStore, StandingIncident } from './incident-store.ts'
import { byCause, type ItemVerdict, newIncident, type RaisedIncident, raisedIncident } from './new-incident.ts'
import { observe } from './observe.ts'
import { onDue } from './on-due.ts'
import { phrases } from './phrases.ts'
import type { Admission, Candidate, IncidentRoom, Withheld } from './room.ts'
import { createSiteZones } from './site-zone.ts'
import { createStandings, type Standing } from './standing.ts'
import { createStepWriter } from './step-writer.ts'
import { gapsOf, type TicketContextReader } from './ticket-context.ts'
import { whyWithdrawn, withdraw } from './withdraw.ts'

/** What `follow` did: incidents that changed, by their ids, and faults whose incident is held back. */
export interface Followed {
  readonly changed: readonly string[]
  readonly withheld: readonly Withheld[]
}

/** What tenants have settled about their incidents. */
export interface TenantWishes {
  /** The same time of day so many working days later, by the calendar of the tenant. */
  readonly workingDaysLater: (tenantId: string, at: EpochMs, days: number) => EpochMs
  /** What becomes of one that a person solved while its fault lasts. */
  readonly unfixedPolicyOf: (tenantId: string) => UnfixedPolicy
}

/** Moves incidents and writes what follows: rows, audit trail, messages to desks. Runs inside the caller's transaction. */
export interface IncidentKeeper {
  /** Brings the incidents of one item in line with its conditions. */
  follow(verdict: ItemVerdict, now: EpochMs): Followed
  /** An item turned out to be another one: its faults are over, its incidents belong to that other from now on; the ids of those. */
  inherit(fromItemId: string, toItemId: string, now: EpochMs): readonly string[]
  /** Does what time alone does to one incident. */
  wake(incidentId: string, now: EpochMs): void
  /** Does what a person asked. Throws `incident.*` with a next step when it does not fit. */
  act(incident: Incident, action: IncidentAction, actor: Actor, now: EpochMs): Incident
  /** Opens an incident that no condition carries; it is moved by people and by the room that raised it alone. */
  raise(draft: RaisedIncident, actor: string, now: EpochMs): Incident
  /** Writes a step that a room worked out for an incident as it stands in the store. */
  write(before: Incident, step: Step, now: EpochMs): void
  /** Desks hear of an incident that was kept from them; nothing when they know it or it is finished. */
  tell(incidentId: string, now: EpochMs): void
  /** Adds a line to the audit trail of every unfinished incident of an item. */
  note(itemId: string, text: Bilingual, now: EpochMs): void
}

/** What tickets say: what is around an incident, and how it is written down. */
export interface TicketWords {
  readonly contextOf: TicketContextReader
  readonly writer: TicketWriter
}

/** The keeper over an open connection. */
export function createIncidentKeeper(
  database: DatabaseSync,
  store: IncidentStore,
  outbox: DeliveryOutbox,
  rooms: readonly IncidentRoom[],
  { workingDaysLater, unfixedPolicyOf }: TenantWishes,
  { contextOf, writer }: TicketWords,
): IncidentKeeper {
  const standingOf = createStandings(database)
  const zoneOf = createSiteZones(database)
  const askItem = database.prepare('UPDATE items SET next_due_at = ? WHERE id = ?')
  const apply = createStepWriter(store, outbox, contextOf, writer, rooms)

  const enter = (fresh: Incident, previous: Incident | null, actor: string, now: EpochMs): Incident => {
    const { clientId, siteId } = standingOf(fresh.agentId)
    const placed = { ...fresh, clientId: fresh.clientId ?? clientId, siteId: fresh.siteId ?? siteId }
    const incident = { ...placed, gaps: gapsOf(contextOf(placed, now)) }
    const entries: TimelineDraft[] = [{ kind: 'opened', actor, text: incident.explanation }]
    if (previous)
      entries.push({ kind: 'note', actor: MACHINE, text: phrases.repeatOf(previous.number, isDiscarded(previous)) })
    apply(null, { incident, entries, events: [{ kind: 'open', text: incident.explanation }] }, now)
    return incident
  }

  /** The id of the new incident, or why there is none yet. */
  const open = (
    verdict: ItemVerdict,
    conditions: readonly HeldCondition[],
    previous: Incident | null,
    now: EpochMs,
  ): string | Withheld => {
    const fresh = newIncident(verdict, conditions, previous, store.nextNumber(verdict.item.tenantId), now)
    const admission = admit(rooms, candidateOf(verdict, fresh, conditions, false), now)
    if (admission.kind === 'withheld') {
      const { text, until } = admission
      return { causeClass: candidateClass(conditions), text, until }
    }
    const held = admission.kind === 'untold' ? { untold: admission.by, parentId: admission.parentId } : {}
    const incident = enter({ ...fresh, ...held }, previous, MACHINE, now)
    if (admission.kind === 'untold')
      store.addEntry(incident, { kind: 'note', actor: MACHINE, text: admission.text }, now)
    return incident.id
  }

  const wholeOf = ({ id }: StandingIncident): Incident => {
    const incident = store.byId(id)
    assert(incident, `${id} was found a moment ago`)
    return incident
  }

  /** Those of an item's incidents that are still its own, once those that its place has left behind are withdrawn. */
  const ownOf = (
    all: readonly StandingIncident[],
    standing: Standing,
    now: EpochMs,
    changed: string[],
  ): readonly StandingIncident[] =>
    all.flatMap(incident => {
      const why = whyWithdrawn(incident, standing)
      if (why === null) return settled(incident, standing, now, changed)
      if (!isActive(incident) && !incident.firing) return []
      const whole = wholeOf(incident)
      apply(whole, withdraw(whole, why, now), now)
      changed.push(incident.id)
      return []
    })

  /** One that was opened before the directory knew its place takes it now; what somebody has named stays. */
  const settled = (
    own: StandingIncident,
    { clientId, siteId }: Standing,
    now: EpochMs,
    changed: string[],
  ): StandingIncident => {
    if (!isActive(own) || own.siteId !== null || siteId === null) return own
    const incident = wholeOf(own)
    const placed = { ...incident, siteId, clientId: incident.clientId ?? clientId, changedAt: now }
    const context = contextOf(placed, now)
    const entry = {
      kind: 'note' as const,
      actor: MACHINE,
      text: phrases.placed(context.site ?? siteId, context.client),
    }
    const next = { ...placed, gaps: gapsOf(context) }
    apply(incident, { incident: next, entries: [entry], events: [] }, now)
    changed.push(incident.id)
    return next
  }

  /** Moves the latest incident of a cause by what was seen; false when a new one is to be opened instead. */
  const moveOn = (
    latest: Incident,
    { item, timeToStop, priorityOf }: ItemVerdict,
    conditions: readonly HeldCondition[],
    now: EpochMs,
    changed: string[],
  ): boolean => {
    if (!isFollowed(latest, now)) return false
    const seen = { now, conditions, timeToStop, verdict: priorityOf(conditions) }
    const step = observe({ ...latest, itemId: item.id, agentId: item.agentId }, seen)
    apply(latest, step, now)
    if (step.entries.length > 0) changed.push(latest.id)
    return !latest.muted || step.incident.muted
  }

  /** Why a return does not reopen its incident now; null when it may, or when it is none. */
  const withheldReturn = (
    latest: Incident,
    verdict: ItemVerdict,
    conditions: readonly HeldCondition[],
    now: EpochMs,
  ): Withheld | null => {
    if (isActive(latest) || latest.firing || !takesReturn(latest, now)) return null
    const admission = admit(rooms, candidateOf(verdict, latest, conditions, true), now)
    if (admission.kind !== 'withheld') return null
    return { causeClass: candidateClass(conditions), text: admission.text, until: admission.until }
  }

  return {
    follow: (verdict, now) => {
      const { item, timeToStop } = verdict
      const changed: string[] = []
      const withheld: Withheld[] = []
      const bad = byCause(verdict)
      const all = store.ofItem(item.id)
      if (bad.size === 0 && all.length === 0) return { changed, withheld }
      const standing = standingOf(item.agentId)
      const own = ownOf(all, standing, now, changed)
      if (standing.retired) return { changed, withheld }
      // What is over goes first: it may be the very thing that held something new back.
      for (const held of own) {
        if (bad.has(held.dedupKey) || !held.firing) continue
        const incident = wholeOf(held)
        apply(incident, observe(incident, { ...nothingBad(now), timeToStop }), now)
        changed.push(incident.id)
      }
      for (const [dedupKey, conditions] of bad) {
        const latest = store.latest(dedupKey)
        const ours = latest && whyWithdrawn(latest, standing) === null ? latest : null
        const isBad = isBadNow(conditions)
        const waiting = ours && isBad ? withheldReturn(ours, verdict, conditions, now) : null
        if (waiting) {
          withheld.push(waiting)
          continue
        }
        if (ours && (isBad || isActive(ours) || ours.firing)) {
          if (moveOn(ours, verdict, conditions, now, changed)) continue
        }
        if (!isBad) continue
        const opened = open(verdict, conditions, latest, now)
        if (typeof opened === 'string') changed.push(opened)
        else withheld.push(opened)
      }
      return { changed, withheld }
    },
    inherit: (fromItemId, toItemId, now) =>
      store.ofItem(fromItemId).map(own => {
        const incident = wholeOf(own)
        const step = observe({ ...incident, itemId: toItemId }, nothingBad(now))
        apply(incident, step, now)
        return incident.id
      }),
    wake: (incidentId, now) => {
      const incident = store.byId(incidentId)
      if (!incident) return
      const step = onDue(incident, now)
      apply(incident, step, now)
      // What was muted may be bad still: its item says so.
      if (incident.muted && !step.incident.muted) askItem.run(now, incident.itemId)
    },
    act: (incident, action, actor, now) => {
      const { tenantId } = incident
      const repeat = action.action === 'reopen' ? store.latest(incident.dedupKey) : null
      if (repeat && repeat.episode > incident.episode) {
        throw new AppError('incident.repeated', `incident ${repeat.number} is the same cause once more`, {
          nextStep: `Work in incident ${repeat.number}.`,
        })
      }
      const step = act(incident, action, actor, {
        now,
        timezone: zoneOf(incident),
        workingDaysLater: (at, days) => workingDaysLater(tenantId, at, days),
        unfixedPolicy: unfixedPolicyOf(tenantId),
        idOfNumber: number => store.idOfNumber(tenantId, number),
      })
      apply(incident, step, now, actor.desk)
      return step.incident
    },
    raise: (draft, actor, now) => {
      const previous = store.latest(draft.dedupKey)
      const number = store.nextNumber(draft.tenantId)
      return enter({ ...raisedIncident(draft, previous, number, now), firing: false }, previous, actor, now)
    },
    write: apply,
    tell: (incidentId, now) => {
      const incident = store.byId(incidentId)
      if (!incident || incident.untold === null) return
      const told = { ...incident, untold: null, changedAt: now }
      const events = isActive(incident) ? [{ kind: 'open' as const, text: incident.explanation }] : []
      apply(incident, { incident: told, entries: [], events }, now)
    },
    note: (itemId, text, now) => {
      for (const own of store.ofItem(itemId)) {
        if (!isActive(own)) continue
        const incident = wholeOf(own)
        store.addEntry(incident, { kind: 'note', actor: MACHINE, text }, now)
        store.save({ ...incident, changedAt: now })
      }
    },
  }
}

function admit(rooms: readonly IncidentRoom[], candidate: Candidate, now: EpochMs): Admission {
  for (const room of rooms) {
    const admission = room.admit?.(candidate, now)
    if (admission && admission.kind !== 'open') return admission
  }
  return { kind: 'open' }
}

const candidateOf = (
  { item }: ItemVerdict,
  { dedupKey, subject, priority }: Incident,
  conditions: readonly HeldCondition[],
  isReturn: boolean,
): Candidate => ({ item, dedupKey, subject, priority, causeClass: candidateClass(conditions), conditions, isReturn })

function candidateClass([first]: readonly HeldCondition[]): Candidate['causeClass'] {
  assert(first, 'a cause without a condition')
  return first.causeClass
}

const nothingBad = (now: EpochMs): Observation => ({ now, conditions: [], verdict: null, timeToStop: null })

/** Whether readings still move it: until it ended and no return belongs to it. */
const isFollowed = (incident: Incident, now: EpochMs): boolean =>
  takesReturn(incident, now) || isUnfixed(incident) || incident.muted
