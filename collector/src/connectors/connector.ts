import type { Priority } from '@tillwatch/rules'
import type { DeliveryKind, TicketSubject } from '../deliveries/payload.ts'

/** Why a desk refused for good: waiting does not help, a person must act. */
export const REJECTIONS = [
  'unauthorised',
  'forbidden',
  'not_found',
  'invalid',
  'misconfigured',
  'change_refused',
  'address_blocked',
  'gone',
  'expired',
] as const
export type Rejection = (typeof REJECTIONS)[number]

/**
 * What became of a call. `delivered` was proved, by reading back where the desk can be read. `retry` certainly changed nothing.
 * `unknown` may or may not have happened: look before doing it again. `rejected` is for good.
 */
export type Outcome<T> =
  | { readonly kind: 'delivered'; readonly value: T }
  | { readonly kind: 'retry'; readonly message: string; readonly afterMs?: number }
  | { readonly kind: 'unknown'; readonly message: string }
  | { readonly kind: 'rejected'; readonly reason: Rejection; readonly message: string }

/** The copy of an incident in a desk. `written` is what we last wrote, to tell a person's change from ours. */
export interface Ticket {
  readonly id: string
  readonly number: string | null
  readonly url: string | null
  readonly written: Readonly<Record<string, string | number>>
}
export interface FoundTicket extends Ticket {
  readonly open: boolean
}

/** One thing to tell a desk, in the desk's language. */
export interface DeskMessage {
  /** The same on every attempt. */
  readonly eventId: string
  readonly kind: DeliveryKind
  /** When it happened, ISO 8601; the same on every attempt. */
  readonly at: string
  readonly title: string
  readonly text: string
  readonly priority: Priority
  readonly subject: TicketSubject
  /** Address of the incident in the portal, when the installation has one. */
  readonly link: string | null
  /** True when an earlier attempt may have arrived: the connector looks for its traces before it writes. */
  readonly mayHaveArrived: boolean
}

export interface Capabilities {
  /** The desk can be searched by our key: exactly one ticket. Without it: at least one message with a stable id. */
  readonly keySearch: boolean
  readonly internalComment: boolean
  /** Characters; longer texts are cut with a mark. */
  readonly titleMax: number
  readonly bodyMax: number
}

/** One thing that a probe looked at. */
export interface ProbeStep {
  readonly name: string
  readonly ok: boolean
  readonly message: string
}

/**
 * Speaks to one service desk. Never retries, waits or remembers: the delivery runner does. Every call is bounded by the HTTP client's or the
 * mail library's deadline and ends early when the signal aborts. Nothing throws for what a desk or a network may do.
 */
export interface Connector {
  readonly kind: 'redmine' | 'webhook' | 'email'
  readonly name: string
  readonly language: 'ru' | 'en'
  readonly capabilities: Capabilities
  /** Address, rights, fields, names of statuses and priorities: each named with what is wrong. Changes nothing in the desk. */
  probe(signal: AbortSignal): Promise<readonly ProbeStep[]>
  /** Every ticket that carries the key, open and closed, oldest first. Failing to look is never "none". Present with `keySearch`. */
  readonly find?: (key: string, signal: AbortSignal) => Promise<Outcome<readonly FoundTicket[]>>
  create(message: DeskMessage, signal: AbortSignal): Promise<Outcome<Ticket>>
  comment(ticket: Ticket, message: DeskMessage, signal: AbortSignal): Promise<Outcome<Ticket>>
  setStatus(
    ticket: Ticket,
    to: 'solved' | 'reopened',
    message: DeskMessage,
    signal: AbortSignal,
  ): Promise<Outcome<Ticket>>
  /** Raises the priority; a person's change in the desk is never written over. */
  setPriority(ticket: Ticket, message: DeskMessage, signal: AbortSignal): Promise<Outcome<Ticket>>
}

export const delivered = <T>(value: T): Outcome<T> => ({ kind: 'delivered', value })
export const rejected = (reason: Rejection, message: string): Outcome<never> => ({ kind: 'rejected', reason, message })

/** A text of at most `max` characters (not bytes); a longer one ends with a mark. */
export function shortened(text: string, max: number): string {
  const characters = [...text]
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`
}
