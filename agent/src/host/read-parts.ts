import { type Clock, messageOf, type WireFact } from '@tillwatch/shared'
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
  const unknown = (reason: string) =>
    Object.fromEntries(part.names.map(name => [name, { value: null, reason: reason.slice(0, 200) }]))
  const done = new AbortController()
  try {
    const late = clock.sleep(timeoutMs, done.signal).then(() => unknown(`no answer within ${timeoutMs} ms`))
    const facts = await Promise.race([part.read(), late])
    return { ...unknown('the system does not tell'), ...facts }
  } catch (thrown) {
    return unknown(messageOf(thrown))
  } finally {
    done.abort()
  }
}
