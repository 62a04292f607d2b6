import { ManualClock } from '@tillwatch/shared/testing'
import { createRegister } from '../register.ts'
import type { RegisterStateInput } from '../register-state.ts'
import { cp1251 } from '../shtrih-m/bytes.ts'
import { ETX, requestBytes } from './framing.ts'

const textOf = (bytes: readonly number[]) => new TextDecoder('windows-1251').decode(Uint8Array.from(bytes))

/** A register on a manual clock with one line, and what it has written so far. */
export function registerWithLine(state: RegisterStateInput = {}) {
  const clock = new ManualClock()
  const register = createRegister({ protocol: 'mitsu', state, clock })
  const writes: Uint8Array[] = []
  const line = register.openLine(bytes => writes.push(bytes))
  const take = () => [...Buffer.concat(writes.splice(0))]
  const send = (bytes: readonly number[]) => {
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
    /** Asks over the cable and gives the text of the answer. */
    ask(message: string): string {
      const answer = send(requestBytes(cp1251(message)))
      const sum = answer.reduce((all, byte) => all ^ byte, 0)
      if (answer.at(-2) !== ETX || sum !== 0) throw new Error(`no answer to ${message}`)
      return textOf(answer.slice(0, -2))
    },
    /** Asks over the network. */
    askBare: (message: string): string => textOf(send(cp1251(message))),
  }
}
