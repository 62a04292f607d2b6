import {
  AppError,
  assert,
  type Clock,
  err,
  type MonotonicMs,
  messageOf,
  ok,
  PORT_HELD_MS_MAX,
  type Result,
} from '@tillwatch/shared'
import type { Line } from '../transport/line.ts'
import type { WebLine } from '../transport/web-line.ts'

/** Part of the hold kept for closing the port. */
const CLOSE_RESERVE_MS = 100

export interface PortLeaseOptions {
  readonly line: Line | WebLine
  readonly clock: Clock
  /** Leave the port open when the work is done well. */
  readonly keepOpen: boolean
}

/** What came of a hold of the port, and how long it was held. */
export interface Held<T> {
  readonly value: T
  readonly heldMs: number
  readonly bytesCount: number
}

/** The right to use one register's port, for two seconds at a time. */
export interface PortLease {
  /**
   * Opens, works, gives the port back: always, also when the work throws. The work is told the instant by which it must be
   * done. The error is the transport's AppError when the port does not open.
   */
  hold<T>(work: (untilMs: MonotonicMs) => Promise<T>, keep: (value: T) => boolean): Promise<Result<Held<T>>>
  /** Closes a port that was left open. */
  release(): Promise<void>
}

/** A lease on a line. */
export function createPortLease({ line, clock, keepOpen }: PortLeaseOptions): PortLease {
  let open = false
  let isHeld = false

  const release = async () => {
    open = false
    await line.close()
  }

  const hold: PortLease['hold'] = async (work, keep) => {
    // A port kept open may have gone away since: its register was switched off, or its cable pulled.
    if (open && line.isLost) await release()
    try {
      if (!open) await line.open()
    } catch (thrown) {
      await line.close()
      return err(
        thrown instanceof AppError ? thrown : new AppError('port.failed', messageOf(thrown), { cause: thrown }),
      )
    }
    open = true
    const beganMs = clock.monotonic()
    const bytesBefore = line.bytesCount
    let left = false
    try {
      const value = await work(beganMs + PORT_HELD_MS_MAX - CLOSE_RESERVE_MS)
      const bytesCount = line.bytesCount - bytesBefore
      left = keepOpen && keep(value)
      if (!left) await release()
      return ok({ value, heldMs: clock.monotonic() - beganMs, bytesCount })
    } finally {
      if (open && !left) await release()
    }
  }

  return {
    async hold(work, keep) {
      assert(!isHeld, 'one hold of a port at a time')
      isHeld = true
      try {
        return await hold(work, keep)
      } finally {
        isHeld = false
      }
    },
    release: async () => {
      if (open) await release()
    },
  }
}
