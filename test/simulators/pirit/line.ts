import type { Line } from '../register.ts'
import { hexByte } from './bytes.ts'
import { type Execution, execute, type Memory } from './commands.ts'
import { ACK, answerPacket, createRequestReader, type LineEvent, type Request } from './packet.ts'
import type { PiritDevice } from './status.ts'

const BUFFER_OVERFLOW = 0x04
const BYTE_TIMEOUT = 0x05
const DAMAGED = 0x07
const NOISE = 0x7e

/** What waits for its turn: a unit does one thing after another and answers in that order. */
type Work = { readonly kind: 'enquiry' } | { readonly kind: 'request'; readonly request: Request }

/** One port of a register of the Pirit family: packets with time, faults and manners on the line around them. */
export function openLine(device: PiritDevice, write: (bytes: Uint8Array) => void): Line {
  const reader = createRequestReader()
  const memory: Memory = { reason: 0 }
  const queue: Work[] = []
  let last: Uint8Array = new Uint8Array()
  let working = false
  let stopTimer = () => {}
  let stopDelay = () => {}

  const put = (bytes: Uint8Array) => {
    if (!device.state.quirks.one_byte_writes) return write(bytes)
    for (const byte of bytes) write(Uint8Array.of(byte))
  }

  const transmit = (
    to: { readonly id: number; readonly command: string },
    error: number,
    fields: readonly string[],
  ) => {
    const { quirks } = device.state
    const packet = answerPacket(to, error, fields, {
      lowerCaseChecksum: quirks.lower_case_checksum,
      omitLastSeparator: quirks.omit_last_separator,
    })
    const spoilt = packet.slice()
    if (device.faults.due('bad_checksum')) spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 1
    const sent = device.faults.due('cut') ? spoilt.subarray(0, device.faults.cutAt(spoilt.length)) : spoilt
    const noise = quirks.noise_before_answer ? [NOISE] : []
    put(Uint8Array.of(...noise, ...(quirks.late_answers ? last : []), ...sent))
    last = packet
  }

  const answer = (request: Request) => {
    const executed = execute(device, memory, request)
    const silent =
      device.faults.due('silence') || (!request.checksumOk && device.state.quirks.bad_checksum_reaction === 'silence')
    const refused = !silent && device.faults.due('nak')
    const error = refused ? DAMAGED : executed.error
    const fields = refused ? [] : executed.fields
    record(device, request, { ...executed, error, fields }, silent)
    if (!silent) transmit(request, error, fields)
  }

  /** Does what waits, one after another; an answer takes its time. */
  const work = () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (next.kind === 'enquiry') {
        if (!device.state.quirks.ignores_enquiry) put(Uint8Array.of(ACK))
        continue
      }
      const { request } = next
      const { delay_ms } = device.state.faults
      if (delay_ms === 0) {
        answer(request)
        continue
      }
      working = true
      stopDelay = device.clock.after(delay_ms, () => {
        working = false
        answer(request)
        work()
      })
      return
    }
  }

  const perform = (event: LineEvent) => {
    switch (event.kind) {
      case 'request':
      case 'enquiry':
        queue.push(event)
        return
      case 'overflow':
        return transmit(event, BUFFER_OVERFLOW, [])
      case 'paper_fed':
        return recordByte(device, '0A', 'paper fed')
      case 'report_interrupted':
        return recordByte(device, '18', 'report interrupted')
    }
  }

  const watch = () => {
    stopTimer()
    if (!reader.inPacket) return
    stopTimer = device.clock.after(device.state.quirks.byte_timeout_ms, () => {
      const known = reader.expire()
      if (known) transmit(known, BYTE_TIMEOUT, [])
    })
  }

  return {
    receive(bytes) {
      if (device.isSilent()) return
      for (const byte of bytes) {
        const event = reader.byte(byte)
        if (event) perform(event)
      }
      watch()
      if (!working) work()
    },
    close() {
      stopTimer()
      stopDelay()
    },
  }
}

function record(device: PiritDevice, request: Request, executed: Execution, unanswered: boolean) {
  const { opcode, name, passwordOk, forbidden, error, fields } = executed
  device.record({
    opcode,
    name,
    password_ok: passwordOk,
    forbidden,
    answer_code: unanswered ? null : hexByte(error),
    bytes_in: request.size,
    bytes_out: unanswered ? 0 : answerPacket(request, error, fields, PLAIN).length,
  })
}
const PLAIN = { lowerCaseChecksum: false, omitLastSeparator: false }

/** A byte outside a packet on which a register would have acted. */
const recordByte = (device: PiritDevice, opcode: string, name: string) =>
  device.record({ opcode, name, password_ok: null, forbidden: true, answer_code: null, bytes_in: 1, bytes_out: 0 })
