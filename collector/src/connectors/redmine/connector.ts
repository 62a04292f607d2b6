import { type Connector, delivered, type Outcome, type Placement, type Ticket } from '../connector.ts'
import type { HttpClient } from '../http-client.ts'
import { createKnowledge, placeSteps } from '../probing.ts'
import { levelOf } from '../ticket-state.ts'
import { createRedmineApi } from './api.ts'
import type { RedmineConfig } from './config.ts'
import { changedIssues } from './issue-changes.ts'
import { createIssueOpening, TITLE_MAX } from './issue-opening.ts'
import { BODY_MAX, createIssueWriter } from './issue-writer.ts'
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
      const steps = await probe(signal)
      const look = (placement: Placement) => places.of(placement, signal)
      const placed = await placeSteps(
        placements,
        look,
        ({ project, type }) => `place ${project ?? config.project}, ${type ?? config.tracker}`,
      )
      return [...steps, ...placed]
    },
    find: (key, signal) => knowing(signal, words => opening.find(words, key, signal)),
    create: (message, signal) =>
      knowing(signal, async words => {
        const place = await places.of(message.placement, signal)
        return place.kind === 'delivered' ? opening.create(words, place.value, message, signal) : place
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
        const isTrue = (issue: Issue) => isDone(issue, words) === (to === 'solved')
        const status = isTrue(before) ? {} : { status_id: words[to].id }
        const fields = { ...status, ...(hasNote(before, message.eventId) ? {} : writer.noteOf(message)) }
        if (Object.keys(fields).length === 0) return delivered(ticket)
        const refused = (issue: Issue) => keptStatus(issue, words[to].name)
        return writer.change(ticket, { fields, words, isTrue, refused }, signal)
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
        const found = await writer.read(ticket.id, signal)
        if (found.kind === 'delivered') return delivered(stateOf(found.value, config, words))
        if (found.kind !== 'rejected' || found.reason !== 'not_found') return found
        // A desk that moved away answers 404 too: the issue is gone only where the rest is there.
        const desk = await api.get('/issue_statuses.json', namedList.statuses, signal)
        return desk.kind === 'delivered' ? delivered(null) : found
      }),
    changedSince: (cursor, signal) => changedIssues(api, cursor, signal),
  }
}

function keptStatus(issue: Issue, wanted: string): string {
  const allowed = issue.allowed_statuses?.map(each => each.name).join(', ')
  return `Redmine keeps “${issue.status.name}” instead of “${wanted}”; allowed for the account: ${allowed ?? 'unknown'}`
}
