import type { Clock, Component, Logger } from '@tillwatch/shared'
import type { Registry } from 'prom-client'
import type { CollectorConfig } from '../config.ts'
import { createHttpClient } from '../connectors/http-client.ts'
import { readSecret } from '../connectors/settings.ts'
import type { DataDir } from '../data-dir.ts'
import type { UplinkMetrics } from '../ingest/uplink-metrics.ts'
import type { LiveBus } from '../live/live-bus.ts'
import { createHeartbeat } from './heartbeat.ts'
import { createOwnReadings, type OwnReadingsOptions } from './own-readings.ts'
import { createSelfWatch, type OwnReadings, type SelfWatch } from './self-watch.ts'
import type { WatchBook } from './watch-book.ts'

export interface WatchPartOptions {
  readonly config: Pick<CollectorConfig, 'heartbeat'>
  readonly dir: DataDir
  readonly intakeShare: () => number
  readonly connections: () => number
  readonly statePending: () => number
  readonly deskProblems: () => OwnReadings['deskProblems']
  readonly metrics: Pick<UplinkMetrics, 'seen'>
  readonly settings: OwnReadingsOptions['settings']
  readonly book: WatchBook
  readonly registry: Registry
  readonly live: LiveBus
  readonly clock: Clock
  readonly log: Logger
}

/** The watch of the collector over itself, and the heartbeat to the watcher outside when one is configured. */
export interface WatchPart {
  readonly watch: SelfWatch
  readonly components: readonly Component[]
}

/** Puts both together; nothing runs before `start`. */
export function createWatchPart(options: WatchPartOptions): WatchPart {
  const { registry, clock } = options
  const log = options.log.child({ part: 'watch' })
  const watch = createSelfWatch({ ...options, own: createOwnReadings(options), log })
  const { heartbeat } = options.config
  if (!heartbeat) return { watch, components: [watch] }
  const beating = createHeartbeat({
    url: () => readSecret(heartbeat.url),
    method: heartbeat.method,
    everyMs: heartbeat.every_s * 1000,
    allowPrivate: heartbeat.allow_private,
    isHealthy: watch.isHealthy,
    http: createHttpClient(clock, heartbeat.timeout_s * 1000),
    ...{ registry, clock, log },
  })
  return { watch, components: [watch, beating] }
}
