import type { Hold, SlaEvent, SlaTerms } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { type Incident, isActive, isDiscarded, isMass, MACHINE } from '../incidents/incident.ts'
import type { IncidentMove } from '../incidents/room.ts'
import type { Stillness } from './suppression.ts'

/** What its row of the policy depends on. */
export const termsOf = (incident: Incident): SlaTerms => ({
  priority: incident.priority,
  critical: incident.criticalAt !== null,
  mass: isMass(incident),
  request: isRequest(incident),
})
const isRequest = ({ kind }: Incident): boolean => kind === 'service_request'

/** A kind changed by hand counts from the registration on, as if it had never been another (domain ruling 18.51). */
export const ofItsKind = (log: readonly SlaEvent[], incident: Incident): readonly SlaEvent[] =>
  log.map(event =>
    event.kind === 'registered' || event.kind === 'terms' ? { ...event, request: isRequest(incident) } : event,
  )

/** The log of an incident that is seen for the first time: as it stands, whatever it went through before. */
export function beginningOf(incident: Incident): readonly SlaEvent[] {
  const { openedAt, reactedAt, waitingSince, status, executedAt } = incident
  const log: SlaEvent[] = [{ at: openedAt, kind: 'registered', ...termsOf(incident) }]
  if (reactedAt !== null) log.push({ at: reactedAt, kind: 'reacted' })
  if (waitingSince !== null) log.push({ at: waitingSince, kind: 'hold', why: 'waiting' })
  if (!isActive(incident)) {
    if (isDiscarded(incident)) log.push({ at: incident.changedAt, kind: 'ended' })
    else if (status === 'solved' || status === 'closed')
      log.push({ at: executedAt ?? incident.solvedAt ?? incident.changedAt, kind: 'solved' })
  }
  return log
}

/** Since when its readings are good, whether the machine waits for its hold or for a whole steady day. */
const goodFrom = (incident: Incident): EpochMs | null => incident.goodSince ?? incident.clearingSince

/** What one move of an incident means for its clocks. */
export function eventsOf(before: Incident, { after, entries }: IncidentMove, now: EpochMs): readonly SlaEvent[] {
  const events: SlaEvent[] = []
  const [old, next] = [termsOf(before), termsOf(after)]
  if (old.priority !== next.priority || old.critical !== next.critical) events.push({ at: now, kind: 'terms', ...next })
  if (before.reactedAt === null && after.reactedAt !== null) events.push({ at: after.reactedAt, kind: 'reacted' })
  const held = (why: Hold, was: boolean, is: boolean) => {
    if (was !== is) events.push({ at: now, kind: is ? 'hold' : 'release', why })
  }
  held('waiting', before.waitingSince !== null, after.waitingSince !== null)
  held('third_party', before.pendingOn !== null, after.pendingOn !== null)
  events.push(...stagesOf(before, after, entries, now))
  if (isActive(before) && isActive(after)) events.push(...clearingOf(before, after, now))
  else if (isActive(before)) events.push(...endOf(before, after, now))
  else if (isActive(after)) events.push({ at: now, kind: 'reopened', how: howReopened(before, after) })
  else if (!isDiscarded(before) && isDiscarded(after)) events.push({ at: now, kind: 'ended' })
  return events
}

function clearingOf(before: Incident, after: Incident, now: EpochMs): readonly SlaEvent[] {
  const [was, is] = [goodFrom(before), goodFrom(after)]
  if (was === null && is !== null) return [{ at: is, kind: 'clearing' }]
  return was !== null && is === null ? [{ at: now, kind: 'relapsed' }] : []
}

/** Executed when the readings that cleared it began to be good, or when a person says so (domain ruling 18.24). */
function endOf(before: Incident, after: Incident, now: EpochMs): readonly SlaEvent[] {
  if (isDiscarded(after)) return [{ at: now, kind: 'ended' }]
  const executedAt = after.executedAt ?? now
  const solved: SlaEvent = { at: executedAt, kind: 'solved' }
  const good = goodFrom(before)
  if (good === null) return [solved]
  return executedAt === good ? [{ ...solved, at: now }] : [{ at: executedAt, kind: 'relapsed' }, solved]
}

function howReopened(before: Incident, after: Incident): 'human' | 'unfixed' | 'return' {
  if (after.reopensHuman > before.reopensHuman) return 'human'
  return after.reopensUnfixed > before.reopensUnfixed ? 'unfixed' : 'return'
}

/** Stages that an agreement may set a time for: an owner who said so, work begun, its size told, its class confirmed. */
function stagesOf(before: Incident, after: Incident, entries: IncidentMove['entries'], now: EpochMs): SlaEvent[] {
  const byPeople = entries.filter(entry => entry.actor !== MACHINE).map(entry => entry.kind)
  const events: SlaEvent[] = []
  const reach = (event: 'owner' | 'work_started' | 'plan' | 'triage') =>
    events.push({ at: now, kind: 'milestone', event })
  if (after.assignee !== null && (byPeople.includes('taken') || byPeople.includes('comment'))) reach('owner')
  if (before.status !== 'in_work' && after.status === 'in_work') reach('work_started')
  if (before.estimateMinutes === null && after.estimateMinutes !== null) reach('plan')
  if (byPeople.includes('details')) reach('triage')
  return events
}

/** Planned work: nobody is called meanwhile. */
export const WINDOWS: readonly Hold[] = ['agreed_window', 'window']

/** What noise control says: no step comes nearer meanwhile. */
export const STEPS_HELD: readonly Hold[] = [...WINDOWS, 'suppressed']

/** What has to be added to the log so that it says what noise control says. Nothing is put before what the log already knows of it. */
export function stillnessEvents(log: readonly SlaEvent[], still: Stillness | null, now: EpochMs): readonly SlaEvent[] {
  const last = log.findLast(
    event => (event.kind === 'hold' || event.kind === 'release') && STEPS_HELD.includes(event.why),
  )
  const held = last?.kind === 'hold' ? last.why : null
  if (held === (still?.why ?? null)) return []
  const events: SlaEvent[] = []
  if (held !== null) events.push({ at: now, kind: 'release', why: held })
  if (still) events.push({ at: Math.min(now, Math.max(still.since, last?.at ?? 0)), kind: 'hold', why: still.why })
  return events
}
