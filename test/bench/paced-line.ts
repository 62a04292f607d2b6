import type { Clock, MonotonicMs } from '@tillwatch/shared'
import type { PreciseTimer } from './precise-timer.ts'

/** Start bit, eight data bits, stop bit. */
export const BITS_PER_BYTE = 10

/** One direction of a serial line. */
export interface PacedDirection {
  send(bytes: Uint8Array): void
  /** Bytes that were sent. */
  readonly bytesCount: number
}

/**
 * A direction at `baudRate`: what is sent at once arrives at once, at the instant at which its last bit has passed. What follows
 * directly begins where that ended, so that errors of single waits do not add up.
 */
export function createPacedDirection(
  baudRate: number,
  timer: PreciseTimer,
  clock: Clock,
  deliver: (bytes: Uint8Array) => void,
): PacedDirection {
  const byteMs = (BITS_PER_BYTE * 1_000) / baudRate
  let freeAt: MonotonicMs = 0
  let bytesCount = 0
  return {
    send(bytes) {
      const whole = Uint8Array.from(bytes)
      bytesCount += whole.length
      freeAt = Math.max(freeAt, clock.monotonic()) + whole.length * byteMs
      timer.at(freeAt, () => deliver(whole))
    },
    get bytesCount() {
      return bytesCount
    },
  }
}
