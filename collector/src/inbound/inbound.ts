import type { EpochMs } from '@tillwatch/shared'
import type { InboundAlert, InboundAnswer, InboundTicket, MachineTokenRow, TokenScope } from '@tillwatch/shared/api'

/** Who brings something: a machine by its token, or a person in the portal. */
export interface InboundSource {
  readonly tenantId: string
  /** Id of the token; `portal` for people. With the thing's own id it names the thing for ever. */
  readonly id: string
  /** For the audit trail. */
  readonly name: string
}

/** A machine as its token names it. */
export interface Machine extends InboundSource {
  readonly scope: TokenScope
}

/** A token as it is stored: the secret is known to its holder alone. */
export interface NewToken {
  readonly id: string
  readonly tenantId: string
  readonly name: string
  readonly scope: TokenScope
  readonly hash: string
  readonly createdBy: string
}

/**
 * What comes from elsewhere: faults that other monitoring systems see, and requests of people. Lives in the state thread under the name
 * `inbound`; every call is one transaction, and the same thing said again changes nothing.
 */
export interface Inbound {
  /** Rejects with `inbound.too_many_open`. */
  alert(source: InboundSource, alert: InboundAlert, now: EpochMs): Promise<InboundAnswer>
  /** Rejects with `inbound.too_many_open`. */
  ticket(source: InboundSource, ticket: InboundTicket, now: EpochMs): Promise<InboundAnswer>
  /** Support's word on a link between two incidents that was proposed; the ids of both. Rejects with `link.unknown`. */
  decideLink(
    tenantId: string,
    ids: readonly [string, string],
    decision: 'linked' | 'rejected',
    actor: string,
    now: EpochMs,
  ): Promise<void>
  tokens(tenantId: string): Promise<readonly MachineTokenRow[]>
  /** The longest revoked one makes room. Rejects with `token.too_many` when none is revoked. */
  addToken(token: NewToken, now: EpochMs): Promise<void>
  /** Ends a token at once; twice keeps the first time. Rejects with `token.unknown`. */
  revokeToken(tenantId: string, tokenId: string, now: EpochMs): Promise<void>
  /** Forgets a small step of what was said before a moment, and of who asked, where the incident is closed; true when there is more. */
  thinInbound(before: EpochMs): Promise<boolean>
}
