import { timingSafeEqual } from 'node:crypto'
import { COMMENT_LENGTH_MAX, type EpochMs } from '@tillwatch/shared'
import { priority } from '@tillwatch/shared/api'
import { z } from 'zod'
import { delivered, rejected, shortened } from '../connector.ts'
import { misconfigured, parseJson } from '../desk-api.ts'
import type { DeskNews, NewsReader, SignedCall } from '../desk-news.ts'
import { readSecret, type SecretReference } from '../settings.ts'
import type { TicketPhase } from '../ticket-state.ts'
import { signatureOf } from './signature.ts'

/** How far the clocks of both sides may be apart; an older call is a repetition by somebody who listened. */
const CLOCK_APART_MS = 5 * 60_000
const NAME_MAX = 64
/** Signatures of one call: one for each secret during a change. */
const SIGNATURES_MAX = 8

const PHASES = {
  in_work: 'in_work',
  waiting: 'waiting',
  solved: 'solved',
  closed: 'closed',
  rejected: 'rejected',
  reopened: 'open',
} as const satisfies Readonly<Record<string, TicketPhase>>

const id = z.union([z.string().trim().min(1).max(200), z.number().int().transform(String)])
const name = z
  .string()
  .trim()
  .min(1)
  .transform(text => shortened(text, NAME_MAX))

/** What a receiver of our events tells when people worked on a ticket; what did not change is left out. */
const ticketUpdate = z.object({
  type: z.literal('ticket.updated'),
  data: z
    .object({
      /** The key that our events carry, or the receiver's own number that it answered with. */
      key: id.optional(),
      externalId: id.optional(),
      status: z.enum(['in_work', 'waiting', 'solved', 'closed', 'rejected', 'reopened']).optional(),
      comment: z
        .string()
        .trim()
        .transform(text => (text === '' ? null : shortened(text, COMMENT_LENGTH_MAX)))
        .nullish(),
      author: name.nullish(),
      /** Null: nobody has it any more. */
      assignee: name.nullable().optional(),
      priority: priority.optional(),
      side: z.enum(['support', 'partner', 'client']).default('support'),
    })
    .refine(({ key, externalId }) => (key ?? externalId) !== undefined, 'key or externalId names the ticket'),
})
type TicketUpdate = z.infer<typeof ticketUpdate>['data']

/** Reads calls that are signed as Standard Webhooks 1.0 says, with a secret of the same form as that of our own events. */
export function createTicketUpdates(secret: SecretReference): NewsReader {
  return (call, now) => {
    let eventId: string | null
    try {
      eventId = signedId(call, readSecret(secret), now)
    } catch (error) {
      return misconfigured(error)
    }
    if (eventId === null) return rejected('unauthorised', 'the signature is missing, wrong or too old')
    const parsed = ticketUpdate.safeParse(parseJson(call.body))
    if (parsed.success) return delivered(newsIn(parsed.data.data, eventId))
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
    return rejected('invalid', problems.join('; '))
  }
}

/** The id of a call whose signature and time are good; null for any other. */
function signedId({ headers, body }: SignedCall, secret: string, now: EpochMs): string | null {
  const [eventId, written, signatures] = ['id', 'timestamp', 'signature'].map(part => headers[`webhook-${part}`])
  if (typeof eventId !== 'string' || typeof written !== 'string' || typeof signatures !== 'string') return null
  if (!/^\S{1,200}$/.test(eventId) || !/^\d{1,12}$/.test(written)) return null
  const timestamp = Number(written)
  if (Math.abs(now - timestamp * 1000) > CLOCK_APART_MS) return null
  const good = Buffer.from(signatureOf([secret], eventId, timestamp, body))
  const isGood = signatures
    .split(' ')
    .slice(0, SIGNATURES_MAX)
    .map(shown => Buffer.from(shown))
    .some(shown => shown.length === good.length && timingSafeEqual(shown, good))
  return isGood ? eventId : null
}

function newsIn(update: TicketUpdate, eventId: string): readonly DeskNews[] {
  const { status, comment = null, author = null, assignee, priority: level, side } = update
  const ticketId = update.key ?? update.externalId ?? ''
  const news = (part: string, action: DeskNews['action'], by = author): DeskNews => ({
    ...{ id: `${eventId}/${part}`, ticketId, action, author: by, side },
  })
  const told: DeskNews[] = []
  if (assignee !== undefined) told.push(news('assignee', { action: 'assign', assignee }))
  if (level !== undefined)
    told.push(news('priority', { action: 'priority', priority: level, reason: comment ?? ticketId }))
  if (status === undefined) {
    if (comment !== null) told.push(news('comment', { action: 'comment', text: comment }))
    return told
  }
  const phase = PHASES[status]
  // Who takes it is who has it then, unless another is named.
  const turn = news('status', { action: 'status', phase, text: comment }, author ?? assignee ?? null)
  // Nobody is given a ticket that is over: it opens before the rest and ends after it.
  return phase === 'solved' || phase === 'closed' || phase === 'rejected' ? [...told, turn] : [turn, ...told]
}
