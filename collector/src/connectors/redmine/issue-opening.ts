import { type DeskMessage, delivered, type FoundTicket, type Outcome, rejected, shortened } from '../connector.ts'
import { type DeskApi, parseJson } from '../desk-api.ts'
import { lostValues, madeAnyway } from '../making.ts'
import type { RedmineConfig } from './config.ts'
import { BODY_MAX, type IssueWriter } from './issue-writer.ts'
import { fieldOf, type Issue, manyIssues, oneIssue, ticketOf, type Vocabulary } from './mapping.ts'
import type { Place } from './place.ts'

export const TITLE_MAX = 255
const PAGE = 100

/** Looks for issues by our key and makes new ones that can be found by it. */
export interface IssueOpening {
  find(words: Vocabulary, key: string, signal: AbortSignal): Promise<Outcome<readonly FoundTicket[]>>
  create(words: Vocabulary, place: Place, message: DeskMessage, signal: AbortSignal): Promise<Outcome<FoundTicket>>
}

/** The way to new issues of one installation. */
export function createIssueOpening(config: RedmineConfig, api: DeskApi, writer: IssueWriter): IssueOpening {
  const post = async (issue: object, signal: AbortSignal): Promise<Outcome<Issue>> => {
    const created = await api.call({ method: 'POST', path: '/issues.json', body: { issue } }, signal)
    if (created.kind !== 'delivered') return created
    const parsed = oneIssue.safeParse(parseJson(created.value.text))
    return parsed.success
      ? delivered(parsed.data.issue)
      : { kind: 'unknown', message: 'the answer to the create cannot be read' }
  }

  /** Such a ticket could never be found again: it is not left behind open. */
  const disown = async (made: Issue, words: Vocabulary, message: DeskMessage, signal: AbortSignal) => {
    const note = writer.noteOf({ ...message, text: 'Tillwatch: no key field' })
    const body = { issue: { status_id: words.solved.id, ...note } }
    await api.call({ method: 'PUT', path: `/issues/${made.id}.json`, body }, signal)
    return rejected(
      'misconfigured',
      `ticket ${made.id} was created without field ${config.key_field}: add it to tracker ${config.tracker}`,
    )
  }

  return {
    find: async (words, key, signal) => {
      const query = `cf_${config.key_field}=${encodeURIComponent(key)}&status_id=*&sort=id&limit=${PAGE}`
      const found = await api.get(`/issues.json?${query}`, manyIssues, signal)
      if (found.kind !== 'delivered') return found
      const { issues } = found.value
      // The filter was ignored: what came back says nothing about our ticket.
      if (issues.some(issue => fieldOf(issue, config.key_field) !== key)) {
        return rejected(
          'misconfigured',
          `the search by field ${config.key_field} returns other tickets: is it still a filter?`,
        )
      }
      return delivered(issues.map(issue => ticketOf(issue, config.url, words)))
    },
    create: async (words, place, message, signal) => {
      const [whole, bare] = draftsOf(config, words, place, message)
      const made = await madeAnyway(whole, bare, draft => post(draft, signal))
      if (made.kind !== 'delivered') return made
      // A value for a field that the tracker lacks is dropped without a word.
      if (fieldOf(made.value, config.key_field) !== message.subject.key) {
        return disown(made.value, words, message, signal)
      }
      // "Created" is what it answered; whether the ticket is there, only a look at it tells.
      const there = await writer.read(String(made.value.id), signal)
      if (there.kind === 'delivered') {
        const lost = lostValues(message.placement.fields, id => fieldOf(there.value, Number(id)))
        return delivered(ticketOf(there.value, config.url, words), made.warning ?? lost)
      }
      return {
        kind: 'unknown',
        message: `ticket ${made.value.id} was created, and a look at it failed: ${there.message}`,
      }
    },
  }
}

/** With everything, and with what a ticket must have. */
function draftsOf(
  config: RedmineConfig,
  words: Vocabulary,
  place: Place,
  message: DeskMessage,
): readonly [whole: object, bare: object] {
  const description = message.link === null ? message.text : `${message.text}\n${message.link}`
  const ci = config.ci_field === undefined ? [] : [{ id: config.ci_field, value: message.subject.ci }]
  const placed = Object.entries(message.placement.fields).map(([id, value]) => ({ id: Number(id), value }))
  const { project_id, tracker_id } = place
  const key = { id: config.key_field, value: message.subject.key }
  const bare = {
    ...{ project_id, tracker_id },
    priority_id: words.priorities[message.priority],
    subject: shortened(message.title, TITLE_MAX),
    description: shortened(description, BODY_MAX),
    custom_fields: [key],
  }
  return [{ ...bare, ...place, custom_fields: [key, ...ci, ...placed] }, bare]
}
