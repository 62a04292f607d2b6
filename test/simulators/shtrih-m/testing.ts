import { ManualClock } from '@tillwatch/shared/testing'
import { createRegister } from '../register.ts'
import type { RegisterStateInput } from '../register-state.ts'
import { ACK, ENQ, frameOf, STX } from './link.ts'

/** A register on a manual clock with one line, and what it has written so far. */
function registerOn(variant: number, state: RegisterStateInput) {
  const clock = new ManualClock()
  const register = createRegister({ protocol: 'shtrih-m', variant, state, clock })
  const writes: Uint8Array[] = []
  const line = register.openLine(bytes => writes.push(bytes))
  /** Everything written since the last call. */
  const take = () => [...Buffer.concat(writes.splice(0))]
  return { register, clock, line, writes, take }
}

/** A register that speaks protocol 1. */
export function registerWithLine(state: RegisterStateInput = {}) {
  const on = registerOn(1, state)
  return {
    ...on,
    /** Sends bytes and gives what comes back at once. */
    send(...bytes: number[]): number[] {
      on.line.receive(Uint8Array.from(bytes))
      return on.take()
    },
    /** A whole exchange: enquiry, frame, acknowledgement; gives the payload of the answer. */
    ask(payload: string): number[] {
      this.send(ENQ)
      const [ack, stx, length = 0, ...rest] = this.send(...frameOf([...Buffer.from(payload.replace(/\s/g, ''), 'hex')]))
      if (ack !== ACK || stx !== STX) throw new Error(`no answer to ${payload}`)
      this.send(ACK)
      return rest.slice(0, length)
    },
  }
}

/** A register that speaks protocol 2. */
export function registerWithPackets(state: RegisterStateInput = {}) {
  const on = registerOn(2, state)
  return {
    ...on,
    /** Sends packets and gives what comes back at once. */
    send(bytes: Iterable<number>): number[] {
      on.line.receive(Uint8Array.from(bytes))
      return on.take()
    },
  }
}
