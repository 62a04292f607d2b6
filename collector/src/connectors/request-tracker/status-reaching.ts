import { delivered, type Outcome, rejected } from '../connector.ts'
import type { RequestTrackerConfig } from './config.ts'
import type { RtTicket } from './mapping.ts'
import { type TicketWriter, unproved } from './ticket-writer.ts'

/** What a status shall mean. */
export type Goal = 'solved' | 'reopened'

/** True when the ticket stands as wanted, whoever set it. */
export async function stands(
  writer: TicketWriter,
  ticket: RtTicket,
  goal: Goal,
  signal: AbortSignal,
): Promise<Outcome<boolean>> {
  const done = await writer.isDone(ticket, signal)
  return done.kind === 'delivered' ? delivered(done.value === (goal === 'solved')) : done
}

/** Brings a ticket there: as it is already, in one step, or through a status of work where its life cycle knows no direct way. */
export async function reach(
  config: RequestTrackerConfig,
  writer: TicketWriter,
  id: string,
  goal: Goal,
  signal: AbortSignal,
): Promise<Outcome<RtTicket>> {
  const target = config.statuses[goal]
  const look = async (): Promise<Outcome<{ ticket: RtTicket; there: boolean }>> => {
    const ticket = await writer.read(id, signal)
    if (ticket.kind !== 'delivered') return unproved(ticket)
    const there = await stands(writer, ticket.value, goal, signal)
    return there.kind === 'delivered' ? delivered({ ticket: ticket.value, there: there.value }) : unproved(there)
  }
  const start = await look()
  if (start.kind !== 'delivered') return start
  if (start.value.there) return delivered(start.value.ticket)
  const from = start.value.ticket.Status
  const ways = [
    [target],
    ...config.statuses.in_work.filter(via => ![from, target].includes(via)).map(via => [via, target]),
  ]
  let said = ''
  for (const way of ways) {
    for (const status of way) {
      const changed = await writer.change(id, { Status: status }, signal)
      if (changed.kind !== 'delivered') return changed
      said ||= changed.value
    }
    const now = await look()
    if (now.kind !== 'delivered') return now
    if (now.value.there) return delivered(now.value.ticket)
    // A way that leads nowhere leaves no traces.
    if (now.value.ticket.Status !== from) await writer.change(id, { Status: from }, signal)
  }
  const allowed = start.value.ticket._hyperlinks.flatMap(link => link.to ?? []).join(', ')
  return rejected(
    'change_refused',
    `Request Tracker keeps “${from}” instead of “${target}”: ${said || 'no reason told'}; it offers: ${allowed || 'nothing'}`,
  )
}
