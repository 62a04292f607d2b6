import { type Connector, type DeskMessage, delivered, type Outcome, type Placement, type Ticket } from '../connector.ts'
import { unlessAway } from '../desk-api.ts'
import { hintsAt } from '../desk-hints.ts'
import type { HttpClient } from '../http-client.ts'
import { madeSomewhere } from '../making.ts'
import { createKnowledge, withPlaces } from '../probing.ts'
import { levelOf } from '../ticket-state.ts'
import { createRedmineApi } from './api.ts'
import type { RedmineConfig } from './config.ts'
import { changedIssues } from './issue-changes.ts'
import { createIssueOpening, TITLE_MAX } from './issue-opening.ts'
import { BODY_MAX, createIssueWriter, pathOf } from './issue-writer.ts'
import { hasNote, type Issue, isDone, namedList, stateOf, type Vocabulary } from './mapping.ts'
import { createPlaces } from './place.ts'
import { lookUp } from './vocabulary.ts'

/**
 * Redmine 5 by its REST API. Redmine answers 204 to changes that it refuses and ignores filters and fields that it does not know, so
 * nothing is believed that was not read back.
 */
export function createRedmineConnector(config: RedmineConfig, http: HttpClient): Connector {
  const api = createRedmineApi(config, http)
  const writer = createIssueWriter(config, api)
  const opening = createIssueOpening(config, api, writer)
  const places = createPlaces(config, api)
  const { probe, knowing } = createKnowledge('Redmine', signal => lookUp(config, api, signal))

  /** Does something with the ticket as it stands now. */
  const reading = (
    ticket: Ticket,
    signal: AbortSignal,
    work: (before: Issue, words: Vocabulary) => Promise<Outcome<Ticket>>,
  ): Promise<Outcome<Ticket>> =>
    knowing(signal, async words => {
      const before = await writer.read(ticket.id, signal)
      return before.kind === 'delivered' ? work(before.value, words) : before
    })

  /** Enters a status by the direct way, with the words of the change. */
  const enter = async (
    ticket: Ticket,
    before: Issue,
    to: 'solved' | 'reopened',
    words: Vocabulary,
    message: DeskMessage,
    signal: AbortSignal,
  ): Promise<Outcome<Ticket>> => {
    const isTrue = (issue: Issue) => isDone(issue, words) === (to === 'solved')
    const status = isTrue(before) ? {} : { status_id: words[to].id }
    const fields = { ...status, ...(hasNote(before, message.eventId) ? {} : writer.noteOf(message)) }
    if (Object.keys(fields).length === 0) return delivered(ticket)
    const refused = (issue: Issue) => keptStatus(issue, words[to].name)
    return writer.change(ticket, { fields, words, isTrue, refused }, signal)
  }

  return {
    kind: 'redmine',
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
      const usual = { project: config.project, type: config.tracker }
      return withPlaces(await probe(signal), placements, usual, placement => places.look(placement, signal))
    },
    find: (key, signal) => knowing(signal, words => opening.find(words, key, signal)),
    create: (message, signal) =>
      knowing(signal, words => {
        const find = (placement: Placement) => places.of(placement, signal)
        return madeSomewhere(message, find, (place, placed) => opening.create(words, place, placed, signal))
      }),
    comment: (ticket, message, signal) => {
      const isTrue = (issue: Issue) => hasNote(issue, message.eventId)
      const refused = () => 'the comment was accepted but is not there'
      const write = (words: Vocabulary) =>
        writer.change(ticket, { fields: writer.noteOf(message), words, isTrue, refused }, signal)
      if (!message.mayHaveArrived) return knowing(signal, write)
      return reading(ticket, signal, async (before, words) => (isTrue(before) ? delivered(ticket) : write(words)))
    },
    setStatus: (ticket, to, message, signal) =>
      reading(ticket, signal, async (before, words) => {
        const direct = await enter(ticket, before, to, words, message, signal)
        const isClosed = direct.kind === 'rejected' && ['invalid', 'change_refused'].includes(direct.reason)
        if (!isClosed || words.through[to].length === 0) return direct
        for (const status_id of words.through[to]) {
          const body = { issue: { status_id } }
          const step = await api.call({ method: 'PUT', path: pathOf(ticket.id), body }, signal)
          // A refused step may be one that the issue is past already: what counts is the goal.
          if (step.kind === 'retry' || step.kind === 'unknown') return step
        }
        const between = await writer.read(ticket.id, signal)
        return between.kind === 'delivered' ? enter(ticket, between.value, to, words, message, signal) : between
      }),
    setPriority: (ticket, message, signal) =>
      reading(ticket, signal, async (before, words) => {
        const wanted = words.priorities[message.priority]
        const present = before.priority.id
        const level = levelOf(present, words.priorities)
        const raises = present === ticket.written['priorityId'] && (level === null || level > message.priority)
        const note = hasNote(before, message.eventId) ? {} : writer.noteOf(message)
        const fields = raises ? { priority_id: wanted, ...note } : note
        // What is there already is ours too: an attempt whose answer was lost wrote it, or a person thought as we do.
        const ours = present === wanted ? { ...ticket, written: { ...ticket.written, priorityId: wanted } } : ticket
        if (Object.keys(fields).length === 0) return delivered(ours)
        const isTrue = (issue: Issue) => !('priority_id' in fields) || issue.priority.id === wanted
        const refused = (issue: Issue) => `Redmine keeps priority “${issue.priority.name}”`
        return writer.change(ours, { fields, words, isTrue, refused }, signal)
      }),
    attach: (ticket, file, signal) => knowing(signal, words => writer.attach(ticket, file, words, signal)),
    read: (ticket, signal) =>
      knowing(signal, async words => {
        const look = () => api.get('/issue_statuses.json', namedList.statuses, signal)
        const found = await unlessAway(await writer.read(ticket.id, signal), look)
        if (found.kind !== 'delivered') return found
        return delivered(found.value && stateOf(found.value, config, words))
      }),
    changedSince: (cursor, signal) => changedIssues(api, cursor, signal),
    // Plugins put it into `payload`, Redmine's own webhooks into `data`.
    hintsOf: hintsAt('id', 'issue.id', 'payload.issue.id', 'data.issue.id'),
  }
}

function keptStatus(issue: Issue, wanted: string): string {
  const allowed = issue.allowed_statuses?.map(each => each.name).join(', ')
  return `Redmine keeps “${issue.status.name}” instead of “${wanted}”; allowed for the account: ${allowed ?? 'unknown'}`
}
