import {
  type DeskFile,
  type DeskMessage,
  delivered,
  type Outcome,
  rejected,
  shortened,
  type Ticket,
} from '../connector.ts'
import { type DeskApi, type DeskCall, parseJson } from '../desk-api.ts'
import { EXPOSED, eventMark } from '../ticket-state.ts'
import type { MantisConfig } from './config.ts'
import { type Issue, manyIssues, ticketOf, VIEW_STATE, type Vocabulary } from './mapping.ts'

/** Longest text that is sent; MantisBT itself takes more, browsers do not like it. */
export const BODY_MAX = 60_000

/** What MySQL's older utf8 has no room for and answers with 500. */
const BEYOND = /[\u{10000}-\u{10ffff}]/gu
/** A text of at most `max` characters that every database of MantisBT takes. */
export const plainText = (text: string, max: number): string => shortened(text.replace(BEYOND, '\u25a1'), max)

/** An issue as it was read; `etag` names this very state of it. */
export interface ReadIssue {
  readonly issue: Issue
  readonly etag: string | null
}

/** A call that changes one issue and how its success is seen. */
export interface Change {
  readonly call: DeskCall
  readonly words: Vocabulary
  readonly isTrue: (issue: Issue) => boolean
  /** Words for an issue that stayed as it was. */
  readonly refused: (issue: Issue) => string
  /** True when it is we who set the priority. */
  readonly setsPriority?: boolean
}

/** A note as it is sent. */
interface Note {
  readonly text: string
  readonly view_state: { readonly id: number }
}

/** Reads issues, and changes them in the only way that proves anything: write, then read back. */
export interface IssueWriter {
  read(id: string, signal: AbortSignal): Promise<Outcome<ReadIssue>>
  change(ticket: Ticket, wanted: Change, signal: AbortSignal): Promise<Outcome<Ticket>>
  /** The call that sets fields of an issue that still is as it was read. */
  patch(before: ReadIssue, fields: object): DeskCall
  attach(ticket: Ticket, file: DeskFile, words: Vocabulary, signal: AbortSignal): Promise<Outcome<Ticket>>
  /** A note that can be found again by its event. */
  noteOf(message: DeskMessage): Note
}

/** Path of an issue and of what belongs to it. */
export const pathOf = (id: string, part = ''): string => `/issues/${encodeURIComponent(id)}${part}`

/** Without the right to it a private note may become a public one. */
function exposure(issue: Issue, body: unknown): string | undefined {
  const sent = body as Partial<Note> & { readonly notes?: readonly Note[] }
  const note = sent.notes?.[0] ?? sent
  if (note.text === undefined || note.view_state?.id !== VIEW_STATE.private.id) return undefined
  const mark = note.text.split('\n').at(-1) ?? ''
  const isPublic = (each: Issue['notes'][number]) => each.view_state?.id === VIEW_STATE.public.id
  return issue.notes.some(each => each.text.includes(mark) && isPublic(each)) ? EXPOSED : undefined
}

/** The writer of one installation. */
export function createIssueWriter(config: MantisConfig, api: DeskApi): IssueWriter {
  const read: IssueWriter['read'] = async (id, signal) => {
    const answer = await api.call({ method: 'GET', path: pathOf(id) }, signal)
    if (answer.kind !== 'delivered') return answer
    const issue = manyIssues.safeParse(parseJson(answer.value.text)).data?.issues[0]
    if (!issue) return rejected('misconfigured', 'the answer to /issues is not what MantisBT gives')
    return delivered({ issue, etag: answer.value.headers.etag ?? null })
  }
  const change: IssueWriter['change'] = async (ticket, { call, words, isTrue, refused, setsPriority }, signal) => {
    const written = await api.call(call, signal)
    if (written.kind !== 'delivered') return written
    const after = await read(ticket.id, signal)
    if (after.kind === 'retry') return { kind: 'unknown', message: after.message }
    if (after.kind !== 'delivered') return after
    const { issue } = after.value
    if (!isTrue(issue)) return rejected('change_refused', refused(issue))
    // What was not ours to write stays as we last wrote it, so that a person's change is still seen as one.
    const now = ticketOf(issue, config.url, words)
    const priorityId = setsPriority ? now.written['priorityId'] : ticket.written['priorityId']
    const ours = { ...now, written: { ...now.written, ...(priorityId === undefined ? {} : { priorityId }) } }
    return delivered(ours, exposure(issue, call.body))
  }
  return {
    read,
    change,
    patch: ({ issue, etag }, fields) => ({
      method: 'PATCH',
      path: pathOf(String(issue.id)),
      body: fields,
      ...(etag === null ? {} : { headers: { 'if-match': etag } }),
    }),
    attach: async (ticket, file, words, signal) => {
      const isThere = (issue: Issue) => issue.attachments.some(each => each.filename === file.name)
      const before = await read(ticket.id, signal)
      if (before.kind !== 'delivered') return before
      if (isThere(before.value.issue)) return delivered(ticket)
      const files = [{ name: file.name, content: Buffer.from(file.bytes).toString('base64') }]
      const call = { method: 'POST', path: pathOf(ticket.id, '/files'), body: { files } } as const
      const refused = () => `the file ${file.name} was accepted but is not there`
      return change(ticket, { call, words, isTrue: isThere, refused }, signal)
    },
    noteOf: message => ({
      text: `${plainText(message.text, BODY_MAX)}\n\n${eventMark(message.eventId)}`,
      view_state: config.private_notes && message.visibility === 'internal' ? VIEW_STATE.private : VIEW_STATE.public,
    }),
  }
}
