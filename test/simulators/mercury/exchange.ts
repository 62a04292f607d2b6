import type { Device } from '../register.ts'
import type { Quirks } from './quirks.ts'
import { type Execution, execute, notJson, parseRequest, refuse } from './service.ts'

/** Damage that no JSON survives. */
const SPOILT = '#'

/**
 * Takes the text of a request from either channel, lets the faults have their way, and hands the text of the answer to `answer` when
 * it is due; never, where the service is hung or a fault swallows the request. Returns a stop for a late answer that nobody waits for any more, null when none is due.
 */
export function exchange(device: Device<Quirks>, text: string, answer: (text: string) => void): (() => void) | null {
  const request = parseRequest(text)
  if (!request) {
    answer(notJson(device))
    return null
  }
  const unheard = device.state.quirks.hung || device.faults.due('silence')
  const execution = unheard || device.faults.due('nak') ? refuse(device, request) : execute(device, request)
  record(device, text, execution, unheard)
  if (unheard) return null
  const spoilt = device.faults.due('bad_checksum') ? SPOILT + execution.text.slice(1) : execution.text
  const { delay_ms } = device.state.faults
  if (delay_ms > 0) return device.clock.after(delay_ms, () => answer(spoilt))
  answer(spoilt)
  return null
}

function record(device: Device<Quirks>, text: string, execution: Execution, unheard: boolean) {
  device.record({
    opcode: execution.opcode,
    name: execution.name,
    password_ok: execution.keyOk,
    forbidden: execution.forbidden,
    answer_code: unheard ? null : String(execution.result),
    bytes_in: Buffer.byteLength(text),
    bytes_out: unheard ? 0 : Buffer.byteLength(execution.text),
  })
}
