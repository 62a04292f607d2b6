import type { IncidentAction, IncidentView } from '@tillwatch/shared/api'
import { both, HOUR, iso } from './mock-call.ts'

/** What an action of a person does to an incident, roughly as the collector would. */
export function applyAction(incident: IncidentView, action: IncidentAction, actor: string, now: number): IncidentView {
  const entry = (kind: IncidentView['timeline'][number]['kind'], text: string) => [
    ...incident.timeline,
    { id: `t-${now}-${incident.timeline.length}`, at: iso(now), kind, actor, text: both(text, text) },
  ]
  switch (action.action) {
    case 'take':
      return { ...incident, status: 'in_work', assignee: actor, timeline: entry('taken', '') }
    case 'comment':
      return { ...incident, timeline: entry('comment', action.text) }
    case 'solve':
      return { ...incident, status: 'solved', solvedAt: iso(now), timeline: entry('solved', action.text) }
    case 'reopen':
      return {
        ...incident,
        status: 'in_work',
        solvedAt: null,
        reopens: incident.reopens + 1,
        timeline: entry('reopened', action.text),
      }
    case 'silence':
      return { ...incident, silencedUntil: action.until, timeline: entry('silenced', action.reason) }
    case 'unsilence':
      return { ...incident, silencedUntil: null, timeline: entry('note', '') }
    case 'priority':
      return {
        ...incident,
        priority: action.priority,
        priorityManual: true,
        timeline: entry('priority', action.reason),
      }
    case 'assign':
      return { ...incident, assignee: action.assignee, timeline: entry('taken', action.assignee ?? '') }
    case 'line':
      return { ...incident, line: action.line, timeline: entry('line', action.reason) }
    case 'wait':
      return {
        ...incident,
        status: 'waiting',
        waitingSince: iso(now),
        waitingFor: action.question,
        waitingUntil: iso(now + 24 * HOUR),
        timeline: entry('waiting', action.question),
      }
    case 'answer':
      return {
        ...incident,
        status: 'in_work',
        waitingSince: null,
        waitingFor: null,
        waitingUntil: null,
        timeline: entry('waiting', action.text),
      }
    case 'pending':
      return { ...incident, status: 'in_work', pendingOn: action.on, timeline: entry('waiting', action.text) }
    case 'close':
      return { ...incident, status: 'closed', closedAt: iso(now), timeline: entry('closed', action.text) }
    case 'discard':
      return {
        ...incident,
        status: 'closed',
        resolution: action.as,
        closedAt: iso(now),
        muted: true,
        timeline: entry('closed', action.reason),
      }
    case 'pin':
      return { ...incident, pinned: true, timeline: entry('pinned', action.reason) }
    case 'unpin':
      return { ...incident, pinned: false, timeline: entry('pinned', '') }
    case 'critical':
      return {
        ...incident,
        critical: true,
        criticalSince: iso(now),
        criticalReason: both(action.reason, action.reason),
        timeline: entry('critical', action.reason),
      }
    case 'uncritical':
      return { ...incident, critical: false, criticalReason: null, timeline: entry('critical', action.reason) }
    case 'estimate':
      return { ...incident, estimateMinutes: action.minutes, timeline: entry('details', '') }
    case 'classify': {
      const { kind, type, category } = action
      return { ...incident, kind, type, category, timeline: entry('details', '') }
    }
  }
}
