import { type DeskMessage, delivered, type Outcome, rejected, shortened, type Ticket } from '../connector.ts'
import type { RedmineApi } from './api.ts'
import type { RedmineConfig } from './config.ts'
import { type Issue, oneIssue, ticketOf, type Vocabulary } from './mapping.ts'

/** Longest text that is sent; Redmine itself takes more, browsers do not like it. */
export const BODY_MAX = 60_000

/** A change of one issue and how its success is seen. */
export interface Change {
  readonly fields: object
  readonly words: Vocabulary
  readonly isTrue: (issue: Issue) => boolean
  /** Words for an issue that stayed as it was. */
  readonly refused: (issue: Issue) => string
}

/** Reads issues, and changes them in the only way that proves anything: write, then read back. */
export interface IssueWriter {
  read(id: string, signal: AbortSignal): Promise<Outcome<Issue>>
  change(ticket: Ticket, wanted: Change, signal: AbortSignal): Promise<Outcome<Ticket>>
  /** The fields of a note that can be found again by its event. */
  noteOf(message: DeskMessage): object
}

/** The writer of one installation. */
export function createIssueWriter(config: RedmineConfig, api: RedmineApi): IssueWriter {
  const read = async (id: string, signal: AbortSignal): Promise<Outcome<Issue>> => {
    const path = `/issues/${encodeURIComponent(id)}.json?include=journals,allowed_statuses`
    const found = await api.get(path, oneIssue, signal)
    return found.kind === 'delivered' ? delivered(found.value.issue) : found
  }
  return {
    read,
    change: async (ticket, { fields, words, isTrue, refused }, signal) => {
      const path = `/issues/${encodeURIComponent(ticket.id)}.json`
      const written = await api.write('PUT', path, { issue: fields }, signal)
      if (written.kind !== 'delivered') return written
      const after = await read(ticket.id, signal)
      if (after.kind === 'retry') return { kind: 'unknown', message: after.message }
      if (after.kind !== 'delivered') return after
      if (!isTrue(after.value)) return rejected('change_refused', refused(after.value))
      // What was not ours to write stays as we last wrote it, so that a person's change is still seen as one.
      const now = ticketOf(after.value, config.url, words)
      const priorityId = 'priority_id' in fields ? now.written['priorityId'] : ticket.written['priorityId']
      return delivered({ ...now, written: { ...now.written, ...(priorityId === undefined ? {} : { priorityId }) } })
    },
    noteOf: message => ({
      notes: `${shortened(message.text, BODY_MAX)}\n\n[${message.eventId}]`,
      ...(config.private_notes ? { private_notes: true } : {}),
    }),
  }
}
