import type { WireItem } from '@tillwatch/shared'
import type { Outbox } from '../outbox/outbox.ts'

/** Messages looked through, newest first in what they say: some hours of an ordinary till, in which every place speaks. */
const MESSAGES_MAX = 256

/**
 * How things are, for a hello: what was looked at since the start, and for places not looked at yet what waits in the outbox of them last. An
 * agent that starts with a backlog so tells its end first, and nothing of its middle passes for the present.
 */
export function withLastSaid(
  present: readonly WireItem[],
  outbox: Pick<Outbox, 'position' | 'take'>,
): readonly WireItem[] {
  const { mark, next } = outbox.position()
  if (next - 1 <= mark) return present
  const after = Math.max(mark, next - 1 - MESSAGES_MAX)
  const places = new Map<string, WireItem>()
  const add = (item: WireItem) => places.set(`${item.kind} ${item.slot}`, item)
  for (const { kind, body } of outbox.take(after, { messages: MESSAGES_MAX, bytes: Number.POSITIVE_INFINITY }))
    if (kind === 'telemetry') body.items.forEach(add)
  present.forEach(add)
  return [...places.values()]
}
