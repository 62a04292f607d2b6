import type { Packet } from './packet.ts'

/** What the device last executed, as it answers it. */
export interface LastAnswer {
  readonly number: number
  readonly data: readonly number[]
}

/** Number that a device tells which has executed nothing since its reset (protocol 2, synchronisation). */
const NUMBER_AFTER_RESET = 1

export const RESET: LastAnswer = { number: NUMBER_AFTER_RESET, data: [] }

/** The number that follows: after 65535 comes 0. */
export const following = (number: number): number => (number + 1) % 65_536

/** The device's side of the numbering of protocol 2. It neither writes nor knows the time. */
export interface PacketLink {
  /** True when the packet is the next command; any other one gets the last answer and executes nothing. */
  isNext(packet: Packet): boolean
  /** The answer to the command that was next. */
  answer(data: readonly number[]): LastAnswer
  readonly last: LastAnswer
  /** Another program has had this answer. */
  plant(last: LastAnswer): void
}

export function createPacketLink(): PacketLink {
  let last = RESET
  return {
    isNext: packet => packet.data.length > 0 && packet.number === following(last.number),
    answer(data) {
      last = { number: following(last.number), data }
      return last
    },
    get last() {
      return last
    },
    plant(planted) {
      last = planted
    },
  }
}
