import type { Clock, WireFact } from '@tillwatch/shared'
import { systemFailed, untold } from './host-item.ts'
import type { HostPart } from './host-probe.ts'

/** Facts of all parts; a part that throws or takes too long gives its names as unknown, with the reason. */
export async function readParts(
  parts: readonly HostPart[],
  clock: Clock,
  timeoutMs: number,
): Promise<Record<string, WireFact>> {
  const read = await Promise.all(parts.map(part => readPart(part, clock, timeoutMs)))
  return Object.assign({}, ...read)
}

async function readPart(part: HostPart, clock: Clock, timeoutMs: number): Promise<Record<string, WireFact>> {
  const unknown = (fact: WireFact) => Object.fromEntries(part.names.map(name => [name, fact]))
  const done = new AbortController()
  try {
    const late = clock.sleep(timeoutMs, done.signal).then(() => unknown(untold('timeout')))
    const facts = await Promise.race([part.read(), late])
    return { ...unknown(untold('not_told')), ...facts }
  } catch (thrown) {
    return unknown(systemFailed(thrown))
  } finally {
    done.abort()
  }
}
