import { type AppError, assert, type Clock } from '@tillwatch/shared'
import type { ByteTransport } from './byte-transport.ts'
import { portError } from './port-errors.ts'

/** Unread bytes kept at most; a line that sends more than this unasked is not speaking any of our protocols. */
const UNREAD_BYTES_MAX = 16 * 1024

export type LineEvent =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'silence' }
  | { readonly kind: 'lost'; readonly error: AppError }

/** A transport as one reader sees it: events one at a time, each wait with its end, every byte counted. */
export interface Line {
  readonly kind: ByteTransport['kind']
  readonly baudRate: number | null
  /** True once the other side went away, until the next `open`. */
  readonly isLost: boolean
  /** Bytes in both directions since `open`. */
  readonly bytesCount: number
  /** Bytes that came in since `open`. */
  readonly receivedCount: number
  /** Rejects like the transport's `open`. `goesOn`: another connection within one hold, whose bytes are counted on. */
  open(goesOn?: boolean): Promise<void>
  write(bytes: Uint8Array): void
  /** The next bytes, the loss of the line, or silence after `timeoutMs`. One wait at a time. */
  next(timeoutMs: number): Promise<LineEvent>
  /** Always resolves; a pending wait ends with loss. */
  close(): Promise<void>
}

/** A line over a transport. Unread bytes beyond the ceiling are dropped but counted. */
export function createLine(transport: ByteTransport, clock: Clock): Line {
  let unread: Uint8Array[] = []
  let unreadCount = 0
  let bytesCount = 0
  let receivedCount = 0
  let lost: AppError | null = null
  let wake: (() => void) | null = null

  const take = (): LineEvent | null => {
    const bytes = unread.shift()
    if (bytes) {
      unreadCount -= bytes.length
      return { kind: 'bytes', bytes }
    }
    return lost ? { kind: 'lost', error: lost } : null
  }
  const lose = (error: AppError) => {
    lost = error
    wake?.()
  }

  return {
    kind: transport.kind,
    baudRate: transport.baudRate,
    get isLost() {
      return lost !== null
    },
    get bytesCount() {
      return bytesCount
    },
    get receivedCount() {
      return receivedCount
    },

    async open(goesOn = false) {
      unread = []
      unreadCount = 0
      if (!goesOn) {
        bytesCount = 0
        receivedCount = 0
      }
      lost = null
      await transport.open({
        bytes(chunk) {
          bytesCount += chunk.length
          receivedCount += chunk.length
          const kept = Uint8Array.from(chunk.subarray(0, UNREAD_BYTES_MAX - unreadCount))
          if (kept.length === 0) return
          unread.push(kept)
          unreadCount += kept.length
          wake?.()
        },
        lost: lose,
      })
    },

    write(bytes) {
      bytesCount += bytes.length
      transport.write(bytes)
    },

    next(timeoutMs) {
      assert(wake === null, 'one wait at a time on a line')
      const ready = take()
      if (ready) return Promise.resolve(ready)
      return new Promise(resolve => {
        const finish = () => {
          cancel()
          wake = null
          resolve(take() ?? { kind: 'silence' })
        }
        const cancel = clock.after(Math.max(0, timeoutMs), finish)
        wake = finish
      })
    },

    async close() {
      await transport.close()
      lose(portError('port.failed', `${transport.name} is closed`))
    },
  }
}
