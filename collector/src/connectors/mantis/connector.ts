import { type Connector, type DeskMessage, delivered, type Outcome, type Placement, type Ticket } from '../connector.ts'
import { unlessAway } from '../desk-api.ts'
import { hintsAt } from '../desk-hints.ts'
import type { HttpClient } from '../http-client.ts'
import { madeSomewhere } from '../making.ts'
import { changesNewestFirst } from '../newest-first.ts'
import { createKnowledge, withPlaces } from '../probing.ts'
import { levelOf } from '../ticket-state.ts'
import { createMantisApi } from './api.ts'
import type { MantisConfig } from './config.ts'
import { createIssueOpening, TITLE_MAX } from './issue-opening.ts'
import { BODY_MAX, createIssueWriter, pathOf, type ReadIssue } from './issue-writer.ts'
import { createListSearch, createSoapSearch } from './key-search.ts'
import {
  account,
  changedIssues,
  hasNote,
  type Issue,
  isDone,
  shownAs,
  stateOf,
  ticketOf,
  type Vocabulary,
} from './mapping.ts'
import { createPlaces } from './place.ts'
import { lookUp } from './vocabulary.ts'

const CHANGES_PAGE = 50

/**
 * MantisBT 2.25 and later by its REST API, with one question by SOAP: REST cannot search. Unknown words are stored as 0, filters that do not
 * exist are ignored, so nothing is believed that was not read back.
 */
export function createMantisConnector(config: MantisConfig, http: HttpClient): Connector {
  const api = createMantisApi(config, http)
  const writer = createIssueWriter(config, api)
  const opening = createIssueOpening(config, api, writer)
  const search = config.search === 'soap' ? createSoapSearch(config, http, writer) : createListSearch(config, api)
  const places = createPlaces(config, api)
  const { probe, knowing } = createKnowledge('MantisBT', signal => lookUp(config, api, search, signal))

  /** Does something with the issue as it stands now. */
  const reading = (
    ticket: Ticket,
    signal: AbortSignal,
    work: (before: ReadIssue, words: Vocabulary) => Promise<Outcome<Ticket>>,
  ): Promise<Outcome<Ticket>> =>
    knowing(signal, async words => {
      const before = await writer.read(ticket.id, signal)
      return before.kind === 'delivered' ? work(before.value, words) : before
    })

  /** Enters a status by the direct way, with the words of the change. */
  const enter = async (
    ticket: Ticket,
    before: ReadIssue,
    to: 'solved' | 'reopened',
    words: Vocabulary,
    message: DeskMessage,
    signal: AbortSignal,
  ): Promise<Outcome<Ticket>> => {
    const isThere = (issue: Issue) => isDone(issue, words) === (to === 'solved')
    const isTrue = (issue: Issue) => isThere(issue) && hasNote(issue, message.eventId)
    if (isTrue(before.issue)) return delivered(ticket)
    const resolution = to === 'solved' ? words.ended : words.begunAgain
    const status = { status: { id: words[to].id }, resolution: { id: resolution.id } }
    const notes = hasNote(before.issue, message.eventId) ? {} : { notes: [writer.noteOf(message)] }
    const call = writer.patch(before, { ...(isThere(before.issue) ? {} : status), ...notes })
    const refused = (issue: Issue) =>
      isThere(issue)
        ? 'MantisBT keeps no note of the change'
        : `MantisBT keeps “${shownAs(issue.status)}” instead of “${shownAs(words[to])}”; does statuses.through name the way?`
    return writer.change(ticket, { call, words, isTrue, refused }, signal)
  }

  return {
    kind: 'mantis',
    name: config.name,
    language: config.language,
    capabilities: {
      keySearch: true,
      internalComment: config.private_notes,
      titleMax: TITLE_MAX,
      bodyMax: BODY_MAX,
      fileMax: config.file_max,
    },
    probe: async (signal, placements = []) => {
      const usual = { project: config.project, category: config.category }
      const look = (placement: Placement) => places.look(placement, signal)
      return withPlaces(await probe(signal), placements, usual, look, 'is there, and takes the key')
    },
    find: (key, signal) =>
      knowing(signal, async words => {
        const found = await search.find(words.user, key, signal)
        if (found.kind !== 'delivered') return found
        return delivered(found.value.map(issue => ticketOf(issue, config.url, words)))
      }),
    create: (message, signal) =>
      knowing(signal, words => {
        const find = (placement: Placement) => places.of(placement, signal)
        return madeSomewhere(message, find, (place, placed) => opening.create(words, place, placed, signal))
      }),
    comment: (ticket, message, signal) => {
      const isTrue = (issue: Issue) => hasNote(issue, message.eventId)
      const refused = () => 'the note was accepted but is not there'
      const call = { method: 'POST', path: pathOf(ticket.id, '/notes'), body: writer.noteOf(message) } as const
      const write = (words: Vocabulary) => writer.change(ticket, { call, words, isTrue, refused }, signal)
      if (!message.mayHaveArrived) return knowing(signal, write)
      return reading(ticket, signal, async ({ issue }, words) => (isTrue(issue) ? delivered(ticket) : write(words)))
    },
    setStatus: (ticket, to, message, signal) =>
      reading(ticket, signal, async (before, words) => {
        const direct = await enter(ticket, before, to, words, message, signal)
        const isClosed = direct.kind === 'rejected' && ['invalid', 'change_refused'].includes(direct.reason)
        if (!isClosed || words.through[to].length === 0) return direct
        for (const { id } of words.through[to]) {
          const call = { method: 'PATCH', path: pathOf(ticket.id), body: { status: { id } } } as const
          const step = await api.call(call, signal)
          // A refused step may be one that the issue is past already: what counts is the goal.
          if (step.kind === 'retry' || step.kind === 'unknown') return step
        }
        const between = await writer.read(ticket.id, signal)
        return between.kind === 'delivered' ? enter(ticket, between.value, to, words, message, signal) : between
      }),
    setPriority: (ticket, message, signal) =>
      reading(ticket, signal, async (before, words) => {
        const wanted = words.priorities[message.priority]
        const present = before.issue.priority.id
        const level = levelOf(present, words.priorities)
        const raises = present === ticket.written['priorityId'] && (level === null || level > message.priority)
        const isNoted = hasNote(before.issue, message.eventId)
        // What is there already is ours too: an attempt whose answer was lost wrote it, or a person thought as we do.
        const ours = present === wanted ? { ...ticket, written: { ...ticket.written, priorityId: wanted } } : ticket
        if (!raises && isNoted) return delivered(ours)
        const notes = isNoted ? {} : { notes: [writer.noteOf(message)] }
        const call = writer.patch(before, { ...(raises ? { priority: { id: wanted } } : {}), ...notes })
        const isTrue = (issue: Issue) => hasNote(issue, message.eventId) && (!raises || issue.priority.id === wanted)
        const refused = (issue: Issue) => `MantisBT keeps priority “${shownAs(issue.priority)}”`
        return writer.change(ours, { call, words, isTrue, refused, setsPriority: raises }, signal)
      }),
    attach: (ticket, file, signal) => knowing(signal, words => writer.attach(ticket, file, words, signal)),
    read: (ticket, signal) =>
      knowing(signal, async words => {
        const look = () => api.get('/users/me', account, signal)
        const found = await unlessAway(await writer.read(ticket.id, signal), look)
        if (found.kind !== 'delivered') return found
        return delivered(found.value && stateOf(found.value.issue, config, words))
      }),
    hintsOf: hintsAt('id', 'issue.id', 'issue_id'),
    changedSince: (cursor, signal) =>
      changesNewestFirst(async page => {
        const path = `/issues?page_size=${CHANGES_PAGE}&page=${page}&select=id,updated_at,sticky`
        const found = await api.get(path, changedIssues, signal)
        return found.kind === 'delivered' ? delivered(found.value.issues) : found
      }, cursor),
  }
}
