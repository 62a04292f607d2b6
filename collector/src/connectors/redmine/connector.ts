import { type Connector, type DeskMessage, delivered, type Outcome, rejected, shortened } from '../connector.ts'
import type { HttpClient } from '../http-client.ts'
import { createRedmineApi, parseJson } from './api.ts'
import type { RedmineConfig } from './config.ts'
import { BODY_MAX, createIssueWriter } from './issue-writer.ts'
import { fieldOf, hasNote, type Issue, isDone, manyIssues, oneIssue, ticketOf, type Vocabulary } from './mapping.ts'
import { lookUp } from './vocabulary.ts'

const TITLE_MAX = 255
const PAGE = 100

/**
 * Redmine 5 by its REST API. Redmine answers 204 to changes that it refuses and ignores filters and fields that it does not know, so
 * nothing is believed that was not read back.
 */
export function createRedmineConnector(config: RedmineConfig, http: HttpClient): Connector {
  const api = createRedmineApi(config, http)
  let known: Vocabulary | null = null

  /** Names are looked up once; a failure is looked up again by the next call. */
  const vocabulary = async (signal: AbortSignal): Promise<Outcome<Vocabulary>> => {
    if (known) return delivered(known)
    const { words, failure } = await lookUp(config, api, signal)
    known = words
    return words ? delivered(words) : (failure ?? rejected('misconfigured', 'the settings do not fit this Redmine'))
  }

  const { read, change, noteOf } = createIssueWriter(config, api)

  return {
    kind: 'redmine',
    name: config.name,
    language: config.language,
    capabilities: { keySearch: true, internalComment: config.private_notes, titleMax: TITLE_MAX, bodyMax: BODY_MAX },
    probe: async signal => {
      const { steps, words } = await lookUp(config, api, signal)
      known = words
      return steps
    },
    find: async (key, signal) => {
      const words = await vocabulary(signal)
      if (words.kind !== 'delivered') return words
      const query = `project_id=${words.value.projectId}&cf_${config.key_field}=${encodeURIComponent(key)}&status_id=*&sort=id&limit=${PAGE}`
      const found = await api.get(`/issues.json?${query}`, manyIssues, signal)
      if (found.kind !== 'delivered') return found
      const strangers = found.value.issues.filter(issue => fieldOf(issue, config.key_field) !== key)
      // The filter was ignored: what came back says nothing about our ticket.
      if (strangers.length > 0) {
        return rejected(
          'misconfigured',
          `the search by field ${config.key_field} returns other tickets: is it still a filter?`,
        )
      }
      return delivered(found.value.issues.map(issue => ticketOf(issue, config.url, words.value)))
    },
    create: async (message, signal) => {
      const words = await vocabulary(signal)
      if (words.kind !== 'delivered') return words
      const issue = draftOf(config, words.value, message)
      const created = await api.write('POST', '/issues.json', { issue }, signal)
      if (created.kind !== 'delivered') return created
      const parsed = oneIssue.safeParse(parseJson(created.value))
      if (!parsed.success) return { kind: 'unknown', message: 'the answer to the create cannot be read' }
      const made = parsed.data.issue
      if (fieldOf(made, config.key_field) !== message.subject.key) {
        // A value for a field that the tracker lacks is dropped without a word; such a ticket could never be found again.
        const fields = { status_id: words.value.solved.id, ...noteOf({ ...message, text: 'Tillwatch: no key field' }) }
        await api.write('PUT', `/issues/${made.id}.json`, { issue: fields }, signal)
        return rejected(
          'misconfigured',
          `ticket ${made.id} was created without field ${config.key_field}: add it to tracker ${config.tracker}`,
        )
      }
      return delivered(ticketOf(made, config.url, words.value))
    },
    comment: async (ticket, message, signal) => {
      const words = await vocabulary(signal)
      if (words.kind !== 'delivered') return words
      if (message.mayHaveArrived) {
        const before = await read(ticket.id, signal)
        if (before.kind !== 'delivered') return before
        if (hasNote(before.value, message.eventId)) return delivered(ticket)
      }
      const wanted = {
        fields: noteOf(message),
        words: words.value,
        isTrue: (issue: Issue) => hasNote(issue, message.eventId),
        refused: () => 'the comment was accepted but is not there',
      }
      return change(ticket, wanted, signal)
    },
    setStatus: async (ticket, to, message, signal) => {
      const words = await vocabulary(signal)
      if (words.kind !== 'delivered') return words
      const before = await read(ticket.id, signal)
      if (before.kind !== 'delivered') return before
      const isThere = (issue: Issue) => isDone(issue, words.value) === (to === 'solved')
      const noted = hasNote(before.value, message.eventId)
      const status = isThere(before.value) ? {} : { status_id: words.value[to].id }
      const fields = { ...status, ...(noted ? {} : noteOf(message)) }
      if (Object.keys(fields).length === 0) return delivered(ticket)
      const refused = (issue: Issue) => {
        const allowed = issue.allowed_statuses?.map(each => each.name).join(', ')
        return `Redmine keeps “${issue.status.name}” instead of “${words.value[to].name}”; allowed for the account: ${allowed ?? 'unknown'}`
      }
      return change(ticket, { fields, words: words.value, isTrue: isThere, refused }, signal)
    },
    setPriority: async (ticket, message, signal) => {
      const words = await vocabulary(signal)
      if (words.kind !== 'delivered') return words
      const before = await read(ticket.id, signal)
      if (before.kind !== 'delivered') return before
      const wanted = words.value.priorities[message.priority]
      const note = hasNote(before.value, message.eventId) ? {} : noteOf(message)
      const present = before.value.priority.id
      const byPerson = present !== ticket.written['priorityId']
      const fields = byPerson || present === wanted ? note : { priority_id: wanted, ...note }
      // What is there already is ours too: an attempt whose answer was lost wrote it, or a person thought as we do.
      const ours = present === wanted ? { ...ticket, written: { ...ticket.written, priorityId: wanted } } : ticket
      if (Object.keys(fields).length === 0) return delivered(ours)
      const isTrue = (issue: Issue) => !('priority_id' in fields) || issue.priority.id === wanted
      const refused = (issue: Issue) => `Redmine keeps priority “${issue.priority.name}”`
      return change(ours, { fields, words: words.value, isTrue, refused }, signal)
    },
  }
}

function draftOf(config: RedmineConfig, words: Vocabulary, message: DeskMessage): object {
  const description = message.link === null ? message.text : `${message.text}\n${message.link}`
  const ci = config.ci_field === undefined ? [] : [{ id: config.ci_field, value: message.subject.ci }]
  return {
    project_id: words.projectId,
    tracker_id: words.trackerId,
    priority_id: words.priorities[message.priority],
    subject: shortened(message.title, TITLE_MAX),
    description: shortened(description, BODY_MAX),
    custom_fields: [{ id: config.key_field, value: message.subject.key }, ...ci],
  }
}
