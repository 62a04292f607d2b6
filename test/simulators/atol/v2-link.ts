import { ACK, createFrameReader, ENQ, EOT, type FrameReader, NAK, STX } from './v2-frames.ts'

/** What the link wants done. `received` must be settled by `accept`, `refuse` or `ignore`. */
export type LinkEffect =
  | { readonly kind: 'control'; readonly byte: number }
  | { readonly kind: 'received'; readonly data: Uint8Array }
  /** The host has ended its turn: the command it gave is to be carried out. */
  | { readonly kind: 'execute' }
  | { readonly kind: 'transmit'; readonly answer: readonly number[] }

type LinkState =
  | { readonly at: 'idle' }
  /** ENQ was answered, a frame is expected. */
  | { readonly at: 'called' }
  | { readonly at: 'frame'; readonly reader: FrameReader }
  /** The frame was taken, the host's EOT is expected. */
  | { readonly at: 'taken' }
  | { readonly at: 'executing' }
  /** ENQ was said before the answer, its ACK is expected. */
  | { readonly at: 'offering'; readonly answer: readonly number[]; readonly tries: number }
  /** The answer is out, its ACK is expected. */
  | { readonly at: 'sent'; readonly answer: readonly number[]; readonly tries: number }

const ENQUIRIES_MAX = 5
const TRANSMISSIONS_MAX = 10
/** Waits in milliseconds: a frame after ENQ and EOT after a frame; a byte inside a frame; ACK of ENQ; ACK of a frame. */
const TURN_MS = 2_000
const BYTE_MS = 500
const ACK_MS = 500
const WAITS: Partial<Record<LinkState['at'], number>> = {
  called: TURN_MS,
  frame: BYTE_MS,
  taken: TURN_MS,
  offering: ACK_MS,
  sent: ACK_MS,
}

/** Device side of transport 2. It neither writes nor knows the time: it is told, and says what to do. */
export interface DeviceLink {
  byte(byte: number): LinkEffect[]
  /** The time that `waitMs` gives ran out. */
  expire(): LinkEffect[]
  /** How long the link waits for the next byte; null: for ever. */
  readonly waitMs: number | null
  accept(): LinkEffect[]
  /** Calls the received frame damaged. */
  refuse(): LinkEffect[]
  /** Drops the received frame without a reaction. */
  ignore(): void
  /** Offers the answer to the command that was given last. */
  answer(data: readonly number[]): LinkEffect[]
}

export function createDeviceLink(): DeviceLink {
  let state: LinkState = { at: 'idle' }

  const say = (byte: number): LinkEffect => ({ kind: 'control', byte })
  const to = (next: LinkState, ...effects: LinkEffect[]): LinkEffect[] => {
    state = next
    return effects
  }
  const refuse = () => to({ at: 'called' }, say(NAK))
  const offer = (answer: readonly number[], tries: number): LinkEffect[] =>
    tries > ENQUIRIES_MAX ? to({ at: 'idle' }) : to({ at: 'offering', answer, tries }, say(ENQ))
  const transmit = (answer: readonly number[], tries: number): LinkEffect[] =>
    tries > TRANSMISSIONS_MAX
      ? to({ at: 'idle' }, say(EOT))
      : to({ at: 'sent', answer, tries }, { kind: 'transmit', answer })

  const called = (byte: number): LinkEffect[] => {
    if (byte === STX) return to({ at: 'frame', reader: createFrameReader() })
    return byte === ENQ ? to({ at: 'called' }, say(ACK)) : []
  }

  return {
    byte(byte) {
      switch (state.at) {
        case 'idle':
          return byte === ENQ ? to({ at: 'called' }, say(ACK)) : []
        case 'called':
          return called(byte)
        case 'frame': {
          const data = state.reader.byte(byte)
          if (data === undefined) return []
          return data ? [{ kind: 'received', data }] : refuse()
        }
        case 'taken':
          return byte === EOT ? to({ at: 'executing' }, { kind: 'execute' }) : called(byte)
        case 'executing':
          return []
        case 'offering':
          return byte === ACK ? transmit(state.answer, 1) : []
        case 'sent':
          if (byte === ACK) return to({ at: 'idle' }, say(EOT))
          return byte === NAK ? transmit(state.answer, state.tries + 1) : []
      }
    },
    expire() {
      if (state.at === 'frame') return refuse()
      if (state.at === 'offering') return offer(state.answer, state.tries + 1)
      if (state.at === 'sent') return transmit(state.answer, state.tries + 1)
      return to({ at: 'idle' })
    },
    get waitMs() {
      return WAITS[state.at] ?? null
    },
    accept: () => to({ at: 'taken' }, say(ACK)),
    refuse,
    ignore() {
      state = { at: 'idle' }
    },
    answer: data => offer(data, 1),
  }
}
