import { AppError } from '@tillwatch/shared'
import type { PendingParty } from '@tillwatch/shared/api'
import { type ActContext, type Draft, requireActive } from './act-draft.ts'
import type { Incident, TimelineDraft } from './incident.ts'
import { asIs, phrases } from './phrases.ts'
import { NOT_WAITING } from './status-changes.ts'

/** Working days after a question: remind, remind again, give up. */
const WAITING_DAYS = [1, 3, 5] as const

/** Waiting begins with a question that the client reads. Whoever asks has the incident in work. */
export function wait(incident: Incident, question: string, actor: string, context: ActContext): Draft {
  requireActive(incident)
  const taken: TimelineDraft = { kind: 'taken', actor, text: phrases.taken(actor) }
  const text = phrases.asked(actor, question)
  return {
    change: {
      status: 'waiting',
      assignee: incident.assignee ?? actor,
      waitingSince: context.now,
      waitingFor: question,
      waitingMarks: WAITING_DAYS.map(days => context.workingDaysLater(context.now, days)),
      waitingReminders: 0,
      pendingOn: null,
    },
    entries: [...(incident.status === 'open' ? [taken] : []), { kind: 'waiting', actor, text }],
    events: [{ kind: 'comment', text }],
  }
}

/** The client has answered: the work goes on. */
export function answer(incident: Incident, text: string, actor: string): Draft {
  if (incident.status !== 'waiting') {
    throw new AppError('incident.not_waiting', `incident ${incident.number} waits for no answer`, {
      nextStep: 'Write it as a comment.',
    })
  }
  return {
    change: { ...NOT_WAITING, status: 'in_work' },
    entries: [{ kind: 'waiting', actor, text: phrases.answered(actor, text) }],
    events: [{ kind: 'comment', text: asIs(`${actor}: ${text}`) }],
  }
}

/** In work, and yet it is somebody else's turn; the clock runs. Null: it is ours again. */
export function pend(incident: Incident, on: PendingParty | null, text: string, actor: string): Draft {
  requireActive(incident)
  if (incident.status === 'waiting') {
    throw new AppError('incident.waiting', `incident ${incident.number} waits for the client`, {
      nextStep: 'Write the answer down first.',
    })
  }
  const said = phrases.pending(actor, on, text)
  return {
    change: { pendingOn: on, status: 'in_work', assignee: incident.assignee ?? actor },
    entries: [{ kind: 'waiting', actor, text: said }],
    events: [{ kind: 'comment', text: said }],
  }
}
