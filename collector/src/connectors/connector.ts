import type { Priority } from '@tillwatch/rules'
import type { ConnectorKind, IncidentStatus } from '@tillwatch/shared/api'
import type { MessageKind, TicketSubject } from '../deliveries/payload.ts'
import type { DeskNews, NewsReader, NewsVerdict } from './desk-news.ts'
import type { TicketState } from './ticket-state.ts'

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
  | {
      readonly kind: 'delivered'
      readonly value: T
      /** What did not go as the settings say, although it was done: somebody has to look at them. */
      readonly warning?: string | undefined
    }
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

/** Where a new ticket goes, in the desk's own words. Null: as the settings of the desk say. */
export interface Placement {
  /** Project, queue, or whatever a desk keeps tickets in. */
  readonly project: string | null
  readonly category: string | null
  readonly type: string | null
  /** Login or name of the person who gets it. */
  readonly assignee: string | null
  /** Group or line that gets it. */
  readonly team: string | null
  /** Values of fields, by the desk's name, code or number of the field. */
  readonly fields: Readonly<Record<string, string>>
}

/** As the settings of the desk say. */
export const USUAL_PLACE: Placement = {
  project: null,
  category: null,
  type: null,
  assignee: null,
  team: null,
  fields: {},
}

/** A placement, and the names of the routes that want it. */
export interface RoutedPlacement extends Placement {
  readonly routes?: readonly string[]
}

/** Who may read a comment: the desk's staff, or the client too. A desk that keeps no secrets shows everything. */
export type Visibility = 'internal' | 'public'

/** How an incident stands, and who has it. */
export interface IncidentStanding {
  readonly status: IncidentStatus
  readonly assignee: string | null
}

/** One thing to tell a desk, in the desk's language. */
export interface DeskMessage {
  /** The same on every attempt. */
  readonly eventId: string
  readonly kind: MessageKind
  /** When it happened, ISO 8601; the same on every attempt. */
  readonly at: string
  readonly title: string
  readonly text: string
  readonly priority: Priority
  readonly visibility: Visibility
  /** Only a new ticket is placed; a person may have moved an old one. */
  readonly placement: Placement
  readonly subject: TicketSubject
  /** How the incident stands with this message; absent where there is no incident. */
  readonly standing?: IncidentStanding
  /** The incident record as plain JSON, for a desk that is told as machines are. */
  readonly record?: Readonly<Record<string, unknown>>
  /** Address of the incident in the portal, when the installation has one. */
  readonly link: string | null
  /** Id of the finished ticket with this key that the desk does not open again: a new one is not to be taken for it. */
  readonly insteadOf?: string
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
  /** Bytes of one file; 0: takes none. */
  readonly fileMax: number
}

/** A file for a ticket. */
export interface DeskFile {
  /** The same on every attempt and unlike that of any other file of the ticket: it is found again by its name. */
  readonly name: string
  /** MIME type. */
  readonly type: string
  readonly bytes: Uint8Array
}

/** The device that a ticket is about, as a desk's inventory may know it. */
export interface DeskItem {
  readonly kind: string
  readonly serial: string
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
  readonly kind: ConnectorKind
  readonly name: string
  readonly language: 'ru' | 'en'
  readonly capabilities: Capabilities
  /**
   * Address, rights, fields, names of statuses and priorities, and of everything in these placements: each named with what is wrong.
   * Changes nothing in the desk.
   */
  probe(signal: AbortSignal, placements?: readonly RoutedPlacement[]): Promise<readonly ProbeStep[]>
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
  /** Adds a file once, however often it is asked; one that is there already under this name is taken for it. Present with `fileMax`. */
  readonly attach?: (ticket: Ticket, file: DeskFile, signal: AbortSignal) => Promise<Outcome<Ticket>>
  /** Ties the ticket to the device in the desk's inventory; false when the inventory does not know it. Repeating it changes nothing. */
  readonly linkItem?: (ticket: Ticket, item: DeskItem, signal: AbortSignal) => Promise<Outcome<boolean>>
  /**
   * Shows how the incident stands, whoever brought that about. Repeating it changes nothing. Present where people act on what a ticket shows
   * and the desk shows nothing by itself.
   */
  readonly show?: (ticket: Ticket, standing: IncidentStanding, signal: AbortSignal) => Promise<Outcome<Ticket>>
  /** The ticket as it stands now; null when it is there no more. Present where a desk can be read. */
  readonly read?: (ticket: Ticket, signal: AbortSignal) => Promise<Outcome<TicketState | null>>
  /**
   * Ids of the tickets that changed since the cursor, at least those (an id too many costs one reading, one too few is lost); a null cursor
   * begins now. Present where a desk can be asked for changes.
   */
  readonly changedSince?: (cursor: string | null, signal: AbortSignal) => Promise<Outcome<Changes>>
  /** Ids of the tickets that a call of the desk is about; a hint, each is read again. Present where a desk can call. */
  readonly hintsOf?: (body: unknown) => readonly string[]
  /** What a signed call of the desk tells. Present where a desk signs what it says. */
  readonly newsOf?: NewsReader
}

/** What a look for changes found. */
export interface Changes {
  readonly ids: readonly string[]
  /** What a desk that cannot be read tells by itself, oldest first. */
  readonly news?: readonly DeskNews[]
  /** Tells those who did it what became of it, where they wait for that. Nothing depends on it. */
  readonly answer?: (verdicts: readonly NewsVerdict[], signal: AbortSignal) => Promise<void>
  readonly cursor: string
}

export const delivered = <T>(value: T, warning?: string): Outcome<T> =>
  warning === undefined ? { kind: 'delivered', value } : { kind: 'delivered', value, warning }
export const rejected = (reason: Rejection, message: string): Outcome<never> => ({ kind: 'rejected', reason, message })

/** The bad end of a call, for passing on as it is. */
export type Failure = Exclude<Outcome<never>, { kind: 'delivered' }>

/** A text of at most `max` characters (not bytes); a longer one ends with a mark. */
export function shortened(text: string, max: number): string {
  const characters = [...text]
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`
}
