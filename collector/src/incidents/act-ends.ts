import { AppError, type EpochMs } from '@tillwatch/shared'
import type { IncidentAction } from '@tillwatch/shared/api'
import { type ActContext, type Actor, type Draft, requireActive, worksOnIt } from './act-draft.ts'
import { leading } from './face.ts'
import { type Incident, isActive, REOPEN_WINDOW_MS, unfixedGraceMs } from './incident.ts'
import { localTime } from './local-time.ts'
import { hoursIn, phrases } from './phrases.ts'
import { executedAtOf, NOT_ACTIVE, NOT_ENDED } from './status-changes.ts'

type Solve = Extract<IncidentAction, { action: 'solve' }>
type Discard = Extract<IncidentAction, { action: 'discard' }>

/** A person's word that it is done; when the readings disagree, that is said at once. */
export function solve(incident: Incident, { text, mode }: Solve, actor: string, context: ActContext): Draft {
  const { now, unfixedPolicy } = context
  requireActive(incident)
  const said = phrases.solvedByPerson(actor, text)
  const stillBad = incident.firing
    ? phrases.solvedWhileFiring(leading(incident.conditions), unfixedPolicy, hoursIn(unfixedGraceMs(incident.priority)))
    : null
  return {
    change: {
      ...NOT_ACTIVE,
      status: 'solved',
      resolution: 'person',
      resolutionMode: mode ?? 'remote',
      solvedByLine: incident.line,
      solvedAt: now,
      executedAt: executedAtOf(incident, now),
      solvedBy: actor,
      unfixedPolicy,
    },
    entries: [
      { kind: 'solved', actor, text: said },
      ...(stillBad ? [{ kind: 'note' as const, actor, text: stillBad }] : []),
    ],
    events: [{ kind: 'solve', text: said }, ...(stillBad ? [{ kind: 'comment' as const, text: stillBad }] : [])],
  }
}

/** The client or support is content before the 72 hours are over. */
export function close(incident: Incident, text: string, actor: string, now: EpochMs): Draft {
  if (incident.status !== 'solved') {
    throw new AppError('incident.not_solved', `incident ${incident.number} is not solved`, {
      nextStep: isActive(incident) ? 'Solve or cancel it first.' : 'Nothing to do: it is closed.',
    })
  }
  return {
    change: { status: 'closed', closedAt: now },
    entries: [{ kind: 'closed', actor, text: phrases.closedByPerson(actor, text) }],
    events: [],
  }
}

/**
 * A person opens it again within the window, also one that was cancelled by mistake. Only the word of those who work on it is a reaction:
 * a client's puts it back into the queue.
 */
export function reopen(incident: Incident, text: string, { name: actor, side }: Actor, now: EpochMs): Draft {
  if (isActive(incident)) {
    throw new AppError('incident.not_solved', `incident ${incident.number} is not solved`, {
      nextStep: 'Nothing to do: it is still being worked on.',
    })
  }
  const endedAt = incident.solvedAt ?? incident.closedAt ?? 0
  if (incident.resolution === 'withdrawn') {
    throw new AppError('incident.withdrawn', `incident ${incident.number} was withdrawn with its equipment`, {
      nextStep: 'If the fault is still there, a new incident opens by itself.',
    })
  }
  if (now >= endedAt + REOPEN_WINDOW_MS) {
    throw new AppError('incident.reopen_window', `incident ${incident.number} ended more than 72 hours ago`, {
      nextStep: 'If the fault is back, a new incident opens by itself and points to this one.',
    })
  }
  const said = phrases.reopenedByPerson(actor, text)
  const reactedAt = worksOnIt(side) ? (incident.reactedAt ?? now) : incident.reactedAt
  return {
    change: {
      ...NOT_ENDED,
      status: reactedAt === null ? 'open' : 'in_work',
      reactedAt,
      reopensHuman: incident.reopensHuman + 1,
    },
    entries: [{ kind: 'reopened', actor, text: said }],
    events: [{ kind: 'reopen', text: said }],
  }
}

/**
 * Cancelled, a duplicate or rejected: closed without a solution. On a fault that lasts, nothing new is opened for its key until it
 * clears and comes back, at the latest until the given moment.
 */
export function cancel(incident: Incident, action: Discard, actor: string, context: ActContext): Draft {
  requireActive(incident)
  const until = action.until === undefined ? null : Date.parse(action.until)
  if (until !== null && until <= context.now) {
    throw new AppError('incident.mute_past', 'the end of the mute lies in the past', {
      nextStep: 'Choose a moment that is still to come.',
    })
  }
  const duplicateOf = action.as === 'duplicate' ? originalOf(incident, action.duplicateOf, context) : null
  const said = phrases.discarded(actor, action.as, action.duplicateOf, action.reason)
  const muted = incident.firing ? phrases.muted(until === null ? null : localTime(until, context.timezone)) : null
  return {
    change: {
      ...NOT_ACTIVE,
      status: 'closed',
      resolution: action.as,
      duplicateOf,
      closedAt: context.now,
      muted: incident.firing,
      mutedUntil: incident.firing ? until : null,
    },
    entries: [{ kind: 'closed', actor, text: said }, ...(muted ? [{ kind: 'note' as const, actor, text: muted }] : [])],
    events: [{ kind: 'solve', text: said }],
  }
}

function originalOf(incident: Incident, number: number | undefined, { idOfNumber }: ActContext): string {
  const id = number === undefined ? null : idOfNumber(number)
  if (id !== null && id !== incident.id) return id
  throw new AppError('incident.duplicate_of', 'a duplicate needs the number of another incident', {
    nextStep: 'Give the number of the incident that goes on.',
  })
}
