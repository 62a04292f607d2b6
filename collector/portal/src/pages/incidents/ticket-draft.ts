import type { InboundTicket } from '@tillwatch/shared/api'

export const PRIORITIES: readonly InboundTicket['priority'][] = [1, 2, 3, 4]

/** What a request may be about; the cause classes of the rules. */
export const TICKET_CAUSES = [
  'ofd',
  'fn_end',
  'fn_state',
  'link',
  'register_error',
  'shift',
  'clock_register',
  'clock_pc',
  'disk',
  'agent',
  'site_link',
  'config',
] as const

/** A request while it is being written. */
export interface TicketDraft {
  readonly channel: InboundTicket['channel']
  readonly title: string
  readonly text: string
  readonly serial: string
  readonly site: string
  readonly cause: string | null
  readonly priority: InboundTicket['priority']
  readonly author: string
  readonly contact: string
}

export const EMPTY_TICKET: TicketDraft = {
  channel: 'phone',
  title: '',
  text: '',
  serial: '',
  site: '',
  cause: null,
  priority: 3,
  author: '',
  contact: '',
}

/** The request as the API takes it; what was left empty is not named. */
export function ticketOf(id: string, draft: TicketDraft): InboundTicket {
  const [serial, site] = [draft.serial.trim(), draft.site.trim()]
  return {
    id,
    channel: draft.channel,
    type: 'failure',
    title: draft.title.trim(),
    text: draft.text.trim(),
    item: { ...(serial ? { serial } : {}), ...(site ? { site } : {}) },
    ...(draft.cause === null ? {} : { class: draft.cause }),
    priority: draft.priority,
    author: { name: draft.author.trim(), contact: draft.contact.trim() },
  }
}
