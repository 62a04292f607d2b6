import { type Connector, delivered, type Outcome, type Placement, rejected, type Ticket } from '../connector.ts'
import { unlessAway } from '../desk-api.ts'
import { hintsAt } from '../desk-hints.ts'
import type { HttpClient } from '../http-client.ts'
import { madeSomewhere } from '../making.ts'
import { changesNewestFirst } from '../newest-first.ts'
import { createKnowledge, withPlaces } from '../probing.ts'
import { levelOf } from '../ticket-state.ts'
import { createOkdeskApi } from './api.ts'
import type { OkdeskConfig } from './config.ts'
import { deviceOf } from './equipment.ts'
import { createIssueOpening, TITLE_MAX } from './issue-opening.ts'
import { BODY_MAX, createIssueWriter } from './issue-writer.ts'
import { attributeOf, changedList, codedList, hasComment, isDone, type ReadIssue, stateOf } from './mapping.ts'
import { placeOf } from './place.ts'
import { lookUp } from './vocabulary.ts'

/** Clients of Okdesk disagree whether a page may be larger. */
const CHANGES_PAGE = 50

/**
 * Okdesk by its API v1. It refuses with good statuses and with bad ones, searches by parts of values as far as anybody knows, and lets nobody
 * change a priority from outside: that is told in a comment, and in an attribute of its own.
 */
export function createOkdeskConnector(config: OkdeskConfig, http: HttpClient): Connector {
  const api = createOkdeskApi(config, http)
  const writer = createIssueWriter(config, api)
  const opening = createIssueOpening(config, api, writer)
  const { probe, knowing } = createKnowledge('Okdesk', signal => lookUp(config, api, signal))

  /** Does something with the issue as it stands now. */
  const reading = <T>(
    ticket: Ticket,
    signal: AbortSignal,
    work: (before: ReadIssue) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> =>
    knowing(signal, async () => {
      const before = await writer.read(ticket.id, signal)
      return before.kind === 'delivered' ? work(before.value) : before
    })

  return {
    kind: 'okdesk',
    name: config.name,
    language: config.language,
    capabilities: {
      keySearch: true,
      internalComment: config.private_comments,
      titleMax: TITLE_MAX,
      bodyMax: BODY_MAX,
      fileMax: config.file_max,
    },
    probe: async (signal, placements = []) => {
      const steps = await probe(signal)
      const isKnown = steps.every(step => step.ok)
      const words = isKnown ? await knowing(signal, async known => delivered(known)) : delivered({ attributes: null })
      if (words.kind !== 'delivered') return steps
      const usual = { project: config.company === undefined ? null : String(config.company), type: config.type ?? null }
      const look = async (placement: Placement) => placeOf(config, placement, words.value)
      const good = 'type, company and people are checked by Okdesk at the first issue'
      const placed = await withPlaces([], placements, usual, look, good)
      // Where the desk could not be asked, only what is wrong in itself is told.
      return [...steps, ...placed.filter(step => isKnown || !step.ok)]
    },
    find: (key, signal) => knowing(signal, () => opening.find(key, signal)),
    create: (message, signal) =>
      knowing(signal, words => {
        const find = async (placement: Placement) => placeOf(config, placement, words)
        return madeSomewhere(message, find, (place, placed) => opening.create(place, placed, signal))
      }),
    comment: (ticket, message, signal) => {
      if (!message.mayHaveArrived) return knowing(signal, () => writer.comment(ticket, message, signal))
      return reading(ticket, signal, async before =>
        hasComment(before, message.eventId) ? delivered(ticket) : writer.comment(ticket, message, signal),
      )
    },
    setStatus: (ticket, to, message, signal) =>
      reading(ticket, signal, async before => {
        // The words come first: where the account does not let the status change, they are at least told.
        if (!hasComment(before, message.eventId)) {
          const said = await writer.comment(ticket, message, signal)
          if (said.kind !== 'delivered') return said
        }
        if (isDone(before.issue, config) === (to === 'solved')) return delivered(ticket)
        const moved = await writer.enter(ticket, to, message, signal)
        if (moved.kind !== 'delivered') return moved
        const after = await writer.read(ticket.id, signal)
        if (after.kind === 'retry') return { kind: 'unknown', message: after.message }
        if (after.kind !== 'delivered') return after
        const { status } = after.value.issue
        return isDone(after.value.issue, config) === (to === 'solved')
          ? delivered({ ...ticket, written: { ...ticket.written, status: status.code } })
          : rejected(
              'change_refused',
              `Okdesk keeps “${status.name}” (${status.code}) instead of “${config.statuses[to]}”`,
            )
      }),
    setPriority: (ticket, message, signal) =>
      reading(ticket, signal, async before => {
        if (!hasComment(before, message.eventId)) {
          const said = await writer.comment(ticket, message, signal)
          if (said.kind !== 'delivered') return said
        }
        const attribute = config.priority_attribute
        if (attribute === undefined) return delivered(ticket)
        const wanted = config.priorities[message.priority]
        const present = attributeOf(before.issue, attribute)
        if (present === wanted) return delivered({ ...ticket, written: { ...ticket.written, raised: wanted } })
        const byPerson =
          present !== (ticket.written['raised'] ?? null) || before.issue.priority?.code !== ticket.written['priority']
        const level = levelOf(present ?? before.issue.priority?.code ?? '', config.priorities)
        if (byPerson || (level !== null && level <= message.priority)) return delivered(ticket)
        return writer.setAttribute(ticket, attribute, wanted, signal)
      }),
    attach: (ticket, file, signal) => knowing(signal, () => writer.attach(ticket, file, signal)),
    linkItem: (ticket, item, signal) =>
      reading(ticket, signal, async before => {
        const device = await deviceOf(api, item.serial, signal)
        if (device.kind !== 'delivered') return device
        if (device.value === null) return delivered(false)
        const { id } = device.value
        const eventId = `tw-equipment.${id}`
        if (before.issue.equipment_ids.includes(id) || hasComment(before, eventId)) return delivered(true)
        // Only a new issue can be tied to a device from outside; an old one gets the way to it.
        const text = `${config.language === 'ru' ? 'Оборудование' : 'Equipment'}: ${config.url}/equipments/${id}`
        const told = await writer.comment(ticket, { text, eventId, visibility: 'internal' }, signal)
        return told.kind === 'delivered' ? delivered(true) : told
      }),
    read: (ticket, signal) =>
      knowing(signal, async () => {
        const look = () => api.get('/issues/statuses/', codedList, signal)
        const found = await unlessAway(await writer.read(ticket.id, signal), look)
        if (found.kind !== 'delivered') return found
        return delivered(found.value && stateOf(found.value, config))
      }),
    changedSince: (cursor, signal) =>
      changesNewestFirst(page => {
        const query = new URLSearchParams({
          'sorting[field]': 'updated_at',
          'sorting[direction]': 'reverse',
          'page[size]': String(CHANGES_PAGE),
          'page[number]': String(page),
        })
        return api.get(`/issues/list?${query}`, changedList, signal)
      }, cursor),
    hintsOf: hintsAt('issue.id'),
  }
}
