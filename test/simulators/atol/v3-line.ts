import type { Device, Line } from '../register.ts'
import { hex } from './bytes.ts'
import { execute, record } from './commands.ts'
import type { Quirks } from './quirks.ts'
import { BUFFER, createTaskBuffer, STATE } from './v3-buffer.ts'
import { createPacketParser, packetOf, UNASKED } from './v3-packets.ts'
import { createWire } from './wire.ts'

const TASK_ID_MAX = 0xdf
/** Access password and command. */
const REQUEST_BYTES_MIN = 3
const ABORT = 'C4'
const ACK = 'C2'

/** One port of an ATOL register that speaks transport 3: packets, the task buffer, time and faults around them. */
export function openLine(device: Device<Quirks>, write: (bytes: Uint8Array) => void): Line {
  const parser = createPacketParser()
  const wire = createWire(device, write)
  const delays = new Set<() => void>()
  let stopTimer = () => {}
  let lastAnswer: { readonly id: number; readonly payload: readonly number[] } | null = null

  const buffer = createTaskBuffer(() => ({
    capacity: device.state.quirks.buffer_tasks,
    foreign: device.state.quirks.pos_tasks,
    waitingCode: Number.parseInt(device.state.quirks.waiting, 16),
  }))

  const send = (id: number, payload: readonly number[], more = false) =>
    wire.frame(damage => packetOf(id, payload, damage), more)

  const answer = (id: number, payload: readonly number[], more = false) => {
    lastAnswer = { id, payload }
    send(id, payload, more)
  }

  const later = (run: () => void) => {
    const { delay_ms } = device.state.faults
    if (delay_ms === 0) return run()
    const stop = device.clock.after(delay_ms, () => {
      delays.delete(stop)
      run()
    })
    delays.add(stop)
  }

  /** A task that would do harm to another program, or is none of the commands that only read. */
  const forbid = (opcode: string, name: string, answerCode: number) =>
    device.record({
      opcode,
      name,
      password_ok: null,
      forbidden: true,
      answer_code: hex([answerCode]),
      bytes_in: 1,
      bytes_out: 1,
    })

  /** Takes a task out of a packet; `before` stands in front of its answer. */
  const take = (packetId: number, before: readonly number[], packet: Uint8Array) => {
    const [flags = 0, taskId = 0] = packet
    const request = packet.subarray(2)
    if (request.length < REQUEST_BYTES_MIN || taskId > TASK_ID_MAX)
      return answer(packetId, [...before, STATE.illegalValue])
    const executed = execute(device, request)
    const silent = device.faults.due('silence')
    const damaged = !silent && device.faults.due('nak')
    if (silent || damaged) record(device, executed, packet.length, null)
    if (silent) return
    if (damaged) return send(packetId, [])
    const refusal = buffer.add(flags, taskId, executed)
    record(device, executed, packet.length, hex([refusal?.[0] ?? executed.code]))
    if (refusal) return answer(packetId, [...before, ...refusal])
    carryOut(packetId, before, taskId)
  }

  const carryOut = (packetId: number, before: readonly number[], taskId: number) => {
    const { results, waiting, foreign_result } = device.state.quirks
    if (foreign_result !== undefined) send(UNASKED, [STATE.unaskedResult, foreign_result, 0x55, 0])
    if (results === 'at_once')
      return later(() => {
        buffer.finish(taskId)
        answer(packetId, [...before, ...buffer.result(taskId)])
      })
    answer(
      packetId,
      [...before, Number.parseInt(waiting, 16)],
      results === 'pushed' && device.state.faults.delay_ms === 0,
    )
    later(() => {
      buffer.finish(taskId)
      const unasked = results === 'pushed' ? buffer.unaskedResult(taskId) : null
      if (unasked) send(UNASKED, unasked)
    })
  }

  /** Acknowledging another program's result takes it away from that program. */
  const acknowledge = (taskId: number): number[] => {
    if (buffer.isForeign(taskId)) forbid(ACK, 'acknowledgement of another program’s task', STATE.notFound)
    return buffer.ack(taskId)
  }

  const handle = (id: number, payload: Uint8Array) => {
    const [command, first = 0] = payload
    if (payload.length === 0) {
      if (lastAnswer?.id === id) send(id, lastAnswer.payload)
    } else if (command === BUFFER.add) take(id, [], payload.subarray(1))
    else if (command === BUFFER.ackAdd && payload.length > 1) take(id, acknowledge(first), payload.subarray(2))
    else if (command === BUFFER.ack && payload.length === 2) answer(id, acknowledge(first))
    else if (command === BUFFER.request && payload.length === 2) answer(id, buffer.result(first))
    else {
      if (command === BUFFER.abort) forbid(ABORT, 'abort of all tasks', STATE.illegalValue)
      answer(id, [STATE.illegalValue])
    }
  }

  return {
    receive(bytes) {
      if (device.isSilent()) return
      stopTimer()
      for (const byte of bytes) {
        const event = parser.byte(byte)
        if (event?.kind === 'packet') handle(event.id, event.payload)
        else if (event) send(event.id, [])
      }
      if (parser.inPacket) stopTimer = device.clock.after(device.state.quirks.byte_timeout_ms, parser.reset)
    },
    close() {
      stopTimer()
      for (const stop of delays) stop()
    },
  }
}
