import type {
  CommandResultBody,
  EpochMs,
  EventBody,
  LogPartBody,
  MonotonicMs,
  Result,
  TelemetryBody,
} from '@tillwatch/shared'

/** What a message says; the outbox adds the number. */
export type Content =
  | { readonly kind: 'telemetry'; readonly body: TelemetryBody }
  | { readonly kind: 'event'; readonly body: EventBody }
  | { readonly kind: 'log_part'; readonly body: LogPartBody }
  | { readonly kind: 'command_result'; readonly body: CommandResultBody }

/** A kept message with its place in the sequence. */
export type OutboxMessage = Content & {
  readonly epoch: number
  readonly seq: number
  /** Wall time of the append. */
  readonly recordedAt: EpochMs
  /** Monotonic time of the append, or null when another run of the agent recorded it. */
  readonly recordedMonotonicMs: MonotonicMs | null
}

/** Where the sequence stands. */
export interface OutboxPosition {
  readonly epoch: number
  /** Oldest number that is still held; equals `next` when nothing is. */
  readonly base: number
  /** Number that the next message will get. */
  readonly next: number
  /** Everything up to here is on the collector's disk, as far as this file knows. */
  readonly mark: number
  /** Highest number that was ever given to the broker from this file. */
  readonly offered: number
}

export interface OutboxCounts {
  /** Messages that are not stored at the collector yet. */
  readonly waiting: number
  /** Size of all held messages, the stored tail included. */
  readonly bytes: number
  /** Wall time of the oldest waiting message. */
  readonly oldestAt: EpochMs | null
  /** Messages lost here since the first installation: over the cap, full disk, damaged file. */
  readonly dropped: number
  /** Messages that the collector could not understand, since the first installation. */
  readonly refused: number
}

/** How much `take` may return. */
export interface Credit {
  readonly messages: number
  readonly bytes: number
}

export interface Refusal {
  readonly seq: number
  readonly reason: string
}

/** A refused message, kept for the people who find out why. */
export interface Quarantined extends Refusal {
  readonly epoch: number
  readonly body: string
}

/**
 * The agent's memory of what it has to say: numbered without gaps inside an epoch, capped, oldest go first.
 * Calls are synchronous: an agent writes a few messages a minute and has nothing better to do while the disk confirms one.
 */
export interface Outbox {
  /** The message is on the disk when this returns its number. A failure is counted as dropped and uses up no number. */
  append(content: Content): Result<number>
  position(): OutboxPosition
  counts(): OutboxCounts
  /** Messages after `after` in order, within the credit but at least one when any is there. Repeatable. */
  take(after: number, credit: Credit): readonly OutboxMessage[]
  /** Remembers durably that everything up to `seq` was given to the broker. Called before publishing. */
  offer(seq: number): void
  /** Everything up to `mark` is stored; it stays as a tail so that a restored collector can be filled again. */
  settle(mark: number): void
  /** The collector has nothing after `mark` any more: the tail after it waits again. */
  rewind(mark: number): void
  /** Moves what is not stored yet into a new, higher epoch, numbered from 1; the tail is let go. */
  beginEpoch(epoch: number): void
  /** Keeps a copy of refused messages, the newest `quarantineMax` of them. */
  quarantine(refused: readonly Refusal[]): void
  quarantined(): readonly Quarantined[]
  /** Adds messages that were lost before they could be kept, or with a part of the file. */
  countDropped(messages: number): void
  close(): void
}

/** Ceilings of an outbox, with defaults in `limits.ts`. */
export interface OutboxLimits {
  readonly messages: number
  readonly bytes: number
  readonly tailMs: number
  readonly quarantineMax: number
}

/** Epoch after `previous`: the wall clock in seconds where that is higher, so that epochs begun apart rarely meet. */
export const nextEpoch = (previous: number, nowMs: EpochMs): number =>
  Math.max(previous + 1, Math.floor(nowMs / 1000), 1)
