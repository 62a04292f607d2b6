import type { ExchangeStep } from '../../transport/exchange.ts'
import type { Problem } from '../driver.ts'
import type { Failure } from '../kit/ending.ts'
import type { Link, LinkResult } from '../kit/exchange.ts'
import { createPacketParser, EMPTY_PACKET, encodePacket, following, type PacketEvent } from './packet.ts'

/** The numbers of one hold of the port. The commands of the hold share it; a new hold synchronises anew. */
export interface Numbering {
  /** Number of the packet that the device executed last; null when that is not known. */
  last: number | null
}

export interface PacketLinkOptions {
  /** Command code and parameters. */
  readonly payload: Uint8Array
  /** First bytes of the answer's data: the command code, one or two bytes. */
  readonly code: Uint8Array
  readonly numbering: Numbering
  /** How long the device may take to begin its answer to the last try. */
  readonly answerMs: number
  /** Longest pause between bytes of a packet. */
  readonly interByteMs: number
}

/** Wait for the last answer, which is at hand in the device. */
export const SYNC_MS = 500
/** Wait before a packet is repeated: longer than the slowest usual answer (0.6 s, full status), short enough for two in a hold. */
export const REPEAT_MS = 700
const TRIES = 3
/** A line that carries so many bytes and no packet is given up; a stuffed packet of the greatest length is half of it. */
const NOISE_BYTES_MAX = 16_384

const SHARED_PROBLEM: Problem = {
  code: 'register.foreign_answer',
  message: 'another program uses the register at the same time; the port was given back',
  nextStep: 'Poll at another time, or find out which program talks to this register.',
}

/**
 * The host's side of protocol 2 for one command (Shtrih-M protocol 1.17, synchronisation): the empty packet brings up the last
 * answer and with it the number; the command gets the number after it. The same number never executes twice, so silence and
 * damage are met with the same packet again. An answer with a number that is not ours, or with ours and another command's code,
 * means that somebody else used the device: the host synchronises anew, twice at most.
 */
export function createPacketLink(options: PacketLinkOptions): Link {
  const { numbering } = options
  const parser = createPacketParser()
  const tries = { sync: 0, packet: 0, foreign: 0 }
  let number: number | null = null
  let waitMs = SYNC_MS
  let isSent = false
  let heard: 'nothing' | 'noise' | 'packet' = 'nothing'
  let noiseCount = 0

  const wait = (write: Uint8Array | null = null): ExchangeStep<LinkResult> => ({
    done: false,
    write,
    waitMs: parser.inPacket ? options.interByteMs : waitMs,
  })
  const finish = (result: LinkResult): ExchangeStep<LinkResult> => {
    numbering.last = result.kind === 'answer' ? number : null
    return { done: true, write: null, result }
  }
  const fail = (reason: Failure) => finish({ kind: 'failed', reason })

  /** Asks for the last answer. `missing`: what to say when it was asked for often enough. */
  const synchronise = (missing: Failure | null = null): ExchangeStep<LinkResult> => {
    if (++tries.sync > TRIES) return giveUp(missing)
    parser.reset()
    number = null
    waitMs = SYNC_MS
    return wait(EMPTY_PACKET)
  }

  /** Gives the command, or gives it again under its number. */
  const send = (last: number, missing: Failure | null = null): ExchangeStep<LinkResult> => {
    if (++tries.packet > TRIES) return giveUp(missing)
    parser.reset()
    number = following(last)
    waitMs = tries.packet < TRIES ? REPEAT_MS : options.answerMs
    isSent = true
    return wait(encodePacket(number, options.payload))
  }

  const giveUp = (missing: Failure | null) => {
    if (missing) return fail(missing)
    if (heard === 'nothing') return finish({ kind: 'silent' })
    return fail(heard === 'packet' ? 'answer_missing' : 'noise')
  }

  /** Once more what was said last, because of silence or of what came back. */
  const repeat = (missing: Failure | null): ExchangeStep<LinkResult> =>
    numbering.last === null ? synchronise(missing) : send(numbering.last, missing)

  /** Somebody else's number or answer. */
  const meetForeign = (): ExchangeStep<LinkResult> => {
    if (++tries.foreign >= TRIES) return finish({ kind: 'foreign', problem: SHARED_PROBLEM })
    numbering.last = null
    tries.sync = 0
    return synchronise()
  }

  const answered = (packet: Extract<PacketEvent, { kind: 'packet' }>): ExchangeStep<LinkResult> | null => {
    heard = 'packet'
    noiseCount = 0
    if (number === null) {
      numbering.last = packet.number
      tries.packet = 0
      return send(packet.number)
    }
    // The answer to a packet that was repeated comes once for each; the later ones are met by the next command.
    if (packet.number === numbering.last) return null
    const isOurs = packet.number === number && options.code.every((byte, index) => packet.data[index] === byte)
    return isOurs ? finish({ kind: 'answer', payload: packet.data }) : meetForeign()
  }

  return {
    start: () => repeat(null),
    receive(bytes) {
      if (heard === 'nothing') heard = 'noise'
      noiseCount += bytes.length
      const events = parser.push(bytes)
      for (const event of events) {
        const step = event.kind === 'packet' ? answered(event) : null
        if (step) return step
      }
      if (events.some(event => event.kind !== 'packet')) return repeat('answer_damaged')
      return noiseCount > NOISE_BYTES_MAX ? fail('noise') : wait()
    },
    expire: () => repeat(parser.inPacket ? 'answer_damaged' : null),
    get answering() {
      return parser.inPacket
    },
    get frameSent() {
      return isSent
    },
  }
}
