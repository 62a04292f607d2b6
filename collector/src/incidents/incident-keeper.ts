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
import { ciOf, gapsOf, ticketText } from './text.ts'
import { createTicketContextReader, type TicketContextReader } from './ticket-context.ts'

/** What an evaluation of one item says to its incidents. */
export interface ItemVerdict {
  readonly item: { readonly id: string; readonly tenantId: string; readonly agentId: string }
  readonly conditions: readonly HeldCondition[]
  readonly timeToStop: TimeToStop | null
  /** The priority of the conditions of one class. */
  readonly priorityOf: (conditions: readonly Condition[]) => PriorityVerdict
}

/** Moves incidents and writes what follows: rows, audit trail, messages to desks. Runs inside the caller's transaction. */
export interface IncidentKeeper {
  /** Brings the incidents of one item in line with its conditions; the ids of those that changed. */
  follow(verdict: ItemVerdict, now: EpochMs): readonly string[]
  /** An item turned out to be another one: its faults are over, its incidents belong to that other from now on; the ids of those. */
  inherit(fromItemId: string, toItemId: string, now: EpochMs): readonly string[]
  /** Does what time alone does to one incident. */
  wake(incidentId: string, now: EpochMs): void
  act(incident: Incident, action: IncidentAction, actor: string, now: EpochMs): Incident
  /** Adds a line to the audit trail of every unfinished incident of an item. */
  note(itemId: string, text: Bilingual, now: EpochMs): void
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The keeper over an open connection. */
export function createIncidentKeeper(
  database: DatabaseSync,
  store: IncidentStore,
  outbox: DeliveryOutbox,
): IncidentKeeper {
  const contextOf = createTicketContextReader(database)
  const apply = createStepWriter(store, outbox, contextOf)

  const open = (
    verdict: ItemVerdict,
    conditions: readonly HeldCondition[],
    previous: Incident | null,
    now: EpochMs,
  ) => {
    const fresh = newIncident(verdict, conditions, previous, store.nextNumber(verdict.item.tenantId), now)
    const incident = { ...fresh, gaps: gapsOf(contextOf(fresh, now)) }
    const entries: TimelineDraft[] = [{ kind: 'opened', actor: MACHINE, text: incident.explanation }]
    if (previous) entries.push({ kind: 'note', actor: MACHINE, text: phrases.repeatOf(previous.number) })
    apply({ incident, entries, events: [{ kind: 'open', text: incident.explanation }] }, now)
    return incident.id
  }

  return {
    follow: (verdict, now) => {
      const changed: string[] = []
      const bad = byCause(verdict)
      for (const [dedupKey, conditions] of bad) {
        const latest = store.latest(dedupKey)
        if (!isProved(conditions) && !(latest && (isActive(latest) || isUnfixed(latest)))) continue
        if (!latest || !(takesReturn(latest, now) || isUnfixed(latest))) {
          changed.push(open(verdict, conditions, latest, now))
          continue
        }
        const { timeToStop, item } = verdict
        const seen = { now, conditions, timeToStop, verdict: verdict.priorityOf(conditions) }
        const step = observe({ ...latest, itemId: item.id, agentId: item.agentId }, seen)
        apply(step, now)
        if (step.entries.length > 0) changed.push(latest.id)
      }
      for (const incident of store.ofItem(verdict.item.id)) {
        if (bad.has(incident.dedupKey) || !incident.firing) continue
        apply(observe(incident, { now, conditions: [], verdict: null, timeToStop: verdict.timeToStop }), now)
        changed.push(incident.id)
      }
      return changed
    },
    inherit: (fromItemId, toItemId, now) =>
      store.ofItem(fromItemId).map(incident => {
        const step = observe({ ...incident, itemId: toItemId }, nothingBad(now))
        apply(step, now)
        return incident.id
      }),
    wake: (incidentId, now) => {
      const incident = store.byId(incidentId)
      if (incident) apply(onDue(incident, now), now)
    },
    act: (incident, action, actor, now) => {
      const step = act(incident, action, actor, now)
      apply(step, now)
      return step.incident
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
): (step: Step, now: EpochMs) => void {
  return ({ incident, entries, events }, now) => {
    store.save(incident)
    for (const entry of entries) store.addEntry(incident, entry, now)
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

/**
 * Identities are made from key and episode, not drawn: a collector that was restored from a backup finds the tickets that it does not
 * remember.
 */
function newIncident(
  verdict: ItemVerdict,
  conditions: readonly HeldCondition[],
  previous: Incident | null,
  number: number,
  now: EpochMs,
): Incident {
  const [first] = conditions
  assert(first, 'an incident without a condition')
  const dedupKey = `${verdict.item.tenantId}|${first.subject}|${first.causeClass}`
  const episode = (previous?.episode ?? 0) + 1
  const id = digest(`${dedupKey}#${episode}`).slice(0, 24)
  const { priority, reason } = verdict.priorityOf(conditions)
  const incident: Incident = {
    ...faceOf(conditions),
    ...NOTHING_YET,
    id,
    deskKey: `tw-${id}`,
    tenantId: verdict.item.tenantId,
    number,
    dedupKey,
    episode,
    itemId: verdict.item.id,
    agentId: verdict.item.agentId,
    subject: first.subject,
    causeClass: first.causeClass,
    priority,
    priorityComputed: priority,
    priorityTold: priority,
    priorityReason: reason,
    timeToStop: verdict.timeToStop,
    conditions,
    onsetAt: Math.min(...conditions.map(condition => condition.onsetAt)),
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
  nextDueAt: null,
} as const
