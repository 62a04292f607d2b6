import type { ExchangeStep } from '../../transport/exchange.ts'
import type { Problem } from '../driver.ts'
import type { Failure } from '../kit/ending.ts'
import type { Link, LinkResult } from '../kit/exchange.ts'
import { finish, wait } from '../kit/step.ts'
import type { Reply } from './commands.ts'
import { createPacketParser, encodePacket, type PacketEvent, UNASKED } from './packets.ts'
import type { TaskBook } from './task-book.ts'

export interface TaskLinkOptions {
  /** Access password, command and data. */
  readonly request: Uint8Array
  readonly book: TaskBook
  /** Longest pause between bytes of a packet. */
  readonly interByteMs: number
}

/** What a host may do with the task buffer. Clearing it is not here: that would take away another program's tasks. */
const ADD = 0xc1
const ACKNOWLEDGE = 0xc2
const REQUEST = 0xc3
/**
 * The result is wanted. The flag that ignores errors (bit 1) is left out: a queue that another program's failed task stopped is not
 * to be run on by us, whatever else that flag may mean.
 */
const FLAGS = 0x01

/** First byte of the device's payload. */
const PENDING = 0xa1
const IN_PROGRESS = 0xa2
const RESULT = 0xa3
const ERROR = 0xa4
const STOPPED = 0xa5
const UNASKED_RESULT = 0xa6
const UNASKED_ERROR = 0xa7
const WAITING = 0xa8
const OVERFLOW = 0xb1
const EXISTS = 0xb2
const NOT_FOUND = 0xb3

/** Wait for the answer to a packet. Known hosts wait from 500 ms to 5 s; three tries must fit into one hold. */
const ANSWER_MS = 500
const TRIES = 3
/** A result that has not come by itself is asked for after these waits; one that is not there then waits behind others. */
const RESULT_WAITS_MS = [300, 700]
/** A line that never falls silent is given up. */
const RECEIVED_BYTES_MAX = 8_192

const isWaiting = (status: number | undefined): boolean =>
  status === PENDING || status === IN_PROGRESS || status === WAITING

/** What an acknowledgement is answered with when its task is not in the buffer any more; a failed one may be told as its error. */
const isGone = (status: number | undefined): boolean => status === RESULT || status === ERROR || status === NOT_FOUND

type State =
  /** Asked whether an id is free. */
  | 'claim'
  /** Acknowledged a task of ours that was left behind. */
  | 'release'
  /** Gave the task. */
  | 'add'
  /** The task is in the buffer, its result will come. */
  | 'wait'
  /** Asked for the result. */
  | 'request'
  /** Acknowledged the result. */
  | 'acknowledge'

/**
 * The host's side of transport 3 for one command: makes sure that the register knows no task of our id, gives the task, takes
 * its result (at once, unasked, or asked for) and acknowledges it. Answers are matched by the packet's id, results by the
 * task's. Tasks of other programs are left alone; a queue that stands still behind one of them ends the exchange.
 */
export function createTaskLink({ request, book, interByteMs }: TaskLinkOptions): Link<Reply> {
  const parser = createPacketParser()
  const candidates = book.candidates()
  let state: State = 'claim'
  let packet: { id: number; payload: readonly number[] } = { id: 0, payload: [] }
  let tries = 0
  let isRepeated = false
  let id = 0
  let given: number | null = null
  let resultAsked = 0
  let reply: Reply | null = null
  let receivedCount = 0
  let heard = false

  const busy = (problem: Problem) => finish({ kind: 'at_work', problem })
  /** An answer that is already in our hands is not lost by what follows it. */
  const fail = (reason: Failure) => {
    if (reply) return finish({ kind: 'answer', payload: reply })
    return receivedCount === 0 ? finish({ kind: 'silent' }) : finish({ kind: 'failed', reason })
  }

  const send = (next: State, ...payload: number[]): ExchangeStep<LinkResult<Reply>> => {
    state = next
    packet = { id: book.nextPacketId(), payload }
    tries = 0
    return repeat('answer_missing')
  }
  const say = (reason: Failure, write: Uint8Array) =>
    ++tries > TRIES ? fail(heard ? reason : 'noise') : wait(ANSWER_MS, write)
  const repeat = (reason: Failure) => {
    isRepeated = tries > 0
    return say(reason, encodePacket(packet.id, packet.payload))
  }
  /** Asks for an answer that arrived damaged, by a packet without payload. */
  const askAgain = () => say('answer_damaged', encodePacket(packet.id, []))

  /** The wait that the present state allows. */
  const current = () => {
    if (parser.inPacket) return wait(interByteMs)
    return wait(state === 'wait' ? (RESULT_WAITS_MS[resultAsked] ?? ANSWER_MS) : ANSWER_MS)
  }

  const claim = () => {
    const candidate = candidates.next()
    if (candidate.done) return busy(FULL_PROBLEM)
    id = candidate.value
    return send('claim', REQUEST, id)
  }
  const add = () => {
    const step = send('add', ADD, FLAGS, id, ...request)
    given = packet.id
    book.give(id)
    return step
  }
  const take = (failed: boolean, bytes: Uint8Array) => {
    reply = { failed, bytes }
    return send('acknowledge', ACKNOWLEDGE, id)
  }
  const release = (taskId: number) => {
    id = taskId
    return send('release', ACKNOWLEDGE, id)
  }
  /** The queue stands still behind a failed task. One of ours is taken out of it; another program's is left. */
  const stopped = (failedId: number | undefined) =>
    failedId !== undefined && book.isOurs(failedId) ? release(failedId) : busy(stoppedProblem(failedId))

  const claimed = (status: number | undefined, failedId: number | undefined) => {
    const isOurs = book.isOurs(id)
    if (status === NOT_FOUND) {
      book.settle(id)
      return add()
    }
    if (status === STOPPED) return stopped(failedId)
    // One question of ours waits already: a second one would only take room from the other program.
    if (isWaiting(status)) return isOurs ? busy(WAITING_PROBLEM) : claim()
    if (status !== RESULT && status !== ERROR) return fail('frame_refused')
    return isOurs ? release(id) : claim()
  }

  const released = (status: number | undefined) => {
    if (isWaiting(status)) return busy(WAITING_PROBLEM)
    if (!isGone(status)) return fail('frame_refused')
    book.settle(id)
    return given === null ? add() : fail('answer_missing')
  }

  /** The answer to a task just given, or to asking for its result. */
  const told = (payload: Uint8Array) => {
    if (isWaiting(payload[0])) {
      if (RESULT_WAITS_MS[resultAsked] === undefined) return busy(WAITING_PROBLEM)
      state = 'wait'
      return current()
    }
    switch (payload[0]) {
      case RESULT:
        return take(false, payload.subarray(1))
      case ERROR:
        return take(true, payload.subarray(1))
      case STOPPED:
        return stopped(payload[1])
      case EXISTS:
        if (state !== 'add') return fail('frame_refused')
        // The id was free a moment ago: it is our own task if our packet may have arrived twice, else another program's.
        if (isRepeated) return send('request', REQUEST, id)
        given = null
        book.withdraw()
        return claim()
      case OVERFLOW:
        book.settle(id)
        return busy(FULL_PROBLEM)
      case NOT_FOUND:
        book.settle(id)
        return fail('answer_missing')
      default:
        return fail('frame_refused')
    }
  }

  const answered = (payload: Uint8Array): ExchangeStep<LinkResult<Reply>> => {
    const [status, argument] = payload
    if (payload.length === 0) return repeat('frame_refused')
    if (state === 'claim') return claimed(status, argument)
    if (state === 'release') return released(status)
    if (state !== 'acknowledge') return told(payload)
    if (isGone(status)) book.settle(id)
    return fail('answer_missing')
  }

  const isGiven = () => state === 'add' || state === 'wait' || state === 'request'

  /** Null: nothing follows from this packet. */
  const heed = (event: PacketEvent): ExchangeStep<LinkResult<Reply>> | null => {
    heard = true
    if (event.kind === 'damaged') {
      // A damaged result that came unasked is not to be had again this way; it is asked for in time.
      return event.id === packet.id && state !== 'wait' ? askAgain() : null
    }
    const { payload } = event
    if (event.id === UNASKED) {
      const isResult = payload[0] === UNASKED_RESULT || payload[0] === UNASKED_ERROR
      if (!isResult || payload[1] !== id || !isGiven()) return null
      return take(payload[0] === UNASKED_ERROR, payload.subarray(2))
    }
    // The answer to the task may still come after its packet was sent twice or its result was asked for.
    const isLate = event.id === given && isGiven() && (payload[0] === RESULT || payload[0] === ERROR)
    return isLate || (event.id === packet.id && state !== 'wait') ? answered(payload) : null
  }

  return {
    start() {
      if (book.free === null) return claim()
      id = book.free
      return add()
    },
    receive(bytes) {
      receivedCount += bytes.length
      if (receivedCount > RECEIVED_BYTES_MAX) return fail('noise')
      for (const event of parser.push(bytes)) {
        const step = heed(event)
        // What came before our next packet was sent cannot be an answer to it.
        if (step?.done || step?.write) return step
      }
      return current()
    },
    expire() {
      parser.reset()
      if (state !== 'wait') return repeat('answer_missing')
      resultAsked++
      return send('request', REQUEST, id)
    },
    get answering() {
      // A result that nobody acknowledges keeps its room, and a failed one stops the queue: that much is said past the end, once.
      return parser.inPacket || (state === 'acknowledge' && tries === 1)
    },
    get frameSent() {
      return given !== null
    },
  }
}

const BUSY_STEP =
  'The POS program puts this right when it goes on working. The agent leaves its tasks alone and asks again later.'

const FULL_PROBLEM: Problem = {
  code: 'register.queue_full',
  message: 'the register’s buffer is full of tasks that are not this agent’s',
  nextStep: BUSY_STEP,
}

const WAITING_PROBLEM: Problem = {
  code: 'register.queue_waiting',
  message: 'the question waits in the register: a task before it goes on, or the question itself',
  nextStep: BUSY_STEP,
}

const stoppedProblem = (failedId: number | undefined): Problem => ({
  code: 'register.queue_stopped',
  message: `task ${failedId ?? 'without a number'} of the POS program failed and stopped the register’s queue`,
  nextStep: BUSY_STEP,
})
