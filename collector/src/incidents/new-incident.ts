import { createHash } from 'node:crypto'
import type { Condition, PriorityVerdict, TimeToStop } from '@tillwatch/rules'
import { assert, type EpochMs } from '@tillwatch/shared'
import { categoryOf } from './category.ts'
import { faceOf } from './face.ts'
import { type HeldCondition, type Incident, nextDueOf } from './incident.ts'
import type { Candidate } from './room.ts'

/** What an evaluation of one item says to its incidents. */
export interface ItemVerdict {
  readonly item: Candidate['item']
  readonly conditions: readonly HeldCondition[]
  readonly timeToStop: TimeToStop | null
  /** The priority of the conditions of one class. */
  readonly priorityOf: (conditions: readonly Condition[]) => PriorityVerdict
}

/** An incident that no condition of an item carries: a mass incident, a person's word. What is left out is as the machine would have it. */
export type RaisedIncident = Partial<
  Pick<Incident, 'kind' | 'type' | 'category' | 'source' | 'line' | 'estimateMinutes' | 'clientId' | 'siteId'>
> &
  Pick<
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

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Conditions by dedup key: tenant, subject, cause class. */
export function byCause({ item, conditions }: ItemVerdict): Map<string, HeldCondition[]> {
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
export function newIncident(
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
    // As the rule classifies it (R33, R34).
    ...(first.category && { category: first.category }),
    ...(first.type && { type: first.type }),
    priority,
    priorityReason: reason,
    onsetAt: Math.min(...conditions.map(condition => condition.onsetAt)),
  }
  return { ...raisedIncident(draft, previous, number, now), timeToStop, conditions }
}

const incidentIdOf = (dedupKey: string, episode: number): string => digest(`${dedupKey}#${episode}`).slice(0, 24)

/** What desks are searched by for that incident of a cause. */
export const deskKeyOf = (dedupKey: string, episode: number): string => `tw-${incidentIdOf(dedupKey, episode)}`

/**
 * Identities are made from key and episode, not drawn: a collector that was restored from a backup finds the tickets that it does not
 * remember.
 */
export function raisedIncident(
  draft: RaisedIncident,
  previous: Incident | null,
  number: number,
  now: EpochMs,
): Incident {
  const { dedupKey, priority } = draft
  const episode = (previous?.episode ?? 0) + 1
  const id = incidentIdOf(dedupKey, episode)
  const incident: Incident = {
    ...NOTHING_YET,
    category: categoryOf(draft.causeClass),
    ...draft,
    id,
    deskKey: deskKeyOf(dedupKey, episode),
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
  kind: 'incident',
  type: 'failure',
  source: 'monitoring',
  line: 1,
  status: 'open',
  resolution: null,
  resolutionMode: null,
  solvedByLine: null,
  actedLine: null,
  duplicateOf: null,
  clientId: null,
  siteId: null,
  priorityManual: null,
  prioritySide: null,
  firing: true,
  priorityAuthor: null,
  priorityOverrideOf: null,
  priorityManualAt: null,
  timeToStop: null,
  conditions: [],
  gaps: [],
  reactedAt: null,
  solvedAt: null,
  executedAt: null,
  closedAt: null,
  goodSince: null,
  clearingSince: null,
  pinned: false,
  solvedBy: null,
  assignee: null,
  silencedUntil: null,
  silenceReason: null,
  muted: false,
  mutedUntil: null,
  waitingSince: null,
  waitingFor: null,
  waitingMarks: null,
  waitingReminders: 0,
  pendingOn: null,
  estimateMinutes: null,
  criticalAt: null,
  criticalBy: null,
  criticalReason: null,
  reopensHuman: 0,
  reopensUnfixed: 0,
  reopensReturn: 0,
  reopensFlap: 0,
  unfixedAt: null,
  unfixedPolicy: null,
  returns: [],
  followUpOwed: false,
  untold: null,
  parentId: null,
  nextDueAt: null,
} as const
