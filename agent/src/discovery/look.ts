import { AppError, type Clock, type MonotonicMs } from '@tillwatch/shared'
import { createPortLease } from '../poll/port-lease.ts'
import type { LineSettings } from '../transport/byte-transport.ts'
import type { OpenLine, PortAddress } from '../transport/open-transport.ts'
import { type LineAsking, openingOf, type WebAsking } from './asking.ts'
import { converse, type Heard } from './converse.ts'

/**
 * Silence between two tries at one port, which is closed meanwhile: longer than any family waits for the rest of a message that it
 * thinks has begun (500 ms, ATOL), so that what one family is asked never runs into what another is asked.
 */
export const REST_MS = 600
/** Settings of a serial port for a device that is none of ours. */
const PLAIN: Omit<LineSettings, 'baudRate'> = { parity: 'none', stopBits: 1, controlLines: 'untouched' }
const BAUD_RATE = 115_200

type Asking = LineAsking | WebAsking

/** What was found out about an address. */
export type Seen =
  | { readonly kind: 'recognised'; readonly asking: Asking }
  /** A receipt printer without a drive. */
  | { readonly kind: 'printer' }
  /** Somebody answers, or talks by itself, and it is nobody of ours. */
  | { readonly kind: 'stranger' }
  | { readonly kind: 'nobody' }
  /** Another program has the port; its name where the system tells it. */
  | { readonly kind: 'held'; readonly holder: string | null }
  /** Another user's program might have the port open unseen: it is not opened to find out. */
  | { readonly kind: 'unseen' }
  | { readonly kind: 'denied' }
  /** The port does not open. */
  | { readonly kind: 'failed'; readonly reason: string }

export interface LookWorld {
  readonly clock: Clock
  readonly open: OpenLine
  /** Program that has a serial port open; null when none is seen. */
  readonly holderOf: (path: string) => Promise<string | null>
  /** False when a holder of a serial port may stay unseen; every one is seen unless told. */
  readonly seesEveryHolder?: (path: string) => Promise<boolean>
  /** Aborted when the agent stops: the look ends with the hold under way. */
  readonly signal?: AbortSignal | undefined
}

/** Asks at one address, one try after another, until somebody is recognised or shows to be nobody of ours. A port in use is not opened. */
export async function lookAt(address: PortAddress, askings: readonly Asking[], world: LookWorld): Promise<Seen> {
  const { clock, signal } = world
  let answered: Uint8Array | null = null
  for (const [index, asking] of askings.entries()) {
    if (signal?.aborted) return { kind: 'nobody' }
    if (index > 0) await clock.sleep(REST_MS, signal)
    // Who answered an enquiry, and not as one of ours would, is spared everything else.
    if (answered && asking.kind === 'line' && !isSame(openingOf(asking), answered)) return { kind: 'stranger' }
    const tried = await attempt(address, asking, world)
    if (tried instanceof AppError) return unopened(tried)
    if (typeof tried !== 'string') return tried
    if (tried === 'recognised') return asking.driver ? { kind: tried, asking } : { kind: 'printer' }
    if (tried === 'talking') return { kind: 'stranger' }
    if (tried === 'other' && asking.kind === 'line') answered = openingOf(asking)
  }
  return { kind: answered ? 'stranger' : 'nobody' }
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean => one.join() === other.join()

/** One hold of the port. */
async function attempt(address: PortAddress, asking: Asking, world: LookWorld): Promise<Heard | AppError | Seen> {
  if (address.kind === 'serial') {
    const holder = await world.holderOf(address.path)
    if (holder) return { kind: 'held', holder }
    if ((await world.seesEveryHolder?.(address.path)) === false) return { kind: 'unseen' }
  }
  const { clock, open } = world
  const baudRate = (asking.kind === 'line' ? asking.baudRate : null) ?? BAUD_RATE
  const line = open(address, { ...(asking.driver?.line ?? PLAIN), baudRate }, clock)
  const ask = async (untilMs: MonotonicMs): Promise<Heard | AppError> => {
    if (line.kind !== 'http' && asking.kind === 'line') return converse(line, asking.conversation, clock, untilMs)
    if (line.kind === 'http' && asking.kind === 'web') return request(asking)
    throw new Error('a web service is asked over HTTP and a device of bytes is not')
  }
  const request = async ({ probe }: WebAsking): Promise<Heard | AppError> => {
    if (line.kind !== 'http') throw new Error('a web service is asked over HTTP')
    const event = await line.request(probe.request, probe.waitMs)
    if (event.kind === 'lost') return event.error
    if (event.kind === 'silence') return 'silent'
    return probe.recognises(event) ? 'recognised' : 'other'
  }
  const held = await createPortLease({ line, clock, keepOpen: false }).hold(ask, () => false)
  return held.ok ? held.value.value : held.error
}

function unopened({ code, message }: AppError): Seen {
  if (code === 'port.busy') return { kind: 'held', holder: null }
  if (code === 'port.denied') return { kind: 'denied' }
  if (code === 'port.silent' || code === 'port.missing') return { kind: 'nobody' }
  return { kind: 'failed', reason: message }
}
