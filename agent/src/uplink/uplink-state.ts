import { type DownMessage, RESEND_MS, WINDOW_BYTES_MAX, WINDOW_MESSAGES_MAX } from '@tillwatch/shared'
import type { Credit, OutboxPosition, Refusal } from '../outbox/outbox.ts'

/** A `hold` is asked about again after at most this long, whatever the collector said. */
export const HOLD_MS_MAX = 60 * 60_000
/** And not before this: a collector that says "at once" must not be asked without a pause. */
export const HOLD_MS_MIN = 1_000

/**
 * - `offline`: no connection.
 * - `greeting`: hello is out; nothing is sent until the collector has said where it stands.
 * - `flowing`: messages go out inside the window.
 * - `held`: the collector cannot take them now.
 */
export type Phase = 'offline' | 'greeting' | 'flowing' | 'held'

/** All that the uplink remembers between two inputs. */
export interface UplinkState {
  readonly phase: Phase
  /** Everything up to here is stored, by what the collector said last; ahead of the outbox's own when its disk is full. */
  readonly mark: number
  /** Highest number that was published since the last hello or resend. */
  readonly sent: number
  /** Published and not stored, oldest first; never more than the window. */
  readonly underWay: readonly { readonly seq: number; readonly bytes: number }[]
  readonly window: Credit
}

type Stored = Extract<DownMessage, { kind: 'stored' }>
type Hold = Extract<DownMessage, { kind: 'hold' }>

/** What the shell has to do, in order. */
export type Effect =
  | { readonly do: 'hello' }
  | { readonly do: 'quarantine'; readonly refused: readonly Refusal[] }
  | { readonly do: 'settle'; readonly mark: number }
  | { readonly do: 'rewind'; readonly mark: number }
  /** Begin an epoch above `above`; the reason is for the log. */
  | { readonly do: 'new_epoch'; readonly above: number; readonly reason: string }
  /** Look again after `ms`, plus jitter; replaces the timer before it. */
  | { readonly do: 'wake'; readonly ms: number }

export interface Step {
  readonly state: UplinkState
  readonly effects: readonly Effect[]
}

const FULL_WINDOW: Credit = { messages: WINDOW_MESSAGES_MAX, bytes: WINDOW_BYTES_MAX }

/** Before the first connection. */
export const offlineState: UplinkState = { phase: 'offline', mark: 0, sent: 0, underWay: [], window: FULL_WINDOW }

/** Connected or in doubt: say hello and wait for the answer, asking again until it comes. */
export const greet = (position: OutboxPosition): Step => ({
  state: { ...offlineState, phase: 'greeting', mark: position.mark, sent: position.mark },
  effects: [{ do: 'hello' }, { do: 'wake', ms: RESEND_MS }],
})

/** What a `stored` of the collector means for us. */
export function onStored(state: UplinkState, position: OutboxPosition, stored: Stored): Step {
  if (state.phase === 'offline') return { state, effects: [] }
  const elsewhere = numberingElsewhere(position, stored)
  if (elsewhere) return { state: { ...offlineState, phase: 'greeting' }, effects: elsewhere }
  if (stored.epoch !== position.epoch) return { state, effects: [] }
  const window = {
    messages: Math.min(stored.window.messages, WINDOW_MESSAGES_MAX),
    bytes: Math.min(stored.window.bytes, WINDOW_BYTES_MAX),
  }
  if (stored.mark < state.mark) return onLowerMark(state, window, stored)
  const refused: Effect[] = stored.refused.length > 0 ? [{ do: 'quarantine', refused: stored.refused }] : []
  const settled: Effect[] = stored.mark > position.mark ? [{ do: 'settle', mark: stored.mark }] : []
  const moved = stored.mark > state.mark || state.phase === 'greeting'
  return {
    state: {
      phase: state.phase === 'held' ? 'held' : 'flowing',
      mark: stored.mark,
      sent: Math.max(state.sent, stored.mark),
      underWay: state.underWay.filter(({ seq }) => seq > stored.mark),
      window,
    },
    // A hold keeps its own timer; a repeated mark must not put off the resend.
    effects: [
      ...refused,
      ...settled,
      ...(moved && state.phase !== 'held' ? [{ do: 'wake', ms: RESEND_MS } as const] : []),
    ],
  }
}

/**
 * A mark above everything that this outbox ever offered, or an epoch above ours, was made by another life of this identity: a
 * restored disk image or a cloned PC. Our own numbers would be taken for messages that are stored already. This covers
 * `mark >= next`, and also the image that recorded new messages before it found its collector. What we offered and the collector
 * has is settled first, so that the new epoch does not carry it there a second time.
 */
function numberingElsewhere(position: OutboxPosition, stored: Stored): readonly Effect[] | null {
  const isOurs = stored.epoch === position.epoch
  const isAhead = isOurs && stored.mark > position.offered
  if (stored.highest_epoch <= position.epoch && !isAhead) return null
  const settled: Effect[] = isOurs && !isAhead ? [{ do: 'settle', mark: stored.mark }] : []
  const reason = isAhead
    ? 'the collector has messages that this outbox never sent'
    : 'the collector knows a later epoch of this agent'
  return [...settled, { do: 'new_epoch', above: stored.highest_epoch, reason }]
}

/**
 * Lower than we remember. As the answer to a hello it is the truth: a restored collector, so rewind. Otherwise it may be an old
 * answer that was delivered late, so ask first.
 */
function onLowerMark(state: UplinkState, window: Credit, stored: Stored): Step {
  if (state.phase !== 'greeting') {
    return {
      state: { ...state, phase: 'greeting', sent: state.mark, underWay: [] },
      effects: [{ do: 'hello' }, { do: 'wake', ms: RESEND_MS }],
    }
  }
  return {
    state: { phase: 'flowing', mark: stored.mark, sent: stored.mark, underWay: [], window },
    effects: [
      { do: 'rewind', mark: stored.mark },
      { do: 'wake', ms: RESEND_MS },
    ],
  }
}

/** The collector cannot take messages: stop sending, keep them, and ask again when it said. */
export function onHold(state: UplinkState, hold: Hold): Step {
  if (state.phase === 'offline') return { state, effects: [] }
  return {
    state: { ...state, phase: 'held', sent: state.mark, underWay: [] },
    effects: [{ do: 'wake', ms: Math.min(Math.max(hold.retry_after_ms, HOLD_MS_MIN), HOLD_MS_MAX) }],
  }
}

/** The timer fired: ask again, or send again what is not stored. */
export function onWake(state: UplinkState, position: OutboxPosition): Step {
  if (state.phase === 'offline') return { state, effects: [] }
  if (state.phase === 'greeting' || state.phase === 'held') {
    return {
      state: { ...state, phase: 'greeting', mark: Math.max(state.mark, position.mark), sent: state.mark, underWay: [] },
      effects: [{ do: 'hello' }, { do: 'wake', ms: RESEND_MS }],
    }
  }
  return { state: { ...state, sent: state.mark, underWay: [] }, effects: [{ do: 'wake', ms: RESEND_MS }] }
}

/** How much may be published now. */
export function creditOf(state: UplinkState): Credit {
  if (state.phase !== 'flowing') return { messages: 0, bytes: 0 }
  const bytes = state.underWay.reduce((sum, message) => sum + message.bytes, 0)
  return {
    messages: Math.max(0, state.window.messages - state.underWay.length),
    bytes: Math.max(0, state.window.bytes - bytes),
  }
}

/** After publishing one message of `bytes`. */
export const onSent = (state: UplinkState, seq: number, bytes: number): UplinkState => ({
  ...state,
  sent: seq,
  underWay: [...state.underWay, { seq, bytes }],
})
