import type { Priority } from '@tillwatch/rules'
import { COMMENT_LENGTH_MAX } from '@tillwatch/shared'
import type { ActorSide, IncidentAction } from '@tillwatch/shared/api'
import { shortened, type Ticket } from '../connectors/connector.ts'
import type { DeskNews } from '../connectors/desk-news.ts'
import type { DeskComment, TicketPhase, TicketState } from '../connectors/ticket-state.ts'
import { type Incident, isActive } from '../incidents/incident.ts'

/** Comments whose ids are remembered; older ones can no longer be told from new ones, so a look never goes back behind them. */
const COMMENTS_KEPT = 500

const DAY_MS = 86_400_000

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

/** Which of the two may be news: not what we have written ourselves. */
export interface Whose {
  readonly status: boolean
  readonly priority: boolean
}

/**
 * What people did since the ticket was last seen (null: a new one, whose first person is the one whom it was opened for), in the order in
 * which it is to be done to the incident.
 */
export function newsOf(
  seen: SeenTicket | null,
  state: TicketState,
  incident: Incident,
  theirs: Whose,
): readonly TicketAct[] {
  // Comments of a ticket that was there before the incident are about an earlier one. Clocks of desks may be wrong, hardly by a day.
  const isFormer = ({ at }: DeskComment) => seen === null && at < incident.openedAt - DAY_MS
  const fresh = unseen(state.comments, seen?.comments ?? []).filter(comment => !(comment.ours || isFormer(comment)))
  const news: TicketAct[] = fresh.map(comment => ({
    action: { action: 'comment', text: shortened(comment.text, COMMENT_LENGTH_MAX) },
    author: comment.author || null,
    side: sideOf(comment, state),
  }))
  if (seen && state.assignee !== seen.assignee && state.assignee !== incident.assignee && isActive(incident)) {
    news.push(byDesk(state, { action: 'assign', assignee: state.assignee }))
  }
  const priority = theirs.priority && priorityNews(seen, state, incident)
  if (priority) news.push(byDesk(state, priority))
  if (theirs.status && state.phase !== (seen?.phase ?? 'open'))
    news.push(...statusNews(state, incident, fresh).map(action => byDesk(state, action)))
  return news
}

function unseen(comments: readonly DeskComment[], seen: readonly string[]): readonly DeskComment[] {
  const known = new Set(seen)
  const first = seen.length < COMMENTS_KEPT ? 0 : comments.findIndex(({ id }) => known.has(id))
  return comments.slice(Math.max(first, 0)).filter(({ id }) => !known.has(id))
}

/** Names under which connectors keep the desk's own value of what was written last. */
const WRITTEN = { status: ['statusId', 'status', 'state'], priority: ['priorityId', 'priority', 'raised'] } as const

/**
 * Whose status and priority are after we have written: a person's where they are not what our own writing left. A desk may put a new ticket
 * into work by itself, which is nobody's; it ends none.
 */
export function whoseAfterWriting(written: Ticket['written'], { ticket, phase }: TicketState, isFirst: boolean): Whose {
  const differs = (names: readonly string[]): boolean =>
    names.some(name => name in written && name in ticket.written && written[name] !== ticket.written[name])
  const isEnded = phase === 'solved' || phase === 'closed' || phase === 'rejected'
  return { status: differs(WRITTEN.status) && (!isFirst || isEnded), priority: differs(WRITTEN.priority) }
}

const byDesk = (state: TicketState, action: IncidentAction): TicketAct => ({
  action,
  author: state.assignee,
  side: 'support',
})

/** What the staff writes among itself, and what the one writes who has it, is work; who else wrote, the desk does not say. */
const sideOf = (comment: DeskComment, state: TicketState): ActorSide =>
  comment.internal || (comment.author !== '' && comment.author === state.assignee) ? 'support' : 'robot'

function priorityNews(seen: SeenTicket | null, state: TicketState, incident: Incident): IncidentAction | null {
  const { priority } = state
  if (priority === null || priority === seen?.priority || priority === incident.priority) return null
  return isActive(incident) ? { action: 'priority', priority, reason: reasonOf(state) } : null
}

const reasonOf = (state: TicketState): string => `${state.ticket.number ?? state.ticket.id}: ${state.status}`

const statusNews = (state: TicketState, incident: Incident, fresh: readonly DeskComment[]): readonly IncidentAction[] =>
  statusActs(state.phase, shortened(fresh.at(-1)?.text ?? reasonOf(state), COMMENT_LENGTH_MAX), incident)

/** What a desk's own word about a ticket comes to for the incident as it stands: nothing, where the two agree. */
export function actsOf(news: DeskNews, incident: Incident): readonly IncidentAction[] {
  const { action, ticketId } = news
  switch (action.action) {
    case 'status': {
      const { phase, text } = action
      const acts = statusActs(phase, text ?? `${ticketId}: ${phase}`, incident)
      // What was written is not lost where the status says nothing new, or takes no words.
      const isSaid = text === null || acts.some(each => each.action !== 'take')
      return isSaid ? acts : [{ action: 'comment', text }, ...acts]
    }
    case 'priority':
      return action.priority === incident.priority ? [] : [action]
    case 'assign':
      return action.assignee === incident.assignee ? [] : [action]
    case 'take':
      return isTaken(news, incident) ? [] : [action]
    default:
      return [action]
  }
}

/** The one who takes it has it, or somebody was faster. */
const isTaken = ({ author, givesWay }: DeskNews, incident: Incident): boolean =>
  isActive(incident) &&
  incident.assignee !== null &&
  (givesWay === true || (incident.assignee === author && incident.status === 'in_work'))

function statusActs(phase: TicketPhase, text: string, incident: Incident): readonly IncidentAction[] {
  switch (phase) {
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
      return phase === 'in_work' && incident.status === 'open' ? [{ action: 'take' }] : []
  }
}
