import { type FactState, type ItemView, localTextOf } from '@tillwatch/rules'

/** So many falls in a row end a growth: one alone may be the OFD taking a single receipt. */
const FALLS = 2

/** What has to be remembered of the queue: its size, falls in a row, and the last exchange. */
interface Seen {
  readonly count: number
  readonly falls: number
  readonly exchange: string
}
const textOf = ({ count, falls, exchange }: Seen): string => `${count} ${falls} ${exchange}`
function seenIn(raw: FactState['raw']): Seen | null {
  const [count = '', falls = '', exchange = ''] = String(raw ?? '').split(' ')
  return count === '' ? null : { count: Number(count), falls: Number(falls), exchange }
}

/**
 * Since when the OFD queue has grown without a successful exchange, local text; null while it is empty or falling. An exchange begins the
 * count anew, two falls in a row end it.
 */
export function growingSince(item: ItemView, timezone: string): FactState | undefined {
  const known = item.facts['fiscal.ofd.growing_since']
  const queue = item.facts['fiscal.ofd.unsent_documents']
  if (!queue || typeof queue.value !== 'number' || queue.at === known?.at) return known
  const exchange = String(item.facts['fiscal.ofd.last_connection_at']?.value ?? '')
  const before = seenIn(known?.raw)
  const falls = !before || queue.value > before.count ? 0 : queue.value < before.count ? before.falls + 1 : before.falls
  const told = {
    raw: textOf({ count: queue.value, falls, exchange }),
    at: queue.at,
    receivedAt: queue.receivedAt,
    source: 'collector' as const,
  }
  if (queue.value === 0 || falls >= FALLS) return { value: null, ...told }
  const grown = before !== null && queue.value > before.count
  const since = known?.value ?? null
  // Two falls ended it; only a rise begins it again.
  if (since === null) return { value: grown ? localTextOf(timezone, queue.at) : null, ...told }
  return { value: before?.exchange === exchange ? since : localTextOf(timezone, queue.at), ...told }
}
