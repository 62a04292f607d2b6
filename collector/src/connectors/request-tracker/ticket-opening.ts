import { type DeskMessage, delivered, type FoundTicket, type Outcome, rejected, shortened } from '../connector.ts'
import { type DeskApi, parseJson } from '../desk-api.ts'
import { lostValues, madeAnyway } from '../making.ts'
import { eventMark } from '../ticket-state.ts'
import { listPath, quoted } from './api.ts'
import type { RequestTrackerConfig } from './config.ts'
import { created, fieldOf, foundTickets, type RtRow, subjectOf, ticketOf } from './mapping.ts'
import type { Place } from './place.ts'
import { reach } from './status-reaching.ts'
import { textsOf } from './ticket-texts.ts'
import { BODY_MAX, type TicketWriter } from './ticket-writer.ts'
import type { Vocabulary } from './vocabulary.ts'

const PAGE = 100

/** Looks for tickets by our key and makes new ones that can be found by it. */
export interface TicketOpening {
  find(words: Vocabulary, key: string, signal: AbortSignal): Promise<Outcome<readonly FoundTicket[]>>
  create(words: Vocabulary, place: Place, message: DeskMessage, signal: AbortSignal): Promise<Outcome<FoundTicket>>
}

/** The way to new tickets of one installation. */
export function createTicketOpening(config: RequestTrackerConfig, api: DeskApi, writer: TicketWriter): TicketOpening {
  /**
   * One page of the search. Speaking of EffectiveId makes the desk return merged tickets too, which it leaves out otherwise. It takes capitals
   * for small letters.
   */
  const search = async (words: Vocabulary, key: string, page: number, signal: AbortSignal) => {
    const query = `'CF.{${words.keyField}}' = ${quoted(key)} AND EffectiveId > 0`
    const more = {
      fields: 'Status,EffectiveId,CustomFields',
      per_page: String(PAGE),
      orderby: 'id',
      page: String(page),
    }
    const found = await api.get(listPath('/tickets', query, more), foundTickets, signal)
    return found.kind === 'delivered' ? delivered(found.value.items) : found
  }

  /** A ticket that was moved to a queue without the field shows no value, although it is found by it: then our own text tells whose it is. */
  const isOurs = async (row: RtRow, words: Vocabulary, key: string, signal: AbortSignal): Promise<Outcome<boolean>> => {
    const value = fieldOf(row, words.keyField)
    if (value === key) return delivered(true)
    if (value?.toLowerCase() === key.toLowerCase()) return delivered(false)
    const texts = value === undefined ? await textsOf(api, row.id, signal) : delivered([])
    if (texts.kind !== 'delivered') return texts
    if (texts.value.some(({ first, text }) => first && text.includes(`[${key}.`))) return delivered(true)
    // The condition was ignored: what came back says nothing about our ticket.
    return rejected('misconfigured', `the search by “${config.key_field}” returns other tickets (${row.id})`)
  }

  /** Null for one that was merged into a ticket that is deleted. */
  const foundOf = async (row: RtRow, signal: AbortSignal): Promise<Outcome<FoundTicket | null>> => {
    const ticket = await writer.read(row.EffectiveId ?? row.id, signal)
    if (ticket.kind === 'rejected' && ticket.reason === 'not_found') return delivered(null)
    if (ticket.kind !== 'delivered') return ticket
    const done = await writer.isDone(ticket.value, signal)
    return done.kind === 'delivered'
      ? delivered(ticketOf({ ...ticket.value, id: row.id }, config.url, !done.value))
      : done
  }

  /** Such a ticket could never be found again: it is not left behind open. */
  const disown = async (id: string, message: DeskMessage, signal: AbortSignal) => {
    await writer.tell(id, { ...message, text: 'Tillwatch: no key field' }, null, signal)
    await reach(config, writer, id, 'solved', signal)
    return rejected(
      'misconfigured',
      `ticket ${id} was created without field “${config.key_field}”: give the account the rights SetInitialCustomField and ModifyCustomField`,
    )
  }

  return {
    find: async (words, key, signal) => {
      const tickets = new Map<string, FoundTicket>()
      for (let page = 1; ; page++) {
        const rows = await search(words, key, page, signal)
        if (rows.kind !== 'delivered') return rows
        for (const row of rows.value) {
          const ours = await isOurs(row, words, key, signal)
          if (ours.kind !== 'delivered') return ours
          const found = ours.value ? await foundOf(row, signal) : delivered(null)
          if (found.kind !== 'delivered') return found
          // What people merged is one ticket: the one that took the others, if it is ours too.
          const effective = row.EffectiveId ?? row.id
          if (found.value !== null && (effective === row.id || !tickets.has(effective)))
            tickets.set(effective, found.value)
        }
        if (rows.value.length < PAGE) return delivered([...tickets.values()])
      }
    },
    create: async (words, place, message, signal) => {
      const [whole, bare] = draftsOf(config, words, place, message)
      const answer = await madeAnyway(whole, bare, body => api.call({ method: 'POST', path: '/ticket', body }, signal))
      if (answer.kind !== 'delivered') return answer
      const id = created.safeParse(parseJson(answer.value.text)).data?.id
      if (id === undefined) return { kind: 'unknown', message: 'the answer to the create cannot be read' }
      // "Created" is what it answered; what is there, only a look at it tells.
      const there = await writer.read(id, signal)
      if (there.kind !== 'delivered') {
        return { kind: 'unknown', message: `ticket ${id} was created, and a look at it failed: ${there.message}` }
      }
      if (fieldOf(there.value, place.keyField) !== message.subject.key) return disown(id, message, signal)
      const lost = lostValues(place.customFields, field => fieldOf(there.value, field))
      return delivered(ticketOf(there.value, config.url, true), answer.warning ?? lost)
    },
  }
}

/** With everything, and with what a ticket must have. */
function draftsOf(
  config: RequestTrackerConfig,
  words: Vocabulary,
  place: Place,
  message: DeskMessage,
): readonly [whole: object, bare: object] {
  const text = message.link === null ? message.text : `${message.text}\n${message.link}`
  const key = { [place.keyField]: message.subject.key }
  const serial = words.serialField === null ? {} : { [words.serialField]: message.subject.ci }
  const bare = {
    Queue: place.queueId,
    Subject: subjectOf(message.title),
    Content: `${shortened(text, BODY_MAX)}\n\n${eventMark(message.eventId)}`,
    ContentType: 'text/plain',
    Priority: config.priorities[message.priority],
    CustomFields: key,
  }
  return [{ ...bare, ...place.fields, CustomFields: { ...place.customFields, ...key, ...serial } }, bare]
}
