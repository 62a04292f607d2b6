import { type DeskFile, type DeskMessage, delivered, type Outcome, rejected, shortened } from '../connector.ts'
import { type DeskApi, parseJson } from '../desk-api.ts'
import { eventMark } from '../ticket-state.ts'
import { listPath, quoted } from './api.ts'
import type { RequestTrackerConfig } from './config.ts'
import { ids, oneTicket, type RtTicket, sentences } from './mapping.ts'
import { textsOf } from './ticket-texts.ts'

/** Longest text that is sent, in characters. */
export const BODY_MAX = 30_000

/** Reads tickets and writes into them; what was written is proved by reading. */
export interface TicketWriter {
  /** A merged ticket is read as the one that it was merged into, with the number of that one; a deleted one is `not_found`. */
  read(id: string, signal: AbortSignal): Promise<Outcome<RtTicket>>
  /** True for a status that is inactive in the life cycle of its queue. */
  isClosed(ticket: RtTicket, signal: AbortSignal): Promise<Outcome<boolean>>
  /** Nobody works on it: solved by us, or closed by a person. */
  isDone(ticket: RtTicket, signal: AbortSignal): Promise<Outcome<boolean>>
  /** True when the text of this event is there. */
  isTold(id: string, eventId: string, signal: AbortSignal): Promise<Outcome<boolean>>
  /** Writes the text once, and sets the status in the same call if one is given. */
  tell(id: string, message: DeskMessage, status: string | null, signal: AbortSignal): Promise<Outcome<null>>
  /** Changes fields; the desk's sentences, which tell of success and failure alike. */
  change(id: string, fields: object, signal: AbortSignal): Promise<Outcome<string>>
  attach(id: string, file: DeskFile, signal: AbortSignal): Promise<Outcome<null>>
}

/** The writer of one installation. */
export function createTicketWriter(config: RequestTrackerConfig, api: DeskApi): TicketWriter {
  const closed = new Map<string, boolean>()
  const read: TicketWriter['read'] = async (id, signal) => {
    const found = await api.get(pathOf(id), oneTicket, signal)
    if (found.kind !== 'delivered' || found.value.Status !== DELETED) return found
    return rejected('not_found', `ticket ${id} was deleted in Request Tracker`)
  }

  const isClosed: TicketWriter['isClosed'] = async ({ id, Status: status }, signal) => {
    const known = closed.get(status)
    if (known !== undefined) return delivered(known)
    const query = `id = ${Number(id)} AND EffectiveId > 0 AND Status = ${quoted('__Inactive__')}`
    const found = await api.get(listPath('/tickets', query, {}), ids, signal)
    if (found.kind !== 'delivered') return found
    closed.set(status, found.value.items.length > 0)
    return delivered(found.value.items.length > 0)
  }

  const isTold: TicketWriter['isTold'] = async (id, eventId, signal) => {
    const mark = eventMark(eventId)
    const texts = await textsOf(api, id, signal, some => some.some(({ text }) => text.includes(mark)))
    return texts.kind === 'delivered' ? delivered(texts.value.some(({ text }) => text.includes(mark))) : texts
  }

  const say = (id: string, isPublic: boolean, body: object, signal: AbortSignal) =>
    api.call({ method: 'POST', path: `${pathOf(id)}/${isPublic ? 'correspond' : 'comment'}`, body }, signal)

  return {
    read,
    isClosed,
    isDone: (ticket, signal) =>
      ticket.Status === config.statuses.solved ? Promise.resolve(delivered(true)) : isClosed(ticket, signal),
    isTold,
    tell: async (id, message, status, signal) => {
      const body = {
        Content: `${shortened(message.text, BODY_MAX)}\n\n${eventMark(message.eventId)}`,
        ContentType: 'text/plain',
        ...(status === null ? {} : { Status: status }),
      }
      const written = await say(id, message.visibility === 'public', body, signal)
      if (written.kind !== 'delivered') return written
      const told = await isTold(id, message.eventId, signal)
      if (told.kind !== 'delivered') return unproved(told)
      return told.value ? delivered(null) : rejected('change_refused', 'the comment was accepted but is not there')
    },
    change: async (id, fields, signal) => {
      const written = await api.call({ method: 'PUT', path: pathOf(id), body: fields }, signal)
      if (written.kind !== 'delivered') return written
      return delivered(sentences.safeParse(parseJson(written.value.text)).data?.join(' ') ?? '')
    },
    attach: async (id, file, signal) => {
      const name = safeName(file.name)
      const path = listPath(`${pathOf(id)}/attachments`, [{ field: 'Filename', value: name }], {})
      const before = await api.get(path, ids, signal)
      if (before.kind !== 'delivered') return before
      if (before.value.items.length > 0) return delivered(null)
      const content = Buffer.from(file.bytes).toString('base64')
      const body = { Attachments: [{ FileName: name, FileType: file.type, FileContent: content }] }
      const sent = await say(id, false, body, signal)
      if (sent.kind !== 'delivered') return sent
      const after = await api.get(path, ids, signal)
      if (after.kind !== 'delivered') return unproved(after)
      if (after.value.items.length > 0) return delivered(null)
      return rejected('change_refused', `the file ${name} was accepted but is not there`)
    },
  }
}

/** What the desk throws away stays readable in this status. */
const DELETED = 'deleted'

const pathOf = (id: string): string => `/ticket/${encodeURIComponent(id)}`

/** A failed look after a write: whether it happened is open. */
export const unproved = <T extends Outcome<unknown>>(outcome: T): T | Outcome<never> =>
  outcome.kind === 'retry' ? { kind: 'unknown', message: outcome.message } : outcome

/** The desk breaks off (500) at a file name that is not ASCII. */
const safeName = (name: string): string => name.replace(/[^\x20-\x7e]+/g, encodeURIComponent)
