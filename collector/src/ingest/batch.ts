import type { Envelope, EpochMs, EventBody, FactValue, ItemKind, Source } from '@tillwatch/shared'

/** One fact after decoding: time corrected to the collector's clock, value checked against the dictionary. */
export interface AcceptedFact {
  readonly value: FactValue
  /** Corrected: the agent's reading time moved to the collector's clock. */
  readonly at: EpochMs
  readonly source: Source
  readonly reason?: string
  readonly raw?: string | number
}

/** One item after decoding. `itemId` is worked out by `itemIdOf`; a register that has never told its serial has the id of its slot. */
export interface AcceptedItem {
  readonly itemId: string
  readonly kind: ItemKind
  readonly slot: string
  readonly identity: string | null
  readonly at: EpochMs
  readonly facts: Readonly<Record<string, AcceptedFact>>
}

/**
 * A message that is next in its agent's order: `seq` is the mark plus one, or the base after a jump (`lost` messages are then gone for ever).
 * A hello's snapshot has kind `snapshot` and the order (epoch, next - 1): sequenced messages that were recorded before it touch no current state.
 * Kind `derived` are facts that a job of the collector worked out: newest by definition, they move no mark and are no sign of life.
 */
export interface AcceptedMessage {
  readonly agentId: string
  readonly tenantId: string
  readonly kind: Envelope['kind'] | 'snapshot' | 'refused' | 'derived'
  readonly epoch: number
  readonly seq: number
  readonly lost: number
  readonly receivedAt: EpochMs
  /** Nothing tells whether the till's clock was set between reading and sending: the times of the items are then a guess. */
  readonly isTimeGuessed?: true
  readonly items: readonly AcceptedItem[]
  readonly event: EventBody | null
  /** What came of a command, or a piece of the log that it asked for. */
  readonly answer?: CommandAnswer
  /** For kind `refused`: why it was put aside, and its bytes as text for a person to look at (capped). */
  readonly refusal: { readonly reason: string; readonly payload: string } | null
}

/** What an agent says of a command. */
export type CommandAnswer =
  | Pick<Extract<Envelope, { kind: 'command_result' }>, 'kind' | 'body'>
  | Pick<Extract<Envelope, { kind: 'log_part' }>, 'kind' | 'body'>

/** What a commit changed, for live pages and metrics. */
export interface CommitOutcome {
  readonly itemIds: readonly string[]
  readonly incidentIds: readonly string[]
  /** Items whose evaluation failed and was rolled back alone; the failure is logged and counted. */
  readonly failures: readonly { readonly itemId: string; readonly message: string }[]
}
