import { createRegisterPoll } from '@tillwatch/agent/poll/register-poll'
import type { Line, LineEvent } from '@tillwatch/agent/transport/line'
import type { WebEvent, WebLine } from '@tillwatch/agent/transport/web-line'
import { AppError, type Clock, factProblem, wireItem } from '@tillwatch/shared'
import type { ProfiledPort } from '../contract/profiles/index.ts'

/** Holds of the port that one input is given for. */
const HOLDS = 3
/** A hold that asks for more than this never ends by itself. */
const WAITS_MAX = 5_000

/** Time that passes only while somebody waits on the line. */
class LineClock implements Clock {
  #monotonicMs = 0
  now = () => Date.UTC(2026, 10, 22) + this.#monotonicMs
  monotonic = () => this.#monotonicMs
  pass(ms: number): void {
    this.#monotonicMs += ms
  }
  sleep = async (ms: number): Promise<void> => this.pass(ms)
  after = () => () => {}
}

/** Cuts an input into the pieces that a device would send: a byte of length, 0 for silence, then that many bytes. */
function createFeed(input: Uint8Array) {
  let offset = 0
  return (longest: number): Uint8Array | null => {
    const length = input[offset]
    if (length === undefined) return null
    offset += 1
    const piece = input.subarray(offset, offset + Math.min(length, longest))
    offset += piece.length
    return piece
  }
}

function feedLine(input: Uint8Array, kind: 'serial' | 'tcp', clock: LineClock): Line {
  const feed = createFeed(input)
  let waits = 0
  let receivedCount = 0
  return {
    kind,
    baudRate: kind === 'serial' ? 115_200 : null,
    isLost: false,
    get bytesCount() {
      return receivedCount
    },
    get receivedCount() {
      return receivedCount
    },
    open: async () => {},
    write: () => {},
    close: async () => {},
    next: async (timeoutMs): Promise<LineEvent> => {
      if (++waits > WAITS_MAX) throw new Error('the driver waits without end')
      const piece = feed(255)
      if (!piece || piece.length === 0) {
        clock.pass(Math.max(1, timeoutMs))
        return { kind: 'silence' }
      }
      clock.pass(1)
      receivedCount += piece.length
      return { kind: 'bytes', bytes: Uint8Array.from(piece) }
    },
  }
}

function feedService(input: Uint8Array, clock: LineClock): WebLine {
  const feed = createFeed(input)
  let waits = 0
  return {
    kind: 'http',
    baudRate: null,
    isLost: false,
    bytesCount: 0,
    receivedCount: 0,
    open: async () => {},
    close: async () => {},
    request: async (_request, timeoutMs): Promise<WebEvent> => {
      if (++waits > WAITS_MAX) throw new Error('the driver asks without end')
      const [status, ...body] = feed(255) ?? []
      if (status === undefined) {
        clock.pass(Math.max(1, timeoutMs))
        return { kind: 'silence' }
      }
      clock.pass(5)
      return {
        kind: 'response',
        status: status < 128 ? 200 : 300 + status,
        body: new TextDecoder().decode(Uint8Array.from(body)),
      }
    },
  }
}

/**
 * A driver in front of a device that says anything at all. Whatever comes, a look at the register ends in time, throws nothing and
 * gives an item that may be sent: every fact is fit for its name, or unknown with a reason. Throws when it is not so.
 */
export async function readAnything({ profile, port }: ProfiledPort, input: Uint8Array): Promise<void> {
  const clock = new LineClock()
  const { driver, variant } = profile
  const open = () => {
    if (port.startsWith('http')) return feedService(input, clock)
    return feedLine(input, port.startsWith('tcp') ? 'tcp' : 'serial', clock)
  }
  const poll = await createRegisterPoll({ slot: 'till', driver, variant, port }, clock, { open })
  if (!poll.ok) throw poll.error
  for (let hold = 0; hold < HOLDS; hold++) {
    const { item, problems } = await poll.value.poll(hold === 0)
    const parsed = wireItem.safeParse(item)
    if (!parsed.success) throw new AppError('fuzz.item', `not an item: ${parsed.error.message}`)
    for (const [name, fact] of Object.entries(item.facts)) {
      const value = fact !== null && typeof fact === 'object' && 'value' in fact ? fact.value : fact
      const problem = factProblem(name, value)
      if (problem) throw new AppError('fuzz.fact', problem)
    }
    for (const { message } of problems) if (message.length > 1_000) throw new AppError('fuzz.problem', 'endless words')
  }
}
