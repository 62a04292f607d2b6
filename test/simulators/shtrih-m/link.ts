/** Control bytes (Shtrih-M protocol 1.17, data exchange at the lower level). */
export const ENQ = 0x05
export const STX = 0x02
export const ACK = 0x06
export const NAK = 0x15

/** XOR of the length byte and the payload. */
const lrc = (bytes: Iterable<number>): number => {
  let sum = 0
  for (const byte of bytes) sum ^= byte
  return sum
}

/** STX, length, payload, LRC. */
export const frameOf = (payload: readonly number[]): Uint8Array =>
  Uint8Array.of(STX, payload.length, ...payload, lrc([payload.length, ...payload]))

/** What the link wants done. `received` must be settled by `accept`, `refuse` or `ignore`. */
export type LinkEffect =
  | { readonly kind: 'control'; readonly byte: typeof ACK | typeof NAK }
  | { readonly kind: 'received'; readonly payload: Uint8Array }
  | { readonly kind: 'transmit'; readonly frame: Uint8Array }
  | { readonly kind: 'acknowledged' }

type LinkState =
  /** No conversation: an enquiry or a frame begins one, other bytes are noise. */
  | { readonly at: 'idle' }
  /** NAK was said, a frame is expected. */
  | { readonly at: 'command' }
  | { readonly at: 'frame'; readonly bytes: readonly number[] }
  | { readonly at: 'executing' }
  /** The answer is out, its acknowledgement is not in. */
  | { readonly at: 'answered'; readonly frame: Uint8Array }
  /** The answer was not acknowledged; it waits for an enquiry. */
  | { readonly at: 'kept'; readonly frame: Uint8Array }

/** Handshake of the device side of protocol 1. It neither writes nor knows the time: it is told, and says what to do. */
export interface DeviceLink {
  byte(byte: number): LinkEffect[]
  /** The time that `waitsFor` names ran out. */
  expire(): LinkEffect[]
  /** What the link waits for with a time-out. */
  readonly waitsFor: 'byte' | 'acknowledgement' | null
  /** Takes the received command: ACK now, `answer` later. */
  accept(): LinkEffect[]
  /** Calls the received command damaged. */
  refuse(): LinkEffect[]
  /** Drops the received command without a reaction. */
  ignore(): void
  answer(frame: Uint8Array): LinkEffect[]
  /** Leaves an answer that another program asked for and never fetched. */
  plant(frame: Uint8Array): void
}

export function createDeviceLink(): DeviceLink {
  let state: LinkState = { at: 'idle' }
  const say = (byte: typeof ACK | typeof NAK): LinkEffect => ({ kind: 'control', byte })
  const transmit = (frame: Uint8Array): LinkEffect => {
    state = { at: 'answered', frame }
    return { kind: 'transmit', frame }
  }
  const refuse = (): LinkEffect[] => {
    state = { at: 'command' }
    return [say(NAK)]
  }

  const collect = (bytes: readonly number[]): LinkEffect[] => {
    state = { at: 'frame', bytes }
    const length = bytes[0]
    if (length === undefined || bytes.length < length + 2) return []
    if (length === 0 || lrc(bytes) !== 0) return refuse()
    state = { at: 'executing' }
    return [{ kind: 'received', payload: Uint8Array.from(bytes.slice(1, -1)) }]
  }

  const begin = (byte: number, otherwise: () => LinkEffect[]): LinkEffect[] => {
    if (byte === ENQ) return refuse()
    if (byte !== STX) return otherwise()
    state = { at: 'frame', bytes: [] }
    return []
  }

  const settle = (byte: number, frame: Uint8Array, fresh: boolean): LinkEffect[] => {
    if (byte === ENQ) return [say(ACK), transmit(frame)]
    if (fresh && byte === ACK) {
      state = { at: 'idle' }
      return [{ kind: 'acknowledged' }]
    }
    if (byte === NAK) state = { at: 'kept', frame }
    return []
  }

  return {
    byte(byte) {
      switch (state.at) {
        case 'idle':
          return begin(byte, () => [])
        case 'command':
          return begin(byte, refuse)
        case 'frame':
          return collect([...state.bytes, byte])
        case 'executing':
          return []
        case 'answered':
          return settle(byte, state.frame, true)
        case 'kept':
          return settle(byte, state.frame, false)
      }
    },
    expire() {
      if (state.at === 'frame') return refuse()
      if (state.at === 'answered') state = { at: 'kept', frame: state.frame }
      return []
    },
    get waitsFor() {
      return state.at === 'frame' ? 'byte' : state.at === 'answered' ? 'acknowledgement' : null
    },
    accept: () => [say(ACK)],
    refuse,
    ignore() {
      state = { at: 'idle' }
    },
    answer: frame => [transmit(frame)],
    plant(frame) {
      state = { at: 'kept', frame }
    },
  }
}
