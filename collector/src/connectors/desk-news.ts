import type { EpochMs } from '@tillwatch/shared'
import type { ActorSide, IncidentAction } from '@tillwatch/shared/api'
import type { IncidentStanding, Outcome } from './connector.ts'
import type { TicketPhase } from './ticket-state.ts'

/** A new status in the desk; what that is as an act depends on how the incident stands. */
export interface DeskStatus {
  readonly action: 'status'
  readonly phase: TicketPhase
  /** What was written with it. */
  readonly text: string | null
}

/** What somebody did in a desk that cannot be read, as the desk tells it by itself. */
export interface DeskNews {
  /** The desk's own id of the event: it is taken once, however often it is told. Some hundred characters. */
  readonly id: string
  /** `Ticket.id` of the ticket that it is about, or its number. */
  readonly ticketId: string
  readonly action: IncidentAction | DeskStatus
  /** Name in the desk; null when the desk does not say who it was. */
  readonly author: string | null
  readonly side: ActorSide
  /** A take that gives way to whoever was faster: of two people who press at once the first has it. */
  readonly givesWay?: boolean
}

/**
 * What became of one news. `nothing`: the incident stood so already. `refused`: it does not fit, and was written down. `repeated`: it was
 * taken before. `unknown`: it is about no ticket of ours. `failed`: through our own fault, and it may be told again.
 */
export interface NewsVerdict {
  readonly id: string
  readonly what: 'done' | 'nothing' | 'refused' | 'repeated' | 'unknown' | 'failed'
  /** Ids of the incidents that changed. */
  readonly changed: readonly string[]
  /** How the incident stands now; null where there is none. */
  readonly standing: IncidentStanding | null
  /** What went wrong with one that failed. */
  readonly why?: string
}

/** A call of a desk as it arrived. */
export interface SignedCall {
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The body letter by letter: these are what was signed. */
  readonly body: string
}

/**
 * Checks the signature of a call and takes what it tells. `rejected` as `unauthorised` for a call that is not the desk's, as `invalid` for one
 * that cannot be understood, as `misconfigured` when our own secret cannot be read.
 */
export type NewsReader = (call: SignedCall, now: EpochMs) => Outcome<readonly DeskNews[]>
