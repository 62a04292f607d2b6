import {
  type Connector,
  type DeskMessage,
  delivered,
  type Outcome,
  type Placement,
  rejected,
  type Ticket,
} from '../connector.ts'
import { unlessAway } from '../desk-api.ts'
import { hintsAt } from '../desk-hints.ts'
import type { HttpClient } from '../http-client.ts'
import { madeSomewhere } from '../making.ts'
import { createKnowledge, withPlaces } from '../probing.ts'
import { createRequestTrackerApi } from './api.ts'
import { linkAsset } from './asset-link.ts'
import type { RequestTrackerConfig } from './config.ts'
import { type RtTicket, SUBJECT_BYTES_MAX, stateOf } from './mapping.ts'
import { createPlaces, queueOf } from './place.ts'
import { reach, stands } from './status-reaching.ts'
import { changedTickets } from './ticket-changes.ts'
import { createTicketOpening } from './ticket-opening.ts'
import { textsOf } from './ticket-texts.ts'
import { BODY_MAX, createTicketWriter, unproved } from './ticket-writer.ts'
import { lookUp } from './vocabulary.ts'

/**
 * Request Tracker 5 by REST 2. It answers 200 and 201 to changes that it refused, with an English sentence at best, and drops fields that it
 * does not know; so nothing is believed that was not read back.
 */
export function createRequestTrackerConnector(config: RequestTrackerConfig, http: HttpClient): Connector {
  const api = createRequestTrackerApi(config, http)
  const writer = createTicketWriter(config, api)
  const opening = createTicketOpening(config, api, writer)
  const places = createPlaces(config, api)
  const { probe, knowing } = createKnowledge('Request Tracker', signal => lookUp(config, api, signal))

  /** Tells a ticket of an event unless it was told before, and sets the status with it. */
  const tell = async (id: string, message: DeskMessage, status: string | null, signal: AbortSignal) => {
    const told = message.mayHaveArrived ? await writer.isTold(id, message.eventId, signal) : delivered(false)
    if (told.kind !== 'delivered') return told
    return told.value ? delivered(null) : writer.tell(id, message, status, signal)
  }
  /** Tells it and leaves the status as it is: a public answer takes a new ticket into work and reopens a solved one, by itself. */
  const tellOnly = (before: RtTicket, message: DeskMessage, signal: AbortSignal) =>
    tell(before.id, message, message.visibility === 'public' ? before.Status : null, signal)
  /** Does something with the ticket as it stands now. */
  const reading = async (
    { id }: Ticket,
    signal: AbortSignal,
    work: (before: RtTicket) => Promise<Outcome<Ticket>>,
  ): Promise<Outcome<Ticket>> => {
    const before = await writer.read(id, signal)
    return before.kind === 'delivered' ? work(before.value) : before
  }
  const { assets } = config

  return {
    kind: 'request-tracker',
    name: config.name,
    language: config.language,
    capabilities: {
      keySearch: true,
      internalComment: true,
      // Of Cyrillic letters, two bytes each.
      titleMax: SUBJECT_BYTES_MAX / 2,
      bodyMax: BODY_MAX,
      fileMax: config.file_max,
    },
    probe: async (signal, placements = []) => {
      const usual = { project: config.queue }
      return withPlaces(await probe(signal), placements, usual, placement => places.look(placement, signal))
    },
    find: (key, signal) => knowing(signal, words => opening.find(words, key, signal)),
    create: (message, signal) =>
      knowing(signal, words => {
        const find = (placement: Placement) => places.of(placement, signal)
        return madeSomewhere(message, find, (place, placed) => opening.create(words, place, placed, signal))
      }),
    comment: (ticket, message, signal) =>
      reading(ticket, signal, async before => {
        const told = await tellOnly(before, message, signal)
        return told.kind === 'delivered' ? delivered(ticket) : told
      }),
    setStatus: (ticket, to, message, signal) =>
      reading(ticket, signal, async before => {
        const there = await stands(writer, before, to, signal)
        if (there.kind !== 'delivered') return there
        // What people merged it into has causes of its own: it is told, and stays theirs.
        const stays = there.value || before.id !== ticket.id
        const told = await (stays
          ? tellOnly(before, message, signal)
          : tell(before.id, message, config.statuses[to], signal))
        if (told.kind !== 'delivered') return told
        const after = stays ? delivered(before) : await reach(config, writer, before.id, to, signal)
        if (after.kind !== 'delivered') return after
        return delivered({ ...ticket, written: { ...ticket.written, status: after.value.Status } })
      }),
    setPriority: (ticket, message, signal) =>
      reading(ticket, signal, async before => {
        const wanted = config.priorities[message.priority]
        const byPerson = before.Priority !== ticket.written['priority']
        const raises = !byPerson && before.id === ticket.id && wanted > before.Priority
        const said = raises ? await writer.change(before.id, { Priority: wanted }, signal) : delivered('')
        if (said.kind !== 'delivered') return said
        const after = raises ? await writer.read(before.id, signal) : delivered(before)
        if (after.kind !== 'delivered') return unproved(after)
        if (raises && after.value.Priority !== wanted) {
          return rejected('change_refused', `Request Tracker keeps priority ${after.value.Priority}: ${said.value}`)
        }
        const told = await tellOnly(after.value, message, signal)
        if (told.kind !== 'delivered') return told.kind === 'retry' && raises ? unproved(told) : told
        // What is there already is ours too: an attempt whose answer was lost wrote it, or a person thought as we do.
        const ours = after.value.Priority === wanted
        return delivered(ours ? { ...ticket, written: { ...ticket.written, priority: wanted } } : ticket)
      }),
    ...(config.file_max === 0
      ? {}
      : {
          attach: async (ticket, file, signal) => {
            const attached = await writer.attach(ticket.id, file, signal)
            return attached.kind === 'delivered' ? delivered(ticket) : attached
          },
        }),
    ...(assets ? { linkItem: (ticket, item, signal) => linkAsset(assets, api, writer, ticket.id, item, signal) } : {}),
    read: async (ticket, signal) => {
      const look = () => queueOf(api, config.queue, signal)
      const found = await unlessAway(await writer.read(ticket.id, signal), look)
      if (found.kind !== 'delivered') return found
      if (found.value === null) return delivered(null)
      const isClosed = await writer.isClosed(found.value, signal)
      if (isClosed.kind !== 'delivered') return isClosed
      const texts = await textsOf(api, ticket.id, signal)
      if (texts.kind !== 'delivered') return texts
      return delivered(stateOf(found.value, ticket.id, texts.value.toReversed(), config, isClosed.value))
    },
    changedSince: (cursor, signal) => changedTickets(api, cursor, signal),
    hintsOf: hintsAt('id', 'ticket.id'),
  }
}
