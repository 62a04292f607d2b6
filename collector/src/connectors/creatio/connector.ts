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
import { levelOf } from '../ticket-state.ts'
import { type CreatioApi, createCreatioApi, mayHaveHappened } from './api.ts'
import { changedCases } from './case-changes.ts'
import { createCaseOpening } from './case-opening.ts'
import { BODY_MAX, createCaseWriter } from './case-writer.ts'
import type { CreatioConfig } from './config.ts'
import { anyRow, type Case, columnOf, isDone, stateOf, ticketOf, type Vocabulary } from './mapping.ts'
import { createPlaces, lookUp } from './vocabulary.ts'

/**
 * Creatio by OData 4, the object Case. Its processes may refuse a change with an error or without a word, so nothing is believed that was
 * not read back.
 */
export function createCreatioConnector(config: CreatioConfig, http: HttpClient): Connector {
  const api = createCreatioApi(config, http)
  const writer = createCaseWriter(config, api)
  const opening = createCaseOpening(config, api, writer)
  const places = createPlaces(config, api)
  const { probe, knowing } = createKnowledge('Creatio', signal => lookUp(config, api, signal))

  /** The same with the case as it stands now. */
  const reading = <T>(
    ticket: Ticket,
    signal: AbortSignal,
    work: (before: Case, words: Vocabulary) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> =>
    knowing(signal, async words => {
      const before = await writer.read(ticket.id, signal)
      if (before.kind !== 'delivered') return before
      return before.value ? work(before.value, words) : rejected('not_found', 'the case is there no more')
    })
  /** What we wrote of it stays in the ticket until we write it again, so that a person's change is still seen as one. */
  const told = async (ticket: Ticket, message: DeskMessage, signal: AbortSignal): Promise<Outcome<Ticket>> => {
    const sent = await writer.tell(ticket.id, message, signal)
    return sent.kind === 'delivered' ? delivered(ticket, sent.warning) : sent
  }

  /** To this status, by the way in between when it cannot be reached at once. */
  const moved = async (
    before: Case,
    words: Vocabulary,
    to: 'solved' | 'reopened',
    message: DeskMessage,
    signal: AbortSignal,
  ): Promise<Outcome<Case>> => {
    const isTrue = (found: Case) => isDone(found, words) === (to === 'solved')
    if (isTrue(before)) return delivered(before)
    const closing = to === 'solved' ? closingOf(config, words, before, message) : {}
    const columns = { StatusId: words[to].id, ...closing }
    const first = await writer.change(before.Id, { columns, isTrue }, signal)
    if (first.kind === 'delivered' ? isTrue(first.value) : !mayHaveHappened(first)) return first
    const isBetween = (found: Case) => found.StatusId === words.through.id
    if (isBetween(before)) return keptStatus(first, words, to)
    const between = { columns: { StatusId: words.through.id }, isTrue: isBetween }
    const step = await writer.change(before.Id, between, signal)
    if (step.kind !== 'delivered') return first.kind === 'delivered' ? step : first
    if (isTrue(step.value)) return step
    if (!isBetween(step.value)) return keptStatus(first, words, to)
    const second = await writer.change(before.Id, { columns, isTrue }, signal)
    return second.kind === 'delivered' && isTrue(second.value) ? second : keptStatus(second, words, to)
  }

  return {
    kind: 'creatio',
    name: config.name,
    language: config.language,
    capabilities: {
      keySearch: true,
      internalComment: config.internal_column !== undefined,
      titleMax: config.title_max,
      bodyMax: BODY_MAX,
      fileMax: config.file_max,
    },
    probe: async (signal, placements = []) => {
      const usual = { project: config.service ?? null, category: config.category }
      return withPlaces(await probe(signal), placements, usual, placement => places.look(placement, signal))
    },
    find: (key, signal) => knowing(signal, words => opening.find(words, key, signal)),
    create: (message, signal) =>
      knowing(signal, words => {
        const find = (placement: Placement) => places.of(placement, signal)
        return madeSomewhere(message, find, (place, placed) => opening.create(words, place, placed, signal))
      }),
    comment: (ticket, message, signal) => reading(ticket, signal, () => told(ticket, message, signal)),
    setStatus: (ticket, to, message, signal) =>
      reading(ticket, signal, async (before, words) => {
        const said = await told(ticket, message, signal)
        if (said.kind !== 'delivered') return said
        const after = await moved(before, words, to, message, signal)
        if (after.kind !== 'delivered') return after
        const { written } = ticketOf(after.value, config, words)
        return delivered({ ...ticket, written: { ...ticket.written, statusId: written['statusId'] ?? '' } })
      }),
    setPriority: (ticket, message, signal) =>
      reading(ticket, signal, async (before, words) => {
        const wanted = words.priorities[message.priority]
        const present = levelOf(before.PriorityId, words.priorities)
        const byPerson = before.PriorityId !== ticket.written['priorityId']
        const ours = { ...ticket, written: { ...ticket.written, priorityId: wanted } }
        // What is there already is ours too: an attempt whose answer was lost wrote it, or a person thought as we do.
        if (before.PriorityId === wanted) return told(ours, message, signal)
        if (byPerson || (present !== null && present < message.priority)) return told(ticket, message, signal)
        const isTrue = (found: Case) => found.PriorityId === wanted
        const after = await writer.change(before.Id, { columns: { PriorityId: wanted }, isTrue }, signal)
        if (after.kind !== 'delivered') return after
        if (!isTrue(after.value)) return rejected('change_refused', 'Creatio keeps the priority as it was')
        return told(ours, message, signal)
      }),
    attach: (ticket, file, signal) => writer.attach(ticket, file, signal),
    ...(config.item
      ? {
          linkItem: (ticket, item, signal) =>
            reading(ticket, signal, () => writer.link(ticket.id, item.serial, signal)),
        }
      : {}),
    read: (ticket, signal) =>
      knowing(signal, async words => {
        const found = await unlessAway(await writer.read(ticket.id, signal), () => anyCase(api, signal))
        if (found.kind !== 'delivered') return found
        if (!found.value) return delivered(null)
        const messages = await writer.messages(ticket.id, signal)
        return messages.kind === 'delivered' ? delivered(stateOf(found.value, messages.value, config, words)) : messages
      }),
    changedSince: (cursor, signal) => changedCases(config, api, cursor, signal),
    hintsOf: hintsAt('Id', 'id', 'Number'),
  }
}

/** An account that lost its rights to cases is answered with empty lists, as if there were none. */
async function anyCase(api: CreatioApi, signal: AbortSignal): Promise<Outcome<null>> {
  const some = await api.rows('Case', { select: ['Id'], top: 1 }, anyRow, signal)
  if (some.kind !== 'delivered') return some
  return some.value.length > 0 ? delivered(null) : rejected('forbidden', 'Creatio shows the account no case at all')
}

/** What solving demands besides the status. What a person wrote as the solution stays. */
function closingOf(config: CreatioConfig, words: Vocabulary, before: Case, message: DeskMessage): object {
  const { solution_column: solution } = config
  return {
    ...(words.closureCode === null ? {} : { ClosureCodeId: words.closureCode }),
    ...(solution && columnOf(before, solution) === null ? { [solution]: message.text } : {}),
  }
}

function keptStatus(last: Outcome<Case>, words: Vocabulary, to: 'solved' | 'reopened'): Outcome<Case> {
  if (last.kind !== 'delivered') return last
  const present = words.statuses.get(last.value.StatusId)?.name ?? last.value.StatusId
  return rejected(
    'change_refused',
    `Creatio keeps “${present}” instead of “${words[to].name}”, also by way of “${words.through.name}”`,
  )
}
