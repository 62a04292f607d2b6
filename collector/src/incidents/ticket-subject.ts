import type { TicketSubject } from '../deliveries/payload.ts'
import type { Incident } from './incident.ts'
import { ciOf, type TicketContext } from './ticket-context.ts'

/** What every message about an incident says it is about. */
export function subjectOf(incident: Incident, context: TicketContext): TicketSubject {
  const { id, number, deskKey, episode, causeClass, itemId, openedAt } = incident
  return {
    incidentId: id,
    number,
    key: deskKey,
    episode,
    causeClass,
    itemId,
    ci: ciOf(context),
    site: context.site,
    client: context.client,
    openedAt: new Date(openedAt).toISOString(),
  }
}
