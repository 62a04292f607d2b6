import { type Clock, type Component, type EpochMs, type Logger, messageOf } from '@tillwatch/shared'
import { Gauge, type Registry } from 'prom-client'
import type { HealthCheck } from '../http/http-options.ts'
import type { LiveBus } from '../live/live-bus.ts'
import { createRepeatedJob } from '../repeated-job.ts'
import {
  READINGS_WINDOW_MS,
  SELF_CHECKS,
  type SelfCheck,
  type SelfFinding,
  type SelfReadings,
  selfFindings,
} from './self-checks.ts'
import type { WatchBook } from './watch-book.ts'

/** The collector looks at itself this often. */
const LOOK_MS = 30_000
/** What was seen longer ago says nothing about now. */
const LOOK_STALE_MS = 4 * LOOK_MS
/** A finding is over when it has been gone for this long, so that an incident does not come and go. */
const CALM_MS = 10 * 60_000

/** Health is read by anybody: words without the size of the fleet. */
const HEALTH_WORDS: Readonly<Record<SelfCheck, string>> = {
  intake: 'the intake queue fills up',
  commit: 'storing takes long',
  state_thread: 'the state store is slow to answer',
  disk: 'little room on the disk',
  growth: 'the databases grow fast',
  evaluation: 'rules could not be applied to some items',
  deliveries: 'messages to desks are stuck',
  desks: 'a desk does not fit its settings',
  clock: 'the clock of the server jumped',
  connections: 'many agents went away at once',
  files: 'files of settings were refused',
  calendar: 'the holidays of a year are not loaded',
}

/** What the rest of the process tells of itself at once, without asking a thread. */
export type OwnReadings = Omit<SelfReadings, 'at' | 'monotonicMs' | 'oldestDeliveryMs' | 'stateSilentMs'>

export interface SelfWatchOptions {
  readonly own: () => OwnReadings
  readonly book: WatchBook
  readonly registry: Registry
  readonly live: Pick<LiveBus, 'publish'>
  readonly clock: Clock
  readonly log: Logger
}

/** The collector's eye on itself: in health, metrics, the log, and as incidents of its operators. */
export interface SelfWatch extends Component {
  /** For health: what fails is not ok; what is degraded is ok and says why. */
  checks(): readonly HealthCheck[]
  /** Nothing fails, and it has looked lately: one that cannot look any more is not well. */
  isHealthy(): boolean
}

/** Looks twice a minute. The state thread is asked without waiting for it: that it does not answer is itself a finding. */
export function createSelfWatch({ own, book, registry, live, clock, log }: SelfWatchOptions): SelfWatch {
  let readings: SelfReadings[] = []
  let findings: readonly SelfFinding[] = []
  const seen = new Map<SelfCheck, { readonly finding: SelfFinding; readonly at: number }>()
  let oldestDeliveryAt: EpochMs | null = null
  /** Since when an answer is owed, by the monotonic clock; null when none is. */
  let askedAt: number | null = null

  new Gauge({
    name: 'tillwatch_self_check',
    help: 'Checks of the collector itself: 0 well, 1 degraded, 2 failing',
    labelNames: ['check'],
    registers: [registry],
    collect() {
      for (const check of SELF_CHECKS) {
        const level = findings.find(each => each.check === check)?.level
        this.set({ check }, level === undefined ? 0 : level === 'degraded' ? 1 : 2)
      }
    },
  })

  /** When it began to look: what an earlier run found is not calm because this one has seen nothing yet. */
  const beganAt = clock.monotonic()

  const tellState = async (held: readonly SelfFinding[]) => {
    if (askedAt !== null) return
    askedAt = clock.monotonic()
    try {
      oldestDeliveryAt = await book.oldestDelivery()
      const mayEnd = clock.monotonic() - beganAt > CALM_MS
      for (const id of await book.report(held, mayEnd, clock.now())) live.publish({ topic: 'incident', id })
    } catch (thrown) {
      log.error({ problem: messageOf(thrown) }, 'the state store does not take what the collector finds of itself')
    } finally {
      askedAt = null
    }
  }

  const look = async () => {
    const [at, monotonicMs] = [clock.now(), clock.monotonic()]
    const reading: SelfReadings = {
      ...own(),
      at,
      monotonicMs,
      oldestDeliveryMs: oldestDeliveryAt === null ? null : Math.max(0, at - oldestDeliveryAt),
      stateSilentMs: askedAt === null ? 0 : monotonicMs - askedAt,
    }
    readings = [...readings.filter(each => monotonicMs - each.monotonicMs <= READINGS_WINDOW_MS), reading]
    const found = selfFindings(readings)
    for (const finding of found) {
      const known = findings.find(each => each.check === finding.check)
      if (known?.level !== finding.level)
        log.warn({ check: finding.check, level: finding.level, text: finding.text.en }, 'the collector is in trouble')
      seen.set(finding.check, { finding, at: monotonicMs })
    }
    for (const { check } of findings)
      if (!found.some(each => each.check === check)) log.info({ check }, 'the collector’s check passes again')
    for (const [check, each] of seen) if (monotonicMs - each.at > CALM_MS) seen.delete(check)
    findings = found
    void tellState([...seen.values()].map(each => each.finding))
  }

  const job = createRepeatedJob('self-watch', LOOK_MS, look, { clock, log })
  return {
    start: () => job.start(),
    stop: () => job.stop(),
    checks: () =>
      SELF_CHECKS.map(name => {
        const finding = findings.find(each => each.check === name)
        return finding ? { name, ok: finding.level !== 'failing', reason: HEALTH_WORDS[name] } : { name, ok: true }
      }),
    isHealthy: () => {
      const newest = readings.at(-1)
      const isFresh = newest !== undefined && clock.monotonic() - newest.monotonicMs <= LOOK_STALE_MS
      return isFresh && findings.every(finding => finding.level !== 'failing')
    },
  }
}
