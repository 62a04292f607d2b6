import type { IncidentRoom } from '../incidents/room.ts'
import type { TicketContextReader } from '../incidents/ticket-context.ts'
import { subjectOf } from '../incidents/ticket-subject.ts'
import type { DeliveryOutbox } from './outbox.ts'

/**
 * Who took an incident, and that it was closed, is no news to most desks: people see it in the portal. Desks whose tickets people act on
 * show it, whoever brought it about, the desk itself too.
 */
export function createStandingRoom(
  outbox: DeliveryOutbox,
  contextOf: TicketContextReader,
  desks: ReadonlySet<string>,
): IncidentRoom {
  if (desks.size === 0) return {}
  return {
    moved: ({ before, after }, now) => {
      if (!before || after.untold !== null) return
      const { title, explanation, priority, status, assignee } = after
      if (before.status === status && before.assignee === assignee) return
      const subject = subjectOf(after, contextOf(after, now))
      const payload = { title, text: explanation, priority, subject, standing: { status, assignee } }
      outbox.add(after, 'standing', payload, now, desk => desks.has(desk))
    },
  }
}
