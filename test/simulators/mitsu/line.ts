import type { Device, Line } from '../register.ts'
import { cp1251 } from '../shtrih-m/bytes.ts'
import { type Execution, execute, refused } from './commands.ts'
import { bareBytes, createInput, framedBytes, type Message } from './framing.ts'
import type { Quirks } from './quirks.ts'

/**
 * One port of a MITSU 1-F. A message that begins with 02 came over a cable and is answered with an LRC; one that begins with `<`
 * came over the network and is answered bare.
 */
export function openLine(device: Device<Quirks>, write: (bytes: Uint8Array) => void): Line {
  const input = createInput()
  let stopTimer = () => {}
  let stopDelay = () => {}
  let isAnswering = false

  const put = (bytes: readonly number[]) => {
    const all = Uint8Array.from(bytes)
    if (!device.state.quirks.one_byte_writes) return write(all)
    for (const byte of all) write(Uint8Array.of(byte))
  }

  const transmit = ({ framed }: Message, { text }: Execution) => {
    const data = cp1251(text)
    if (device.faults.due('bad_checksum')) spoil(data)
    const bytes = framed ? framedBytes(cp1251(text), data) : bareBytes(data, device.state.quirks.cuts_long_answers)
    put(device.faults.due('cut') ? bytes.slice(0, device.faults.cutAt(bytes.length)) : bytes)
  }

  const receive = (message: Message) => {
    const executed = execute(device, message.text)
    if (!executed) return
    const silent = device.faults.due('silence')
    const execution = !silent && device.faults.due('nak') ? refused(executed) : executed
    record(device, message, execution, silent)
    if (silent) return
    isAnswering = true
    const answer = () => {
      isAnswering = false
      transmit(message, execution)
    }
    const { delay_ms } = device.state.faults
    if (delay_ms === 0) answer()
    else stopDelay = device.clock.after(delay_ms, answer)
  }

  return {
    receive(bytes) {
      if (device.isSilent() || isAnswering) return
      stopTimer()
      for (const message of input.push(bytes)) receive(message)
      if (input.isInside) stopTimer = device.clock.after(device.state.quirks.byte_timeout_ms, () => input.reset())
    },
    close() {
      stopTimer()
      stopDelay()
    },
  }
}

/** A bare answer has no checksum; damage makes its first tag unreadable. */
function spoil(data: number[]): void {
  data[1] = 0x23
}

function record(device: Device<Quirks>, message: Message, execution: Execution, unanswered: boolean) {
  device.record({
    opcode: execution.opcode,
    name: execution.name,
    password_ok: null,
    forbidden: execution.forbidden,
    answer_code: unanswered ? null : String(execution.code),
    bytes_in: message.bytesCount,
    bytes_out: unanswered ? 0 : execution.text.length + (message.framed ? 2 : 0),
  })
}
