import type { Priority } from '@tillwatch/rules'
import { AppError } from '@tillwatch/shared'
import type { ActorSide, IncidentAction } from '@tillwatch/shared/api'
import { type ActContext, type Actor, type Draft, requireActive, worksOnIt } from './act-draft.ts'
import { cancel, close, reopen, solve } from './act-ends.ts'
import { answer, pend, wait } from './act-waiting.ts'
import { type Incident, isActive, nextDueOf, type Step } from './incident.ts'
import { localTime } from './local-time.ts'
import { asIs, phrases } from './phrases.ts'

type Verb = IncidentAction['action']

/** What a client may do with an incident of his own; a robot only speaks. */
const VERBS: Readonly<Record<ActorSide, ReadonlySet<Verb> | null>> = {
  support: null,
  partner: null,
  client: new Set<Verb>(['comment', 'answer', 'priority', 'discard', 'close', 'reopen']),
  robot: new Set<Verb>(['comment']),
}
/** The acts by which a person of support has reacted. */
const REACTIONS: ReadonlySet<Verb> = new Set<Verb>(['take', 'comment', 'wait', 'solve', 'discard', 'pending'])

/**
 * The next incident once a person has acted. Fails with `incident.*` and a next step when the action does not fit the status or is not
 * this person's to take.
 */
export function act(incident: Incident, action: IncidentAction, actor: Actor, context: ActContext): Step {
  const allowed = VERBS[actor.side]
  if (allowed && !allowed.has(action.action)) {
    throw new AppError('incident.not_yours', `${actor.side} may not ${action.action} an incident`, {
      nextStep: 'Write a comment: support will do it.',
    })
  }
  const { change, entries, events } = draftOf(incident, action, actor, context)
  const works = worksOnIt(actor.side)
  const reacts = works && REACTIONS.has(action.action) && (isActive(incident) || change.status !== undefined)
  const next: Incident = {
    ...incident,
    changedAt: context.now,
    ...(works ? { actedLine: incident.line } : {}),
    ...(reacts ? { reactedAt: incident.reactedAt ?? context.now } : {}),
    ...change,
  }
  return { incident: { ...next, nextDueAt: nextDueOf(next) }, entries, events }
}

function draftOf(incident: Incident, action: IncidentAction, actor: Actor, context: ActContext): Draft {
  const { name } = actor
  switch (action.action) {
    case 'take':
      requireActive(incident)
      return {
        change: { status: incident.status === 'waiting' ? 'waiting' : 'in_work', assignee: name },
        entries: [{ kind: 'taken', actor: name, text: phrases.taken(name) }],
        events: [],
      }
    case 'comment':
      return comment(incident, action.text, actor)
    case 'wait':
      return wait(incident, action.question, name, context)
    case 'answer':
      return answer(incident, action.text, name)
    case 'pending':
      return pend(incident, action.on, action.text, name)
    case 'solve':
      return solve(incident, action, name, context)
    case 'close':
      return close(incident, action.text, name, context.now)
    case 'reopen':
      return reopen(incident, action.text, actor, context.now)
    case 'discard':
      return cancel(incident, action, name, context)
    case 'silence':
      return silence(incident, Date.parse(action.until), action.reason, name, context)
    case 'unsilence':
      return {
        change: { silencedUntil: null, silenceReason: null, priorityTold: incident.priority },
        entries: [{ kind: 'silenced', actor: name, text: phrases.unsilenced() }],
        // A rise that the silence held back.
        events:
          incident.priority === incident.priorityTold ? [] : [{ kind: 'priority', text: incident.priorityReason }],
      }
    case 'priority':
      return setPriority(incident, action.priority, action.reason, actor, context.now)
    case 'assign':
      requireActive(incident)
      return {
        change: { assignee: action.assignee },
        entries: [{ kind: 'taken', actor: name, text: phrases.assigned(name, action.assignee) }],
        events: [],
      }
    case 'line':
      requireActive(incident)
      return {
        change: { line: action.line },
        entries: [{ kind: 'line', actor: name, text: phrases.toLine(name, action.line, action.reason) }],
        events: [{ kind: 'comment', text: phrases.toLine(name, action.line, action.reason) }],
      }
    case 'pin':
      requireActive(incident)
      return {
        change: { pinned: true },
        entries: [{ kind: 'pinned', actor: name, text: phrases.pinned(name, action.reason) }],
        events: [],
      }
    case 'unpin':
      return {
        change: { pinned: false },
        entries: [{ kind: 'pinned', actor: name, text: phrases.unpinned(name) }],
        events: [],
      }
    case 'critical':
      return setCritical(incident, action.reason, name, context.now)
    case 'uncritical':
      requireCritical(incident)
      return {
        change: { criticalAt: null, criticalBy: null, criticalReason: null },
        entries: [{ kind: 'critical', actor: name, text: phrases.notCritical(name, action.reason) }],
        events: [{ kind: 'comment', text: phrases.notCritical(name, action.reason) }],
      }
    case 'estimate':
      return {
        change: { estimateMinutes: action.minutes },
        entries: [{ kind: 'details', actor: name, text: phrases.estimated(name, action.minutes) }],
        events: [],
      }
    case 'classify': {
      const { kind, type, category } = action
      return {
        change: { kind, type, category },
        entries: [{ kind: 'details', actor: name, text: phrases.classified(name, kind, type, category) }],
        events: [],
      }
    }
  }
}

/** A client's word while a question to him is open is the answer. */
function comment(incident: Incident, text: string, { name, side }: Actor): Draft {
  if (side === 'client' && incident.status === 'waiting') return answer(incident, text, name)
  return {
    change: {},
    entries: [{ kind: 'comment', actor: name, text: asIs(text) }],
    events: [{ kind: 'comment', text: asIs(`${name}: ${text}`) }],
  }
}

function silence(incident: Incident, until: number, reason: string, actor: string, context: ActContext): Draft {
  requireActive(incident)
  if (until <= context.now) {
    throw new AppError('incident.silence_past', 'the end of the silence lies in the past', {
      nextStep: 'Choose a moment that is still to come.',
    })
  }
  return {
    change: { silencedUntil: until, silenceReason: reason },
    entries: [{ kind: 'silenced', actor, text: phrases.silenced(localTime(until, context.timezone), reason) }],
    events: [],
  }
}

/** Support's value stands until support changes it; a client's or a partner's replaces the computed one until then. */
function setPriority(
  incident: Incident,
  priority: Priority,
  reason: string,
  { name, side }: Actor,
  now: number,
): Draft {
  if (incident.prioritySide === 'support' && side !== 'support') {
    throw new AppError('incident.priority_support', 'support has set the priority of this incident', {
      nextStep: 'Write a comment: support decides whether it changes.',
    })
  }
  const text = phrases.manual(priority, name, reason)
  return {
    change: {
      priority,
      priorityTold: priority,
      priorityReason: text,
      priorityManual: priority,
      priorityAuthor: name,
      prioritySide: side,
      priorityOverrideOf: incident.priorityComputed,
      priorityManualAt: now,
    },
    entries: [{ kind: 'priority', actor: name, text }],
    events: priority === incident.priorityTold ? [] : [{ kind: 'priority', text }],
  }
}

function requireCritical(incident: Incident): void {
  if (incident.criticalAt !== null) return
  throw new AppError('incident.not_critical', `incident ${incident.number} is not critical`, {
    nextStep: 'Nothing to do.',
  })
}

function setCritical(incident: Incident, reason: string, actor: string, now: number): Draft {
  requireActive(incident)
  if (incident.criticalAt !== null) {
    throw new AppError('incident.critical', `incident ${incident.number} is critical already`, {
      nextStep: 'Nothing to do: its procedure runs.',
    })
  }
  const text = phrases.critical(asIs(`${actor}: ${reason}`))
  return {
    change: { criticalAt: now, criticalBy: actor, criticalReason: asIs(reason) },
    entries: [{ kind: 'critical', actor, text }],
    events: [{ kind: 'comment', text }],
  }
}
