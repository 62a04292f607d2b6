import { type Clock, type Logger, type MonotonicMs, messageOf, type WireItem } from '@tillwatch/shared'
import { mergeItems } from './host-item.ts'
import type { HostProbe } from './host-probe.ts'

/** A probe that takes longer than this is left behind; it is not begun again before it has ended. */
const PROBE_MS_MAX = 60_000

export interface ProbeRoundsOptions {
  readonly probes: readonly HostProbe[]
  readonly clock: Clock
  readonly logger: Logger
  /** Switched off from outside, by the name of the probe. */
  readonly isDisabled?: (name: string) => boolean
}

/** All probes in turn, each at its own interval, one at a time: an old till never starts two system queries at once. */
export interface ProbeRounds {
  /** When the next probe falls due. */
  dueMs(): MonotonicMs
  /** Reads every probe that is due; whatever goes wrong in one stays in it. One item for each place. */
  round(): Promise<readonly WireItem[]>
  /** The newest of every probe that is on, one item for each place. */
  latest(): readonly WireItem[]
}

interface Entry {
  readonly probe: HostProbe
  dueMs: MonotonicMs
  /** True while a look that was left behind still runs. */
  isStuck: boolean
  items: readonly WireItem[]
}

/** Rounds over the probes; all that wait for nobody are due at once. */
export function createProbeRounds(options: ProbeRoundsOptions): ProbeRounds {
  const { probes, clock, logger, isDisabled = () => false } = options
  const entries: readonly Entry[] = probes.map(probe => ({
    probe,
    dueMs: clock.monotonic() + (probe.firstAfterS ?? 0) * 1_000,
    isStuck: false,
    items: [],
  }))

  const readOrNothing = async (probe: HostProbe): Promise<readonly WireItem[]> => {
    try {
      return await probe.read()
    } catch (thrown) {
      logger.error(
        { probe: probe.name, reason: messageOf(thrown) },
        'a probe failed by a programming error; the others go on',
      )
      return []
    }
  }

  const look = async (entry: Entry): Promise<readonly WireItem[]> => {
    const { name } = entry.probe
    const reading = readOrNothing(entry.probe)
    const done = new AbortController()
    const late = clock.sleep(PROBE_MS_MAX, done.signal).then(() => null)
    const items = await Promise.race([reading, late])
    done.abort()
    if (items !== null) return items
    logger.warn({ probe: name, afterMs: PROBE_MS_MAX }, 'a probe does not come back; it is left alone until it does')
    entry.isStuck = true
    void reading.then(() => {
      entry.isStuck = false
    })
    return []
  }

  return {
    dueMs: () => Math.min(...entries.map(entry => entry.dueMs)),
    async round() {
      const read: WireItem[] = []
      for (const entry of entries) {
        if (entry.dueMs > clock.monotonic()) continue
        if (isDisabled(entry.probe.name)) entry.items = []
        else if (!entry.isStuck) {
          const items = await look(entry)
          entry.items = items
          read.push(...items)
        }
        entry.dueMs = clock.monotonic() + entry.probe.intervalS * 1_000
      }
      return mergeItems(read)
    },
    latest: () => mergeItems(entries.flatMap(entry => entry.items)),
  }
}
