import type { EpochMs } from '@tillwatch/shared'
import type { Connector, DeskFile, Ticket } from '../connectors/connector.ts'
import type { DeliveryKind, DeliveryPayload } from './payload.ts'

/** A message whose intent is on disk: it may be sent now. */
export interface Delivery {
  readonly id: number
  readonly tenantId: string
  readonly incidentId: string
  readonly desk: string
  readonly eventId: string
  readonly kind: DeliveryKind
  readonly payload: DeliveryPayload
  /** Attempts including this one. */
  readonly attempts: number
  readonly createdAt: EpochMs
  /** An earlier attempt ended without a known outcome (or the collector was killed during it). */
  readonly mayHaveArrived: boolean
  /** The incident's copy in this desk, once there is one. */
  readonly ticket: Ticket | null
}

/** What a person does with one message. */
export interface DeliveryAct {
  readonly tenantId: string
  readonly id: number
  /** `retry` tries it at once, `skip` never again. */
  readonly action: 'retry' | 'skip'
  /** Name of the person, for the history of the incident. */
  readonly actor: string
}

/** A ticket that is to be opened once more, because the desk has it no more. */
export interface OpeningAnew {
  readonly tenantId: string
  readonly incidentId: string
  readonly desk: string
  /** Name of the person, for the history of the incident. */
  readonly actor: string
}

/** A desk that takes nothing, and the one that is told instead. */
export interface Detour {
  readonly from: string
  readonly to: string
  /** How long an opening waits before it goes round. */
  readonly afterMs: number
  /** True while the desk as a whole fails; otherwise only openings that it was tried with go round. */
  readonly failing: boolean
}

/** How an attempt ended. */
export type Settlement =
  | {
      readonly kind: 'delivered'
      readonly ticket: Ticket
      readonly adopted: boolean
      /** What did not go as the settings say, although the desk has it. */
      readonly warning?: string | undefined
    }
  | { readonly kind: 'again'; readonly at: EpochMs; readonly error: string; readonly mayHaveArrived: boolean }
  | { readonly kind: 'failed'; readonly error: string; readonly pauseDesk: boolean }
  | { readonly kind: 'skipped'; readonly error: string }

export interface DeskCounts {
  readonly desk: string
  readonly waiting: number
  readonly delivered: number
  readonly failed: number
  readonly paused: boolean
  /** What is wrong with the desk, whoever's message met it. */
  readonly failing: boolean
  /** What the tenant's own last message that did not arrive was answered; another's words may tell of another's tickets. */
  readonly problem: string | null
  /** When it called last; null for a desk that never did. */
  readonly calledAt: EpochMs | null
}

/** The outbox as the runner sees it. Lives in the state thread under the name `deliveries`; every call is one transaction. */
export interface Deliveries {
  /**
   * Chooses the most urgent message that is due for a desk and writes down the intent to send it before it is handed out. Within an
   * incident strictly in order; states and priorities that a later one overtakes are skipped. Null when nothing is due.
   */
  begin(desk: string, now: EpochMs): Promise<Delivery | null>
  /** The file that an `attach` carries, in that language or, without it, in another; null when it is kept no more. */
  fileOf(id: number, language: Connector['language']): Promise<DeskFile | null>
  /** Writes down how it ended, with the ticket's id in the same transaction. */
  settle(id: number, settlement: Settlement, now: EpochMs): Promise<void>
  /** When the next message of a desk falls due after that moment; null when none does. */
  nextAt(desk: string, after: EpochMs): Promise<EpochMs | null>
  /**
   * Tells another desk of the openings that one has not taken in time: once each, and once they are many together. The number of
   * messages that were written.
   */
  goRound(detour: Detour, now: EpochMs): Promise<number>
  /** What a person wants of one message. Rejects with `delivery.unknown`, also for another tenant's, and `delivery.finished`. */
  act(act: DeliveryAct, now: EpochMs): Promise<{ readonly desk: string; readonly incidentId: string | null }>
  /**
   * Opens a ticket that was deleted in the desk once more. Rejects with `ticket.unknown`, also for another tenant's, `ticket.there`,
   * `ticket.being_made` and `incident.finished`.
   */
  openAnew(wanted: OpeningAnew, now: EpochMs): Promise<void>
  /** A tenant's own messages to these desks. */
  counts(tenantId: string, desks: readonly string[]): Promise<readonly DeskCounts[]>
  /** Sends at once what was refused of the tenant's or waits for its next try, and ends the desk's pause. The number of those messages. */
  retryDesk(tenantId: string, desk: string, now: EpochMs): Promise<number>
}
