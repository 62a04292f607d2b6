import { ManualClock } from '@tillwatch/shared/testing'
import { createRegister } from '../register.ts'
import type { RegisterStateInput } from '../register-state.ts'
import { framed } from './framing.ts'

/** Fields of an answer. */
export type Fields = Record<string, unknown>

const OPEN = { sessionKey: null, portName: 'USB', baudRate: 115_200, model: '185F', debug: false }

/** A service on a manual clock with its TCP port, and what it has written so far. */
export function registerWithLine(state: RegisterStateInput = {}) {
  const clock = new ManualClock()
  const register = createRegister({ protocol: 'mercury', state, clock })
  const writes: Uint8Array[] = []
  const line = register.openLine(bytes => writes.push(bytes))
  const take = () => Buffer.concat(writes.splice(0))
  const send = (bytes: Uint8Array) => {
    line.receive(bytes)
    return take()
  }
  const ask = (command: string, fields: Fields = {}): Fields =>
    JSON.parse(send(framed(JSON.stringify({ command, ...fields }))).toString('utf8', 4)) as Fields
  const open = (fields: Fields = {}): Fields => ask('OpenSession', { ...OPEN, ...fields })
  return {
    register,
    clock,
    line,
    writes,
    /** Everything written since the last call. */
    take,
    /** Sends bytes and gives what comes back at once. */
    send,
    /** A whole command over TCP; gives the fields of the answer. */
    ask,
    /** Opens a session; gives the fields of the answer. */
    open,
    /** A command in a session of its own. */
    asked: (command: string): Fields => ask(command, { sessionKey: open()['sessionKey'] }),
  }
}
