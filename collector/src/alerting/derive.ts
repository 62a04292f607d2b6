import { instantOfLocal } from '@tillwatch/rules'
import type { AcceptedFact, AcceptedItem, AcceptedMessage } from '../ingest/batch.ts'

/**
 * How far a register's own clock stands from the collector's, in milliseconds; positive when it is ahead. `clockAt` carries no zone and
 * is read in the site's. Null when it is not a time.
 */
export function registerSkewMs(clockAt: unknown, at: number, zone: string): number | null {
  if (typeof clockAt !== 'string') return null
  const clock = instantOfLocal(zone, clockAt)
  return clock === null ? null : clock - at
}

/**
 * An item of the message with the facts that only the collector can work out. Without a zone, or without the true time of the reading, the
 * skew is not known and is not guessed: how far the till's clock was set would pass for a fault of the register's.
 */
export function withDerivedFacts(
  message: Pick<AcceptedMessage, 'isTimeGuessed'>,
  item: AcceptedItem,
  zone: string | null,
): AcceptedItem {
  const clock = item.facts['fiscal.register.clock_at']
  if (!clock || zone === null || message.isTimeGuessed || item.facts['fiscal.register.clock_skew_ms']) return item
  const skewMs = registerSkewMs(clock.value, clock.at, zone)
  if (skewMs === null) return item
  const skew: AcceptedFact = { value: skewMs, at: clock.at, source: 'collector' }
  return { ...item, facts: { ...item.facts, 'fiscal.register.clock_skew_ms': skew } }
}
