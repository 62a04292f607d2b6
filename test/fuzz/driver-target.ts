import { createRegisterPoll } from '@tillwatch/agent/poll/register-poll'
import type { Line, LineEvent } from '@tillwatch/agent/transport/line'
import { portError } from '@tillwatch/agent/transport/port-errors'
import type { WebEvent, WebLine } from '@tillwatch/agent/transport/web-line'
import { AppError, type Clock, factProblem, PORT_HELD_MS_MAX, type WireItem, wireItem } from '@tillwatch/shared'
import type { ProfiledPort } from '../contract/profiles/index.ts'
import { createFeed } from './input.ts'

/** Holds of the port that one input is given for. */
const HOLDS = 3
/** A hold that asks for more than this never ends by itself. */
const WAITS_MAX = 5_000
/** An answer that has begun is read to its end, at most so long past the end of the hold. */
const LAST_ANSWER_MS = 3_000
/** Longest last word: the acknowledgement of an answer, or its refusal. */
const LAST_WORD_BYTES = 2

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

/** Time since a line was opened; throws when something is said for which the hold has no time any more. */
function createHoldWatch(clock: LineClock) {
  let openedMs = 0
  return {
    opened() {
      openedMs = clock.monotonic()
    },
    said() {
      const lateMs = clock.monotonic() - openedMs - PORT_HELD_MS_MAX
      if (lateMs > 0) throw new AppError('fuzz.late', `something is said ${lateMs} ms after the end of the hold`)
    },
  }
}

function feedLine(input: Uint8Array, kind: 'serial' | 'tcp', clock: LineClock): Line {
  const feed = createFeed(input, kind)
  const watch = createHoldWatch(clock)
  let waits = 0
  let receivedCount = 0
  let isLost = false
  const lost = () => portError('port.failed', 'the line is gone')
  return {
    kind,
    baudRate: kind === 'serial' ? 115_200 : null,
    get isLost() {
      return isLost
    },
    get bytesCount() {
      return receivedCount
    },
    get receivedCount() {
      return receivedCount
    },
    open: async () => {
      isLost = false
      watch.opened()
    },
    write(bytes) {
      if (bytes.length > LAST_WORD_BYTES) watch.said()
    },
    close: async () => {},
    next: async (timeoutMs): Promise<LineEvent> => {
      if (++waits > WAITS_MAX) throw new Error('the driver waits without end')
      if (isLost) return { kind: 'lost', error: lost() }
      const piece = feed()
      if (piece === 'lost') {
        isLost = true
        return { kind: 'lost', error: lost() }
      }
      if (!piece || piece === 'silence' || piece.length === 0) {
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
  const feed = createFeed(input, 'http')
  const watch = createHoldWatch(clock)
  let waits = 0
  return {
    kind: 'http',
    baudRate: null,
    isLost: false,
    bytesCount: 0,
    receivedCount: 0,
    open: async () => watch.opened(),
    close: async () => {},
    request: async (_request, timeoutMs): Promise<WebEvent> => {
      if (++waits > WAITS_MAX) throw new Error('the driver asks without end')
      watch.said()
      const piece = feed()
      if (piece === 'lost') return { kind: 'lost', error: portError('port.failed', 'the connection broke') }
      if (!piece || piece === 'silence') {
        clock.pass(Math.max(1, timeoutMs))
        return { kind: 'silence' }
      }
      clock.pass(5)
      const body = new TextDecoder().decode(piece)
      // What begins as no answer of a service does stands for one of its errors.
      return { kind: 'response', status: /^[\s\w"[{]/.test(body) ? 200 : 400 + (piece[0] ?? 0), body }
    },
  }
}

/**
 * A driver in front of a device that says anything at all. Whatever comes, a look at the register ends in time, says nothing when its
 * time is over, throws nothing and gives an item that may be sent: every fact is fit for its name, or unknown with a reason. Gives the
 * items; throws when it is not so.
 */
export async function readAnything({ profile, kind, port }: ProfiledPort, input: Uint8Array): Promise<WireItem[]> {
  const clock = new LineClock()
  const { driver, variant } = profile
  const open = () => (kind === 'http' ? feedService(input, clock) : feedLine(input, kind, clock))
  const poll = await createRegisterPoll({ slot: 'till', driver, variant, port }, clock, { open })
  if (!poll.ok) throw poll.error
  const items: WireItem[] = []
  for (let hold = 0; hold < HOLDS; hold++) {
    const beganMs = clock.monotonic()
    const { item, problems } = await poll.value.poll(hold === 0)
    const heldMs = clock.monotonic() - beganMs
    if (heldMs > PORT_HELD_MS_MAX + LAST_ANSWER_MS) throw new AppError('fuzz.held', `the port was held ${heldMs} ms`)
    const parsed = wireItem.safeParse(item)
    if (!parsed.success) throw new AppError('fuzz.item', `not an item: ${parsed.error.message}`)
    for (const [name, fact] of Object.entries(item.facts)) {
      const value = fact !== null && typeof fact === 'object' && 'value' in fact ? fact.value : fact
      const problem = factProblem(name, value)
      if (problem) throw new AppError('fuzz.fact', problem)
    }
    for (const { message } of problems) if (message.length > 1_000) throw new AppError('fuzz.problem', 'endless words')
    items.push(item)
  }
  return items
}
