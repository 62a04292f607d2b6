import type { Priority } from '@tillwatch/rules'
import { AppError, type EpochMs } from '@tillwatch/shared'
import type { IncidentAction } from '@tillwatch/shared/api'
import { type Incident, isActive, nextDueOf, type Step, takesReturn, unfixedGraceMs } from './incident.ts'
import { leading } from './observe.ts'
import { asIs, hoursIn, phrases } from './phrases.ts'

/** What a move by a person changes, before the due time is worked out. */
type Draft = Pick<Step, 'entries' | 'events'> & { readonly change: Partial<Incident> }

/**
 * The next incident once a person has acted. `actor` is the name for the audit trail. Fails with `incident.*` and a next step when
 * the action does not fit the status.
 */
export function act(incident: Incident, action: IncidentAction, actor: string, now: EpochMs): Step {
  const { change, entries, events } = draftOf(incident, action, actor, now)
  const next = { ...incident, changedAt: now, ...change }
  return { incident: { ...next, nextDueAt: nextDueOf(next) }, entries, events }
}

function draftOf(incident: Incident, action: IncidentAction, actor: string, now: EpochMs): Draft {
  switch (action.action) {
    case 'take':
      requireActive(incident)
      return {
        change: { status: 'in_work', assignee: actor, reactedAt: incident.reactedAt ?? now },
        entries: [{ kind: 'taken', actor, text: phrases.taken(actor) }],
        events: [],
      }
    case 'comment':
      return {
        change: isActive(incident) ? { reactedAt: incident.reactedAt ?? now } : {},
        entries: [{ kind: 'comment', actor, text: asIs(action.text) }],
        events: [{ kind: 'comment', text: asIs(`${actor}: ${action.text}`) }],
      }
    case 'solve':
      return solve(incident, action.text, actor, now)
    case 'reopen':
      return reopen(incident, action.text, actor, now)
    case 'silence':
      return silence(incident, Date.parse(action.until), action.reason, actor, now)
    case 'unsilence':
      return {
        change: { silencedUntil: null, silenceReason: null, priorityTold: incident.priority },
        entries: [{ kind: 'silenced', actor, text: phrases.unsilenced() }],
        // A rise that the silence held back.
        events:
          incident.priority === incident.priorityTold ? [] : [{ kind: 'priority', text: incident.priorityReason }],
      }
    case 'priority':
      return setPriority(incident, action.priority, action.reason, actor, now)
  }
}

function requireActive(incident: Incident): void {
  if (isActive(incident)) return
  throw new AppError('incident.finished', `incident ${incident.number} is already ${incident.status}`, {
    nextStep: 'Reopen it first.',
  })
}

function solve(incident: Incident, text: string, actor: string, now: EpochMs): Draft {
  requireActive(incident)
  const said = phrases.solvedByPerson(actor, text)
  const stillBad = incident.firing
    ? phrases.solvedWhileFiring(leading(incident.conditions), hoursIn(unfixedGraceMs(incident.priority)))
    : null
  return {
    change: {
      status: 'solved',
      resolution: 'person',
      solvedAt: now,
      solvedBy: actor,
      reactedAt: incident.reactedAt ?? now,
      goodSince: null,
      silencedUntil: null,
      silenceReason: null,
      followUpOwed: false,
    },
    entries: [
      { kind: 'solved', actor, text: said },
      ...(stillBad ? [{ kind: 'note' as const, actor, text: stillBad }] : []),
    ],
    events: [{ kind: 'solve', text: said }, ...(stillBad ? [{ kind: 'comment' as const, text: stillBad }] : [])],
  }
}

function reopen(incident: Incident, text: string, actor: string, now: EpochMs): Draft {
  if (isActive(incident)) {
    throw new AppError('incident.not_solved', `incident ${incident.number} is not solved`, {
      nextStep: 'Nothing to do: it is still being worked on.',
    })
  }
  if (!takesReturn(incident, now)) {
    throw new AppError('incident.reopen_window', `incident ${incident.number} was solved more than 72 hours ago`, {
      nextStep: 'If the fault is back, a new incident opens by itself and points to this one.',
    })
  }
  const said = phrases.reopenedByPerson(actor, text)
  return {
    change: {
      status: 'in_work',
      resolution: null,
      solvedAt: null,
      solvedBy: null,
      closedAt: null,
      reactedAt: incident.reactedAt ?? now,
      reopensHuman: incident.reopensHuman + 1,
    },
    entries: [{ kind: 'reopened', actor, text: said }],
    events: [{ kind: 'reopen', text: said }],
  }
}

function silence(incident: Incident, until: EpochMs, reason: string, actor: string, now: EpochMs): Draft {
  requireActive(incident)
  if (until <= now) {
    throw new AppError('incident.silence_past', 'the end of the silence lies in the past', {
      nextStep: 'Choose a moment that is still to come.',
    })
  }
  return {
    change: { silencedUntil: until, silenceReason: reason },
    entries: [{ kind: 'silenced', actor, text: phrases.silenced(new Date(until).toISOString(), reason) }],
    events: [],
  }
}

function setPriority(incident: Incident, priority: Priority, reason: string, actor: string, now: EpochMs): Draft {
  const text = phrases.manual(priority, actor, reason)
  return {
    change: {
      priority,
      priorityTold: priority,
      priorityReason: text,
      priorityAuthor: actor,
      priorityOverrideOf: incident.priorityComputed,
      priorityManualAt: now,
    },
    entries: [{ kind: 'priority', actor, text }],
    events: priority === incident.priorityTold ? [] : [{ kind: 'priority', text }],
  }
}
