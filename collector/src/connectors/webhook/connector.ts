import { AppError, type Clock, messageOf } from '@tillwatch/shared'
import { z } from 'zod'
import {
  type Connector,
  type DeskMessage,
  delivered,
  type Outcome,
  rejected,
  shortened,
  type Ticket,
} from '../connector.ts'
import { type HttpAnswer, type HttpClient, redactedUrl } from '../http-client.ts'
import { readSecret } from '../settings.ts'
import type { WebhookConfig } from './config.ts'
import { keyOf, signatureOf } from './signature.ts'
import { createTicketUpdates } from './ticket-updates.ts'

const TITLE_MAX = 512
const BODY_MAX = 20_000

const EVENT_TYPES = {
  open: 'incident.opened',
  comment: 'incident.updated',
  priority: 'incident.escalated',
  solve: 'incident.resolved',
  reopen: 'incident.reopened',
  test: 'incident.test',
} as const

/** What a receiver may answer, so that later events carry its own number. */
const receipt = z.object({ externalId: z.coerce.string().max(200).optional(), url: z.url().max(2000).optional() })

/**
 * Signed events to any receiver. Nothing can be looked up, so events arrive at least once, always under the same `webhook-id`.
 */
export function createWebhookConnector(config: WebhookConfig, http: HttpClient, clock: Pick<Clock, 'now'>): Connector {
  const secrets = (): string[] =>
    [config.secret, ...(config.old_secret ? [config.old_secret] : [])].map(reference => readSecret(reference))

  const send = async (message: DeskMessage, ticket: Ticket | null, signal: AbortSignal): Promise<Outcome<Ticket>> => {
    const body = bodyOf(message, ticket)
    const timestamp = Math.floor(clock.now() / 1000)
    let signature: string
    try {
      signature = signatureOf(secrets(), message.eventId, timestamp, body)
    } catch (error) {
      return rejected('misconfigured', messageWithStep(error))
    }
    const headers = {
      'content-type': 'application/json',
      'webhook-id': message.eventId,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    }
    const request = { method: 'POST' as const, url: config.url, headers, body, allowPrivate: config.allow_private }
    return judge(await http.send(request, signal), message, ticket)
  }

  return {
    kind: 'webhook',
    name: config.name,
    language: config.language,
    capabilities: { keySearch: false, internalComment: false, titleMax: TITLE_MAX, bodyMax: BODY_MAX, fileMax: 0 },
    probe: async () => {
      try {
        for (const secret of secrets()) keyOf(secret)
        if (config.inbound) keyOf(readSecret(config.inbound.secret))
        return [{ name: 'secret', ok: true, message: `signs for ${redactedUrl(config.url)}` }]
      } catch (error) {
        return [{ name: 'secret', ok: false, message: messageWithStep(error) }]
      }
    },
    create: (message, signal) => send(message, null, signal),
    comment: (ticket, message, signal) => send(message, ticket, signal),
    setStatus: (ticket, _to, message, signal) => send(message, ticket, signal),
    setPriority: (ticket, message, signal) => send(message, ticket, signal),
    ...(config.inbound ? { newsOf: createTicketUpdates(config.inbound.secret) } : {}),
  }
}

const messageWithStep = (error: unknown): string =>
  error instanceof AppError && error.nextStep ? `${error.message}. ${error.nextStep}` : messageOf(error)

/** The same bytes on every attempt. */
function bodyOf(message: DeskMessage, ticket: Ticket | null): string {
  const { subject } = message
  return JSON.stringify({
    type: EVENT_TYPES[message.kind],
    timestamp: message.at,
    data: {
      key: subject.key,
      incident: subject.incidentId,
      number: subject.number,
      episode: subject.episode,
      priority: message.priority,
      causeClass: subject.causeClass,
      ci: subject.ci,
      site: subject.site,
      client: subject.client,
      title: shortened(message.title, TITLE_MAX),
      text: shortened(message.text, BODY_MAX),
      link: message.link,
      externalId: ticket?.number ?? null,
      record: message.record ?? null,
    },
  })
}

function judge(answer: HttpAnswer, message: DeskMessage, ticket: Ticket | null): Outcome<Ticket> {
  if (answer.kind === 'blocked') {
    return rejected('address_blocked', `${answer.message}; set allow_private: true if it is meant`)
  }
  if (answer.kind === 'not_sent') return { kind: 'retry', message: answer.message }
  if (answer.kind === 'cut') return { kind: 'unknown', message: answer.message }
  const { status, text, retryAfterMs } = answer
  if (status >= 200 && status < 300) return delivered(ticketOf(text, message, ticket))
  const said = `the receiver answered ${status}`
  if (status === 410) return rejected('gone', `${said}: it wants no more events`)
  if (status === 408 || status === 429 || status >= 500) {
    return retryAfterMs === null
      ? { kind: 'retry', message: said }
      : { kind: 'retry', message: said, afterMs: retryAfterMs }
  }
  if (status >= 300 && status < 400)
    return rejected('misconfigured', `${said}: redirects are not followed, give the final address`)
  if (status === 401 || status === 403) return rejected('unauthorised', `${said}: check the secret on both sides`)
  return rejected(status === 404 ? 'not_found' : 'invalid', said)
}

function ticketOf(text: string, message: DeskMessage, ticket: Ticket | null): Ticket {
  let value: unknown = null
  try {
    value = JSON.parse(text)
  } catch {
    // An answer without JSON is as good as any 2xx.
  }
  const parsed = receipt.safeParse(value)
  const { externalId, url } = parsed.success ? parsed.data : {}
  return {
    // What calls of the receiver name it by.
    id: ticket?.id ?? message.subject.key,
    number: externalId ?? ticket?.number ?? null,
    url: url ?? ticket?.url ?? null,
    written: {},
  }
}
