import { ManualClock } from '@tillwatch/shared/testing'
import { createRegister } from '../register.ts'
import type { RegisterStateInput } from '../register-state.ts'
import { cp866, hexByte } from './bytes.ts'
import { ETX, STX } from './packet.ts'

/** A request in its packet: `78/7` asks query 7 of command 78, `11/30/1` setting 30 at index 1. */
export function requestPacket(opcode: string, id = 0x41, password = 'PIRI'): Uint8Array {
  const [command = '', ...fields] = opcode.split('/')
  const body = [...cp866(password), id, ...cp866(command + fields.map(field => `${field}\x1c`).join('')), ETX]
  return Uint8Array.of(STX, ...body, ...cp866(hexByte(body.reduce((sum, byte) => sum ^ byte, 0))))
}

/** Error and fields of an answer packet that comes alone. */
export function readAnswer(bytes: readonly number[]): { error: string; fields: string[] } {
  const end = bytes.indexOf(ETX)
  if (bytes[0] !== STX || end < 0 || bytes.length !== end + 3) throw new Error(`no answer: ${bytes.join(' ')}`)
  const text = new TextDecoder('ibm866').decode(Uint8Array.from(bytes.slice(4, end)))
  const fields = text.slice(2).split('\x1c')
  if (fields.at(-1) === '') fields.pop()
  return { error: text.slice(0, 2), fields }
}

/** A register on a manual clock with one line, and what it has written so far. */
export function registerWithLine(state: RegisterStateInput = {}) {
  const clock = new ManualClock()
  const register = createRegister({ protocol: 'pirit', state, clock })
  const writes: Uint8Array[] = []
  const line = register.openLine(bytes => writes.push(bytes))
  const take = () => [...Buffer.concat(writes.splice(0))]
  const send = (...bytes: number[]): number[] => {
    line.receive(Uint8Array.from(bytes))
    return take()
  }
  return {
    register,
    clock,
    line,
    writes,
    /** Everything written since the last call. */
    take,
    /** Sends bytes and gives what comes back at once. */
    send,
    /** A whole exchange: error and fields of the answer. */
    ask: (opcode: string) => readAnswer(send(...requestPacket(opcode))),
  }
}
