import type { Priority } from '@tillwatch/rules'
import { COMMENT_LENGTH_MAX } from '@tillwatch/shared'
import type { ActorSide, IncidentAction } from '@tillwatch/shared/api'
import { shortened } from '../connectors/connector.ts'
import type { DeskComment, TicketPhase, TicketState } from '../connectors/ticket-state.ts'
import { type Incident, isActive } from '../incidents/incident.ts'

/** Comments whose ids are remembered; older ones can no longer be told from new ones, so a look never goes back behind them. */
const COMMENTS_KEPT = 500

/** What was last seen of a ticket. */
export interface SeenTicket {
  readonly phase: TicketPhase
  readonly priority: Priority | null
  readonly assignee: string | null
  readonly rating: number | null
  /** Ids of the latest comments. */
  readonly comments: readonly string[]
}

/** What somebody did in the desk, as an act on the incident. */
export interface TicketAct {
  readonly action: IncidentAction
  /** Name in the desk; null when the desk does not say who it was. */
  readonly author: string | null
  readonly side: ActorSide
}

export const seenOf = (state: TicketState): SeenTicket => ({
  phase: state.phase,
  priority: state.priority,
  assignee: state.assignee,
  rating: state.rating,
  comments: state.comments.slice(-COMMENTS_KEPT).map(({ id }) => id),
})

/**
 * What people did since the ticket was last seen, in the order in which it is to be done to the incident. `isOursToo`: we have written
 * status or priority since, so what these are now is no news; comments and the assignee are.
 */
export function newsOf(
  seen: SeenTicket,
  state: TicketState,
  incident: Incident,
  isOursToo: boolean,
): readonly TicketAct[] {
  const fresh = unseen(state.comments, seen.comments).filter(comment => !comment.ours)
  const news: TicketAct[] = fresh.map(comment => ({
    action: { action: 'comment', text: shortened(comment.text, COMMENT_LENGTH_MAX) },
    author: comment.author || null,
    side: sideOf(comment, state),
  }))
  if (state.assignee !== seen.assignee && state.assignee !== incident.assignee && isActive(incident)) {
    news.push(byDesk(state, { action: 'assign', assignee: state.assignee }))
  }
  if (isOursToo) return news
  const priority = priorityNews(seen, state, incident)
  if (priority) news.push(byDesk(state, priority))
  if (state.phase !== seen.phase) news.push(...statusNews(state, incident, fresh).map(action => byDesk(state, action)))
  return news
}

function unseen(comments: readonly DeskComment[], seen: readonly string[]): readonly DeskComment[] {
  const known = new Set(seen)
  const first = seen.length < COMMENTS_KEPT ? 0 : comments.findIndex(({ id }) => known.has(id))
  return comments.slice(Math.max(first, 0)).filter(({ id }) => !known.has(id))
}

const byDesk = (state: TicketState, action: IncidentAction): TicketAct => ({
  action,
  author: state.assignee,
  side: 'support',
})

/** What the staff writes among itself, and what the one writes who has it, is work; who else wrote, the desk does not say. */
const sideOf = (comment: DeskComment, state: TicketState): ActorSide =>
  comment.internal || (comment.author !== '' && comment.author === state.assignee) ? 'support' : 'robot'

function priorityNews(seen: SeenTicket, state: TicketState, incident: Incident): IncidentAction | null {
  const { priority } = state
  if (priority === null || priority === seen.priority || priority === incident.priority) return null
  return isActive(incident) ? { action: 'priority', priority, reason: reasonOf(state) } : null
}

const reasonOf = (state: TicketState): string => `${state.ticket.number ?? state.ticket.id}: ${state.status}`

function statusNews(state: TicketState, incident: Incident, fresh: readonly DeskComment[]): readonly IncidentAction[] {
  const said = fresh.at(-1)?.text
  const text = shortened(said ?? reasonOf(state), COMMENT_LENGTH_MAX)
  switch (state.phase) {
    case 'rejected':
      return isActive(incident) ? [{ action: 'discard', as: 'rejected', reason: text }] : []
    case 'solved':
      return isActive(incident) ? [{ action: 'solve', text }] : []
    case 'closed':
      if (isActive(incident)) return [{ action: 'solve', text }]
      return incident.status === 'solved' ? [{ action: 'close', text }] : []
    case 'waiting':
      return isActive(incident) && incident.status !== 'waiting' ? [{ action: 'wait', question: text }] : []
    case 'in_work':
    case 'open':
      if (incident.status === 'waiting') return [{ action: 'answer', text }]
      if (!isActive(incident)) return [{ action: 'reopen', text }]
      return state.phase === 'in_work' && incident.status === 'open' ? [{ action: 'take' }] : []
  }
}
