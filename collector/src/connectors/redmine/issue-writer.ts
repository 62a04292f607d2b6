import {
  type DeskFile,
  type DeskMessage,
  delivered,
  type Outcome,
  rejected,
  shortened,
  type Ticket,
} from '../connector.ts'
import { type DeskApi, parseJson } from '../desk-api.ts'
import { EXPOSED, eventMark } from '../ticket-state.ts'
import type { RedmineConfig } from './config.ts'
import { type Issue, oneIssue, ticketOf, uploaded, type Vocabulary } from './mapping.ts'

/** Longest text that is sent: over MySQL a column has room for 64 kB, that is half as many Cyrillic letters, and answers 500 to more. */
export const BODY_MAX = 30_000

/** A change of one issue and how its success is seen. */
export interface Change {
  readonly fields: { readonly notes?: string; readonly private_notes?: boolean; readonly [field: string]: unknown }
  readonly words: Vocabulary
  readonly isTrue: (issue: Issue) => boolean
  /** Words for an issue that stayed as it was. */
  readonly refused: (issue: Issue) => string
}

/** Reads issues, and changes them in the only way that proves anything: write, then read back. */
export interface IssueWriter {
  read(id: string, signal: AbortSignal): Promise<Outcome<Issue>>
  change(ticket: Ticket, wanted: Change, signal: AbortSignal): Promise<Outcome<Ticket>>
  attach(ticket: Ticket, file: DeskFile, words: Vocabulary, signal: AbortSignal): Promise<Outcome<Ticket>>
  /** The fields of a note that can be found again by its event. */
  noteOf(message: DeskMessage): Change['fields']
}

/** Without the right to it a private note becomes a public one, without a word. */
function exposure(issue: Issue, fields: Change['fields']): string | undefined {
  if (fields.private_notes !== true) return undefined
  const mark = fields.notes?.split('\n').at(-1) ?? ''
  const isExposed = issue.journals.some(each => each.notes?.includes(mark) && each.private_notes === false)
  return isExposed ? EXPOSED : undefined
}

export const pathOf = (id: string): string => `/issues/${encodeURIComponent(id)}.json`

/** The writer of one installation. */
export function createIssueWriter(config: RedmineConfig, api: DeskApi): IssueWriter {
  const read = async (id: string, signal: AbortSignal): Promise<Outcome<Issue>> => {
    const path = `${pathOf(id)}?include=journals,attachments,allowed_statuses`
    const found = await api.get(path, oneIssue, signal)
    return found.kind === 'delivered' ? delivered(found.value.issue) : found
  }
  const change: IssueWriter['change'] = async (ticket, { fields, words, isTrue, refused }, signal) => {
    const written = await api.call({ method: 'PUT', path: pathOf(ticket.id), body: { issue: fields } }, signal)
    if (written.kind !== 'delivered') return written
    const after = await read(ticket.id, signal)
    if (after.kind === 'retry') return { kind: 'unknown', message: after.message }
    if (after.kind !== 'delivered') return after
    if (!isTrue(after.value)) return rejected('change_refused', refused(after.value))
    // What was not ours to write stays as we last wrote it, so that a person's change is still seen as one.
    const now = ticketOf(after.value, config.url, words)
    const priorityId = 'priority_id' in fields ? now.written['priorityId'] : ticket.written['priorityId']
    const ours = { ...now, written: { ...now.written, ...(priorityId === undefined ? {} : { priorityId }) } }
    return delivered(ours, exposure(after.value, fields))
  }
  return {
    read,
    change,
    attach: async (ticket, file, words, signal) => {
      const isThere = (issue: Issue) => issue.attachments.some(each => each.filename === file.name)
      const before = await read(ticket.id, signal)
      if (before.kind !== 'delivered') return before
      if (isThere(before.value)) return delivered(ticket)
      const path = `/uploads.json?filename=${encodeURIComponent(file.name)}`
      const upload = {
        method: 'POST',
        path,
        body: file.bytes,
        type: 'application/octet-stream',
        writes: false,
      } as const
      const sent = await api.call(upload, signal)
      if (sent.kind !== 'delivered') return sent
      const token = uploaded.safeParse(parseJson(sent.value.text)).data?.upload.token
      if (token === undefined) return { kind: 'retry', message: 'the answer to the upload cannot be read' }
      const fields = { uploads: [{ token, filename: file.name, content_type: file.type }] }
      const refused = () => `the file ${file.name} was accepted but is not there`
      return change(ticket, { fields, words, isTrue: isThere, refused }, signal)
    },
    noteOf: message => ({
      notes: `${shortened(message.text, BODY_MAX)}\n\n${eventMark(message.eventId)}`,
      ...(config.private_notes && message.visibility === 'internal' ? { private_notes: true } : {}),
    }),
  }
}
