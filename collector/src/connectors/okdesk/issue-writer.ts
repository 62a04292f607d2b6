import {
  type DeskFile,
  type DeskMessage,
  delivered,
  type Outcome,
  rejected,
  shortened,
  type Ticket,
  type Visibility,
} from '../connector.ts'
import type { DeskApi, DeskCall } from '../desk-api.ts'
import { htmlOf } from '../html.ts'
import { multipartOf } from '../multipart.ts'
import { EXPOSED, eventMark } from '../ticket-state.ts'
import type { OkdeskConfig } from './config.ts'
import { commentList, commentOf, fileEvent, hasComment, hasFile, issueSchema, type ReadIssue } from './mapping.ts'

/** Longest text that is sent, before it becomes HTML. */
export const BODY_MAX = 30_000
/** A comment that only a status asks for repeats no more than this. */
const STATUS_COMMENT_MAX = 200

/** A comment before it is HTML. */
export interface CommentDraft {
  readonly text: string
  readonly eventId: string
  readonly visibility: Visibility
}

/** Reads issues, and changes them in the only way that proves anything: write, then read back. */
export interface IssueWriter {
  read(id: string, signal: AbortSignal): Promise<Outcome<ReadIssue>>
  comment(ticket: Ticket, draft: CommentDraft, signal: AbortSignal): Promise<Outcome<Ticket>>
  /** Enters a status, through others where the account allows no direct way. */
  enter(ticket: Ticket, to: 'solved' | 'reopened', message: DeskMessage, signal: AbortSignal): Promise<Outcome<null>>
  setAttribute(ticket: Ticket, code: string, value: string, signal: AbortSignal): Promise<Outcome<Ticket>>
  attach(ticket: Ticket, file: DeskFile, signal: AbortSignal): Promise<Outcome<Ticket>>
}

/** Path of an issue and of what belongs to it. */
export const pathOf = (id: string, part = ''): string => `/issues/${encodeURIComponent(id)}${part}`

/** The writer of one account. */
export function createIssueWriter(config: OkdeskConfig, api: DeskApi): IssueWriter {
  const read: IssueWriter['read'] = async (id, signal) => {
    const issue = await api.get(pathOf(id), issueSchema, signal)
    if (issue.kind !== 'delivered') return issue
    const comments = await api.get(pathOf(id, '/comments'), commentList, signal)
    return comments.kind === 'delivered' ? delivered({ issue: issue.value, comments: comments.value }) : comments
  }
  const isPublic = (visibility: Visibility) => !(config.private_comments && visibility === 'internal')
  const contentOf = ({ text, eventId }: CommentDraft) => htmlOf(`${shortened(text, BODY_MAX)}\n\n${eventMark(eventId)}`)

  const proved = async (
    ticket: Ticket,
    call: DeskCall,
    isTrue: (after: ReadIssue) => boolean,
    refused: string,
    signal: AbortSignal,
  ): Promise<Outcome<ReadIssue>> => {
    const written = await api.call(call, signal)
    if (written.kind !== 'delivered') return written
    const after = await read(ticket.id, signal)
    if (after.kind === 'retry') return { kind: 'unknown', message: after.message }
    if (after.kind === 'delivered' && !isTrue(after.value)) return rejected('change_refused', refused)
    return after
  }

  const post = (ticket: Ticket, code: string, draft: CommentDraft | null, signal: AbortSignal) => {
    const comment = draft === null ? {} : { comment: contentOf(draft), comment_public: isPublic(draft.visibility) }
    // Our own change must not come back to us as news.
    const body = { code, ...comment, skip_options: ['skip_webhooks'] }
    return api.call({ method: 'POST', path: pathOf(ticket.id, '/statuses'), body }, signal)
  }
  /** Enters one status; some demand a comment of their own. */
  const step = async (ticket: Ticket, code: string, message: DeskMessage, signal: AbortSignal) => {
    const plain = await post(ticket, code, null, signal)
    if (plain.kind !== 'rejected' || plain.reason !== 'invalid') return plain
    const text = shortened(message.text, STATUS_COMMENT_MAX)
    const draft = { text, eventId: `${message.eventId}.${code}`, visibility: message.visibility }
    return post(ticket, code, draft, signal)
  }

  return {
    read,
    comment: async (ticket, draft, signal) => {
      const body = {
        content: contentOf(draft),
        author_id: config.author_id,
        author_type: 'employee',
        public: isPublic(draft.visibility),
      }
      const call = { method: 'POST', path: pathOf(ticket.id, '/comments'), body: { comment: body } } as const
      const isTrue = (after: ReadIssue) => hasComment(after, draft.eventId)
      const done = await proved(ticket, call, isTrue, 'the comment was accepted but is not there', signal)
      if (done.kind !== 'delivered') return done
      const isExposed = !isPublic(draft.visibility) && commentOf(done.value, draft.eventId)?.public === true
      return delivered(ticket, isExposed ? EXPOSED : undefined)
    },
    enter: async (ticket, to, message, signal) => {
      const goal = config.statuses[to]
      let moved = await step(ticket, goal, message, signal)
      const through = config.statuses.through[to]
      if (moved.kind === 'rejected' && moved.reason === 'invalid' && through.length > 0) {
        for (const code of through) {
          const between = await step(ticket, code, message, signal)
          // A refused step may be one that the issue is past already: what counts is the goal.
          if (between.kind === 'retry' || between.kind === 'unknown') return between
        }
        moved = await step(ticket, goal, message, signal)
      }
      if (moved.kind === 'delivered') return delivered(null)
      if (moved.kind !== 'rejected' || moved.reason !== 'invalid') return moved
      const advice = `allow the way to “${goal}” for the role of the key, or name the way in statuses.through.${to}`
      return rejected('change_refused', `${moved.message}: ${advice}`)
    },
    setAttribute: async (ticket, code, value, signal) => {
      const body = { custom_parameters: { [code]: value } }
      const call = { path: pathOf(ticket.id, '/parameters'), body }
      const isTrue = ({ issue }: ReadIssue) => issue.parameters.some(each => each.code === code && each.value === value)
      const refused = `attribute ${code} was accepted but does not hold “${value}”`
      // Documentation and clients differ in the verb.
      let done = await proved(ticket, { ...call, method: 'POST' }, isTrue, refused, signal)
      if (done.kind === 'rejected' && (done.reason === 'not_found' || / 405\b/.test(done.message))) {
        done = await proved(ticket, { ...call, method: 'PATCH' }, isTrue, refused, signal)
      }
      if (done.kind !== 'delivered') return done
      return delivered({ ...ticket, written: { ...ticket.written, raised: value } })
    },
    attach: async (ticket, file, signal) => {
      const before = await read(ticket.id, signal)
      if (before.kind !== 'delivered') return before
      if (hasFile(before.value, file.name)) return delivered(ticket)
      const form = new FormData()
      form.set('comment[content]', htmlOf(`${file.name} ${eventMark(fileEvent(file.name))}`))
      form.set('comment[author_id]', String(config.author_id))
      form.set('comment[author_type]', 'employee')
      form.set('comment[public]', String(!config.private_comments))
      const blob = new Blob([Uint8Array.from(file.bytes)], { type: file.type })
      form.set('comment[attachments_attributes][0][attachment]', blob, file.name)
      const call = { method: 'POST', path: pathOf(ticket.id, '/comments'), ...(await multipartOf(form)) } as const
      const isTrue = (after: ReadIssue) => hasFile(after, file.name)
      const done = await proved(ticket, call, isTrue, `the file ${file.name} was accepted but is not there`, signal)
      return done.kind === 'delivered' ? delivered(ticket) : done
    },
  }
}
