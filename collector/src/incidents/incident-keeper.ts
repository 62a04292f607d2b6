import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Bilingual, Condition, PriorityVerdict, TimeToStop } from '@tillwatch/rules'
import { assert, type EpochMs } from '@tillwatch/shared'
import type { IncidentAction } from '@tillwatch/shared/api'
import type { DeliveryOutbox } from '../deliveries/outbox.ts'
import { act } from './act.ts'
import {
  type HeldCondition,
  type Incident,
  isActive,
  isProved,
  MACHINE,
  nextDueOf,
  type Observation,
  type Step,
  type TimelineDraft,
  takesReturn,
} from './incident.ts'
import type { IncidentStore } from './incident-store.ts'
import { faceOf, observe, onDue } from './observe.ts'
import { phrases } from './phrases.ts'
import type { Admission, Candidate, IncidentRoom, Withheld } from './room.ts'
import { ciOf, gapsOf, ticketText } from './text.ts'
import { createTicketContextReader, type TicketContextReader } from './ticket-context.ts'

/** What an evaluation of one item says to its incidents. */
export interface ItemVerdict {
  readonly item: Candidate['item']
  readonly conditions: readonly HeldCondition[]
  readonly timeToStop: TimeToStop | null
  /** The priority of the conditions of one class. */
  readonly priorityOf: (conditions: readonly Condition[]) => PriorityVerdict
}

/** What `follow` did: incidents that changed, by their ids, and faults whose incident is held back. */
export interface Followed {
  readonly changed: readonly string[]
  readonly withheld: readonly Withheld[]
}

/** An incident that no condition of an item carries: a mass incident, a person's word. */
export type RaisedIncident = Pick<
  Incident,
  | 'tenantId'
  | 'dedupKey'
  | 'itemId'
  | 'agentId'
  | 'subject'
  | 'causeClass'
  | 'priority'
  | 'priorityReason'
  | 'title'
  | 'explanation'
  | 'expected'
  | 'component'
  | 'runbook'
  | 'onsetAt'
>

/** Moves incidents and writes what follows: rows, audit trail, messages to desks. Runs inside the caller's transaction. */
export interface IncidentKeeper {
  /** Brings the incidents of one item in line with its conditions. */
  follow(verdict: ItemVerdict, now: EpochMs): Followed
  /** An item turned out to be another one: its faults are over, its incidents belong to that other from now on; the ids of those. */
  inherit(fromItemId: string, toItemId: string, now: EpochMs): readonly string[]
  /** Does what time alone does to one incident. */
  wake(incidentId: string, now: EpochMs): void
  act(incident: Incident, action: IncidentAction, actor: string, now: EpochMs): Incident
  /** Opens an incident that no condition carries; it is moved by people and by the room that raised it alone. */
  raise(draft: RaisedIncident, actor: string, now: EpochMs): Incident
  /** Writes a step that a room worked out for an incident as it stands in the store. */
  write(before: Incident, step: Step, now: EpochMs): void
  /** Desks hear of an incident that was kept from them; nothing when they know it or it is finished. */
  tell(incidentId: string, now: EpochMs): void
  /** Adds a line to the audit trail of every unfinished incident of an item. */
  note(itemId: string, text: Bilingual, now: EpochMs): void
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The keeper over an open connection. */
export function createIncidentKeeper(
  database: DatabaseSync,
  store: IncidentStore,
  outbox: DeliveryOutbox,
  rooms: readonly IncidentRoom[],
): IncidentKeeper {
  const contextOf = createTicketContextReader(database)
  const apply = createStepWriter(store, outbox, contextOf, rooms)

  const enter = (fresh: Incident, previous: Incident | null, actor: string, now: EpochMs): Incident => {
    const incident = { ...fresh, gaps: gapsOf(contextOf(fresh, now)) }
    const entries: TimelineDraft[] = [{ kind: 'opened', actor, text: incident.explanation }]
    if (previous) entries.push({ kind: 'note', actor: MACHINE, text: phrases.repeatOf(previous.number) })
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
    const admission = admit(rooms, candidateOf(verdict, fresh, conditions), now)
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

  return {
    follow: (verdict, now) => {
      const changed: string[] = []
      const withheld: Withheld[] = []
      const bad = byCause(verdict)
      for (const [dedupKey, conditions] of bad) {
        const latest = store.latest(dedupKey)
        if (!isProved(conditions) && !(latest && (isActive(latest) || isUnfixed(latest)))) continue
        if (!latest || !(takesReturn(latest, now) || isUnfixed(latest))) {
          const opened = open(verdict, conditions, latest, now)
          if (typeof opened === 'string') changed.push(opened)
          else withheld.push(opened)
          continue
        }
        const { timeToStop, item } = verdict
        const seen = { now, conditions, timeToStop, verdict: verdict.priorityOf(conditions) }
        const step = observe({ ...latest, itemId: item.id, agentId: item.agentId }, seen)
        apply(latest, step, now)
        if (step.entries.length > 0) changed.push(latest.id)
      }
      for (const incident of store.ofItem(verdict.item.id)) {
        if (bad.has(incident.dedupKey) || !incident.firing) continue
        apply(incident, observe(incident, { ...nothingBad(now), timeToStop: verdict.timeToStop }), now)
        changed.push(incident.id)
      }
      return { changed, withheld }
    },
    inherit: (fromItemId, toItemId, now) =>
      store.ofItem(fromItemId).map(incident => {
        const step = observe({ ...incident, itemId: toItemId }, nothingBad(now))
        apply(incident, step, now)
        return incident.id
      }),
    wake: (incidentId, now) => {
      const incident = store.byId(incidentId)
      if (incident) apply(incident, onDue(incident, now), now)
    },
    act: (incident, action, actor, now) => {
      const step = act(incident, action, actor, now)
      apply(incident, step, now)
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
      for (const incident of store.ofItem(itemId)) {
        if (incident.status === 'solved') continue
        store.addEntry(incident, { kind: 'note', actor: MACHINE, text }, now)
        store.save({ ...incident, changedAt: now })
      }
    },
  }
}

/** Writes one step: the row, the audit trail, and what every desk is to hear. */
function createStepWriter(
  store: IncidentStore,
  outbox: DeliveryOutbox,
  contextOf: TicketContextReader,
  rooms: readonly IncidentRoom[],
): (before: Incident | null, step: Step, now: EpochMs) => void {
  const send = (incident: Incident, events: Step['events'], now: EpochMs) => {
    if (events.length === 0) return
    const context = contextOf(incident, now)
    const subject = {
      incidentId: incident.id,
      number: incident.number,
      key: incident.deskKey,
      episode: incident.episode,
      causeClass: incident.causeClass,
      itemId: incident.itemId,
      ci: ciOf(context),
      site: context.site,
      client: context.client,
      openedAt: new Date(incident.openedAt).toISOString(),
    }
    for (const { kind, text } of events) {
      const body = kind === 'open' ? ticketText(incident, context, now) : text
      const payload = { title: incident.title, text: body, priority: incident.priority, subject }
      outbox.add(incident.tenantId, kind, payload, now)
    }
  }
  return (before, { incident, entries, events }, now) => {
    store.save(incident)
    for (const entry of entries) store.addEntry(incident, entry, now)
    if (incident.untold === null) send(incident, audible(rooms, incident, entries, events, now), now)
    if (entries.length === 0) return
    for (const room of rooms) room.moved?.({ before, after: incident, entries }, now)
  }
}

/** While a room hushes an incident, the machine's follow-ups stay in its audit trail alone. */
function audible(
  rooms: readonly IncidentRoom[],
  incident: Incident,
  entries: Step['entries'],
  events: Step['events'],
  now: EpochMs,
): Step['events'] {
  const byMachine = entries.every(entry => entry.actor === MACHINE)
  if (!byMachine || !events.some(isFollowUp) || !rooms.some(room => room.hushes?.(incident, now))) return events
  return events.filter(event => !isFollowUp(event) || (event.kind === 'priority' && incident.priority === 1))
}

const isFollowUp = ({ kind }: Step['events'][number]): boolean => kind === 'comment' || kind === 'priority'

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
): Candidate => ({ item, dedupKey, subject, priority, causeClass: candidateClass(conditions), conditions })

function candidateClass([first]: readonly HeldCondition[]): Candidate['causeClass'] {
  assert(first, 'a cause without a condition')
  return first.causeClass
}

const nothingBad = (now: EpochMs): Observation => ({ now, conditions: [], verdict: null, timeToStop: null })

/** A person solved it while the fault lasts. */
const isUnfixed = (incident: Incident): boolean => incident.firing && incident.status === 'solved'

/** Conditions by dedup key: tenant, subject, cause class. */
function byCause({ item, conditions }: ItemVerdict): Map<string, HeldCondition[]> {
  const groups = new Map<string, HeldCondition[]>()
  for (const condition of conditions) {
    const key = `${item.tenantId}|${condition.subject}|${condition.causeClass}`
    const group = groups.get(key)
    if (group) group.push(condition)
    else groups.set(key, [condition])
  }
  return groups
}

/** A new incident of a cause that holds on an item. */
function newIncident(
  { item, priorityOf, timeToStop }: ItemVerdict,
  conditions: readonly HeldCondition[],
  previous: Incident | null,
  number: number,
  now: EpochMs,
): Incident {
  const [first] = conditions
  assert(first, 'an incident without a condition')
  const { priority, reason } = priorityOf(conditions)
  const draft: RaisedIncident = {
    ...faceOf(conditions),
    tenantId: item.tenantId,
    dedupKey: `${item.tenantId}|${first.subject}|${first.causeClass}`,
    itemId: item.id,
    agentId: item.agentId,
    subject: first.subject,
    causeClass: first.causeClass,
    priority,
    priorityReason: reason,
    onsetAt: Math.min(...conditions.map(condition => condition.onsetAt)),
  }
  return { ...raisedIncident(draft, previous, number, now), timeToStop, conditions }
}

/**
 * Identities are made from key and episode, not drawn: a collector that was restored from a backup finds the tickets that it does not
 * remember.
 */
function raisedIncident(draft: RaisedIncident, previous: Incident | null, number: number, now: EpochMs): Incident {
  const { dedupKey, priority } = draft
  const episode = (previous?.episode ?? 0) + 1
  const id = digest(`${dedupKey}#${episode}`).slice(0, 24)
  const incident: Incident = {
    ...draft,
    ...NOTHING_YET,
    id,
    deskKey: `tw-${id}`,
    number,
    episode,
    priorityComputed: priority,
    priorityTold: priority,
    openedAt: now,
    changedAt: now,
    followUpAt: now,
    previousId: previous?.id ?? null,
  }
  return { ...incident, nextDueAt: nextDueOf(incident) }
}

const NOTHING_YET = {
  status: 'open',
  resolution: null,
  firing: true,
  priorityAuthor: null,
  priorityOverrideOf: null,
  priorityManualAt: null,
  timeToStop: null,
  conditions: [],
  gaps: [],
  reactedAt: null,
  solvedAt: null,
  closedAt: null,
  goodSince: null,
  solvedBy: null,
  assignee: null,
  silencedUntil: null,
  silenceReason: null,
  reopensHuman: 0,
  reopensUnfixed: 0,
  reopensReturn: 0,
  unfixedAt: null,
  returns: [],
  followUpOwed: false,
  untold: null,
  parentId: null,
  nextDueAt: null,
} as const
