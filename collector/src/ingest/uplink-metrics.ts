import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** Counters of the way from the socket to the store. Every refusal is counted under a reason of a closed list. */
export interface UplinkMetrics {
  /** A connection, subscription or packet that the broker turned away. */
  broker(reason: string): void
  /** A message that was not taken: duplicate, gap, old_epoch, malformed, newer, overflow, foreign … */
  notTaken(reason: string): void
  /** Messages on disk, by kind. */
  stored(kind: string, count: number): void
  /** Messages that are gone for ever, as agents' bases told. */
  lost(count: number): void
  /** Facts whose value was unfit for their name. */
  invalidFacts(count: number): void
  /** Items whose evaluation failed alone. */
  itemFailures(count: number): void
  /** A batch that could not be stored. */
  storeFailure(step: string): void
  /** Time of one batch from queue to `stored`. */
  batch(ms: number): void
  /** For the collector's watch over itself: failed items since the start, and the slowest batch since it last asked. */
  seen(): { readonly itemFailures: number; readonly batchMs: number | null }
}

/** What the gauges read when somebody asks. */
export interface UplinkGauges {
  connections(): number
  queued(): number
}

/** Registers the counters under the prefix `tillwatch_`. */
export function createUplinkMetrics(registry: Registry, gauges: UplinkGauges): UplinkMetrics {
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `tillwatch_${name}`, help, labelNames, registers })
  const broker = counter('broker_refused_total', 'Connections, subscriptions and packets turned away', ['reason'])
  const notTaken = counter('uplink_not_taken_total', 'Messages not taken, by reason', ['reason'])
  const stored = counter('uplink_stored_total', 'Messages stored, by kind', ['kind'])
  const lost = counter('uplink_lost_total', 'Messages lost for ever before they could be stored')
  const invalid = counter('uplink_invalid_facts_total', 'Facts whose value was unfit for their name')
  const items = counter('uplink_item_failures_total', 'Items whose evaluation failed alone')
  const failures = counter('uplink_store_failures_total', 'Batches that could not be stored, by step', ['step'])
  const batch = new Histogram({
    name: 'tillwatch_uplink_batch_seconds',
    help: 'Time of one batch from queue to stored',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `tillwatch_${name}`,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge('broker_connections', 'Open agent connections', gauges.connections)
  let failedItems = 0
  let slowestMs: number | null = null
  gauge('uplink_queued', 'Messages between broker and store', gauges.queued)
  return {
    broker: reason => broker.inc({ reason }),
    notTaken: reason => notTaken.inc({ reason }),
    stored: (kind, count) => stored.inc({ kind }, count),
    lost: count => lost.inc(count),
    invalidFacts: count => invalid.inc(count),
    itemFailures: count => {
      items.inc(count)
      failedItems += count
    },
    storeFailure: step => failures.inc({ step }),
    batch: ms => {
      batch.observe(ms / 1000)
      slowestMs = Math.max(slowestMs ?? 0, ms)
    },
    seen: () => {
      const seen = { itemFailures: failedItems, batchMs: slowestMs }
      slowestMs = null
      return seen
    },
  }
}
