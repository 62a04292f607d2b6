import type { Priority } from '@tillwatch/rules'
import { z } from 'zod'
import type { FoundTicket } from '../connector.ts'
import { textOfHtml } from '../html.ts'
import { type DeskComment, deskMoment, isOurs, phaseOf, type TicketState } from '../ticket-state.ts'
import type { RequestTrackerConfig } from './config.ts'

/** Numbers come as numbers in one place and as text in the next. */
const id = z.union([z.string(), z.number()]).transform(String)
const reference = z.object({ id })
const amount = z.union([z.string(), z.number()]).transform(Number)

/** A ticket, as it is read alone (REST 2, Tickets). */
const customField = z.object({ id, name: z.string().optional(), values: z.array(z.unknown()).default([]) })
/** An empty list comes as an empty text from searches. */
const customFields = z.union([z.array(customField), z.literal('').transform(() => [])]).default([])
/** What hangs on a ticket, and what the account may do with it now. */
const links = z
  .array(z.object({ ref: z.string(), id: id.optional(), type: z.string().optional(), to: z.string().optional() }))
  .default([])
export const oneTicket = z.object({
  id,
  Subject: z.string().default(''),
  Status: z.string(),
  Priority: amount.default(0),
  Owner: reference.optional(),
  LastUpdated: deskMoment,
  CustomFields: customFields,
  _hyperlinks: links,
})
export type RtTicket = z.infer<typeof oneTicket>

/** A row of a search; a merged ticket has another effective id than its own. */
export const foundTickets = z.object({
  items: z.array(
    z.object({
      id,
      EffectiveId: id.optional(),
      Status: z.string().default(''),
      LastUpdated: deskMoment.optional(),
      CustomFields: customFields,
      _hyperlinks: links,
    }),
  ),
  pages: z.number().nullable().default(null),
})
export type RtRow = z.infer<typeof foundTickets>['items'][number]

export const history = z.object({
  items: z.array(
    z.object({
      id,
      Type: z.string(),
      Created: deskMoment,
      Creator: reference.extend({ RealName: z.string().optional() }),
    }),
  ),
})
export const parts = z.object({
  items: z.array(
    z.object({
      id,
      TransactionId: id.optional(),
      ContentType: z.string().default(''),
      Content: z.string().default(''),
    }),
  ),
})
export const ids = z.object({ items: z.array(reference) })
export const created = reference
const named = z.object({ id, Name: z.string() })
export const foundNames = z.object({ items: z.array(named) })
export const version = z.object({ Version: z.string() })
export const queueSchema = named.extend({
  TicketCustomFields: z.array(z.object({ id, name: z.string() })).default([]),
  _hyperlinks: z.array(z.object({ ref: z.string() })).default([]),
})
export type Queue = z.infer<typeof queueSchema>
/** What a change answers: a sentence for each field, of success or failure. */
export const sentences = z.array(z.string())

/** The value of a custom field; null when it is empty, undefined when the ticket does not show the field. */
export function fieldOf(ticket: Pick<RtTicket, 'CustomFields'>, fieldId: string): string | null | undefined {
  const field = ticket.CustomFields.find(each => each.id === fieldId)
  if (!field) return undefined
  const [value] = field.values
  return typeof value === 'string' && value !== '' ? value : null
}

/** One text of a ticket's history. */
export interface TicketText extends DeskComment {
  /** True for the text that the ticket was opened with. */
  readonly first: boolean
}

type Part = z.infer<typeof parts>['items'][number]
type Entry = z.infer<typeof history>['items'][number]

/** The text of an entry of the history: of two forms of the same one the plain one. */
export function textOf(entry: Entry, its: readonly Part[]): TicketText | null {
  const plain = its.find(part => part.ContentType.startsWith('text/plain')) ?? its[0]
  if (!plain) return null
  const text = plain.ContentType.startsWith('text/html') ? textOfHtml(plain.Content) : plain.Content
  return {
    id: entry.id,
    at: entry.Created,
    author: entry.Creator.RealName || entry.Creator.id,
    text,
    internal: entry.Type === 'Comment',
    ours: isOurs(text),
    first: entry.Type === 'Create',
  }
}

/** Our level for a number of the desk's scale: people set numbers between ours too. */
export function levelOfNumber(value: number, levels: RequestTrackerConfig['priorities']): Priority {
  return ([1, 2, 3] as const).find(level => value >= levels[level]) ?? 4
}

export const ticketOf = (
  { id, Status, Priority }: Pick<RtTicket, 'id' | 'Status' | 'Priority'>,
  url: string,
  open: boolean,
): FoundTicket => ({
  id,
  number: id,
  url: `${url}/Ticket/Display.html?id=${id}`,
  open,
  written: { priority: Priority, status: Status },
})

/** The ticket as people left it; `asked` is the number it was asked by, which is another one once it was merged. */
export function stateOf(
  ticket: RtTicket,
  asked: string,
  texts: readonly TicketText[],
  config: RequestTrackerConfig,
  isClosed: boolean,
): TicketState {
  const owner = ticket.Owner?.id ?? NOBODY
  const open = !isClosed && ticket.Status !== config.statuses.solved
  return {
    ticket: ticketOf({ ...ticket, id: asked }, config.url, open),
    status: ticket.Status,
    phase: phaseOf(ticket.Status, config.statuses, isClosed),
    priority: levelOfNumber(ticket.Priority, config.priorities),
    assignee: owner === NOBODY ? null : owner,
    comments: texts.flatMap(({ first, ...comment }) => (first ? [] : comment)),
    rating: null,
    updatedAt: ticket.LastUpdated,
    mergedInto: ticket.id === asked ? null : ticket.id,
  }
}

/** The account that owns what nobody owns. */
const NOBODY = 'Nobody'

/** Longest subject, in bytes: the desk cuts a longer one without a word, so that a Cyrillic one is left with half of the characters. */
export const SUBJECT_BYTES_MAX = 200

/** A subject as the desk keeps it: one line of at most so many bytes; a longer one ends with a mark. */
export function subjectOf(title: string): string {
  const line = title.replace(/\s+/g, ' ').trim()
  if (Buffer.byteLength(line) <= SUBJECT_BYTES_MAX) return line
  let size = Buffer.byteLength('…')
  let kept = ''
  for (const character of line) {
    size += Buffer.byteLength(character)
    if (size > SUBJECT_BYTES_MAX) break
    kept += character
  }
  return `${kept}…`
}
