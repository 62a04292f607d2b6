import { type Clock, type Logger, messageOf } from '@tillwatch/shared'
import type { Outbox } from '../outbox/outbox.ts'
import { heartbeatItem } from '../self/agent-facts.ts'
import { createClockWatch } from '../self/clock-watch.ts'
import type { Recorder } from '../self/recorder.ts'
import type { Uplink } from '../uplink/uplink.ts'
import type { ProbeRounds } from './probe-rounds.ts'

export interface HostLoopOptions {
  readonly rounds: ProbeRounds
  readonly outbox: Pick<Outbox, 'counts'>
  readonly recorder: Recorder
  readonly clock: Clock
  readonly logger: Logger
  readonly heartbeatMs: number
  /** Identity of the PC; null before it is known. */
  readonly pcId: () => string | null
}

/** Rounds of probes in one loop; the heartbeat and the watch on the clock in another, so that no slow probe makes the agent seem dead. */
export interface HostLoop {
  start(uplink: Pick<Uplink, 'phase'>): void
  /** Ends within a second, whatever the system does. */
  stop(): Promise<void>
}

/** A probe that hangs in the system must not hold up the end. */
const STOP_MS_MAX = 1_000
/** The loops look no oftener than this. */
const STEP_MS_MIN = 1_000

/** The loops of the PC, not yet started. */
export function createHostLoop(options: HostLoopOptions): HostLoop {
  const { rounds, outbox, recorder, clock, logger, heartbeatMs, pcId } = options
  const clockStep = createClockWatch(clock)
  const stopping = new AbortController()
  let loops: Promise<unknown> = Promise.resolve()

  const look = async (): Promise<number> => {
    const items = await rounds.round()
    if (items.length > 0 && !stopping.signal.aborted) recorder.telemetry(items)
    return rounds.dueMs() - clock.monotonic()
  }

  const beat = (uplink: Pick<Uplink, 'phase'>): number => {
    const step = clockStep()
    if (step !== 0) recorder.event('clock_stepped', { by_ms: step })
    const quietMs = () => clock.monotonic() - recorder.lastRecordedMs()
    // A sign of life that waits on the disk is none: only while it can be heard.
    if (quietMs() >= heartbeatMs && uplink.phase() === 'flowing') {
      recorder.telemetry([heartbeatItem(pcId(), outbox.counts(), clock.now())])
    }
    return heartbeatMs - quietMs()
  }

  const repeat = async (step: () => number | Promise<number>): Promise<void> => {
    while (!stopping.signal.aborted) {
      let waitMs = STEP_MS_MIN
      try {
        waitMs = Math.max(STEP_MS_MIN, await step())
      } catch (thrown) {
        logger.error({ reason: messageOf(thrown) }, 'looking at the PC failed by a programming error; it goes on')
      }
      await clock.sleep(waitMs, stopping.signal)
    }
  }

  return {
    start: uplink => {
      loops = Promise.all([repeat(look), repeat(() => beat(uplink))])
    },
    stop: async () => {
      stopping.abort()
      await Promise.race([loops, clock.sleep(STOP_MS_MAX)])
    },
  }
}
