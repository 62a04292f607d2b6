import type { Logger } from '@tillwatch/shared'
import type { LiveBus } from '../live/live-bus.ts'
import type { AcceptedMessage, CommitOutcome } from './batch.ts'
import type { UplinkMetrics } from './uplink-metrics.ts'

/** Tells the pages what a commit changed, and counts items that failed alone. */
export function announce(
  outcome: CommitOutcome,
  messages: readonly AcceptedMessage[],
  to: { readonly live: LiveBus; readonly metrics: Pick<UplinkMetrics, 'itemFailures'>; readonly log: Logger },
): void {
  const agentOf = new Map<string, string>()
  for (const message of messages) for (const item of message.items) agentOf.set(item.itemId, message.agentId)
  for (const id of outcome.itemIds) to.live.publish({ topic: 'item', id, agentId: agentOf.get(id) ?? '' })
  for (const id of outcome.incidentIds) to.live.publish({ topic: 'incident', id })
  if (outcome.failures.length === 0) return
  to.metrics.itemFailures(outcome.failures.length)
  for (const { itemId, message } of outcome.failures)
    to.log.error({ item: itemId, problem: message }, 'an item could not be evaluated; the others were')
}
