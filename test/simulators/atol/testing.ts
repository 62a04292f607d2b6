import { ManualClock } from '@tillwatch/shared/testing'
import { createRegister } from '../register.ts'
import type { RegisterStateInput } from '../register-state.ts'
import { ACK, createFrameReader, ENQ, EOT, frameOf } from './v2-frames.ts'
import { createPacketParser, packetOf } from './v3-packets.ts'

const bytesOf = (hex: string) => [...Buffer.from(hex.replace(/\s/g, ''), 'hex')]

/** A register on a manual clock with one line, and what it has written so far. */
function lineOf(variant: 2 | 3, state: RegisterStateInput) {
  const clock = new ManualClock()
  const register = createRegister({ protocol: 'atol', variant, state, clock })
  const writes: Uint8Array[] = []
  const line = register.openLine(bytes => writes.push(bytes))
  /** Everything written since the last call. */
  const take = () => [...Buffer.concat(writes.splice(0))]
  const send = (...bytes: number[]) => {
    line.receive(Uint8Array.from(bytes))
    return take()
  }
  return { register, clock, line, writes, take, send }
}

/** A register that speaks transport 3. */
export function registerWithPackets(state: RegisterStateInput = {}) {
  const host = lineOf(3, state)
  let packetId = 0
  const packets = (bytes: readonly number[]) => {
    const parser = createPacketParser()
    return bytes.flatMap(byte => {
      const event = parser.byte(byte)
      return event?.kind === 'packet' ? [{ id: event.id, payload: [...event.payload] }] : []
    })
  }
  return {
    ...host,
    /** Packets among everything written since the last call. */
    takePackets: () => packets(host.take()),
    /** Sends one packet with the next id and gives the packets that come back at once. */
    packet(payload: string) {
      packetId += 1
      return packets(host.send(...packetOf(packetId, bytesOf(payload))))
    },
    /** A whole task with its acknowledgement, password 0000; gives the answer behind its state. */
    ask(command: string): number[] {
      const [result] = this.packet(`C1 01 00 0000 ${command}`)
      if (!result) throw new Error(`no answer to ${command}`)
      this.packet('C2 00')
      return result.payload.slice(1)
    },
  }
}

/** A register that speaks transport 2. */
export function registerWithHandshake(state: RegisterStateInput = {}) {
  const host = lineOf(2, state)
  return {
    ...host,
    /** The frame of a command with the password 0000. */
    frame: (command: string) => frameOf(bytesOf(`0000 ${command}`)),
    /** A whole exchange; gives the frame of the answer as it is on the line. */
    exchange(command: string): number[] {
      host.send(ENQ)
      if (host.send(...this.frame(command))[0] !== ACK) throw new Error(`${command} is not taken`)
      host.send(EOT)
      const frame = host.send(ACK)
      host.send(ACK)
      return frame
    },
    /** The data of the answer. */
    ask(command: string): number[] {
      const reader = createFrameReader()
      const [, ...rest] = this.exchange(command)
      const data = rest.map(byte => reader.byte(byte)).at(-1)
      if (!data) throw new Error(`no answer to ${command}`)
      return [...data]
    },
  }
}
