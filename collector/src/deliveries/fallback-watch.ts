import type { Clock, Component, EpochMs, Logger } from '@tillwatch/shared'
import type { Desk } from '../connectors/registry.ts'
import { createRepeatedJob } from '../repeated-job.ts'
import type { Deliveries } from './delivery-port.ts'

/** How often it is looked for openings that were not taken in time. */
const LOOK_MS = 30_000

export interface FallbackWatchOptions {
  /** Name of the desk. */
  readonly desk: string
  readonly fallback: NonNullable<Desk['fallback']>
  readonly deliveries: Pick<Deliveries, 'goRound'>
  /** Does the desk as a whole take nothing? */
  readonly isFailing: () => boolean
  /** The other desk has something to send. */
  readonly told: () => void
  readonly clock: Clock
  readonly logger: Logger
}

/** Sees to it that somebody hears of what a desk does not take. */
export function createFallbackWatch(options: FallbackWatchOptions): Component {
  const { desk, fallback, deliveries, clock, logger } = options
  const look = async (now: EpochMs): Promise<void> => {
    const detour = { from: desk, to: fallback.desk, afterMs: fallback.afterMs, failing: options.isFailing() }
    const written = await deliveries.goRound(detour, now)
    if (written === 0) return
    logger.warn({ desk, fallback: fallback.desk, written }, 'openings go round a desk that takes none')
    options.told()
  }
  return createRepeatedJob(`fallback of ${desk}`, LOOK_MS, () => look(clock.now()), { clock, log: logger })
}
