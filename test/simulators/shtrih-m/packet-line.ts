import type { Device, Line } from '../register.ts'
import { execute } from './commands.ts'
import { rising } from './edge.ts'
import { createPacketReader, type Packet, packetOf } from './packet.ts'
import { createPacketLink, following, type LastAnswer, RESET } from './packet-link.ts'
import type { Quirks } from './quirks.ts'
import { record } from './record.ts'

const DEVICE_TYPE_QUESTION = Uint8Array.of(0xfc)
/** Bytes that wait in the device's buffer while it executes; what comes beyond is lost. */
const BUFFER_BYTES_MAX = 1_024
const WRONG_CRC = 0xffff

/** One port of a Shtrih-M register that speaks protocol 2: packets, their numbers, time and faults around them. */
export function openPacketLine(device: Device<Quirks>, write: (bytes: Uint8Array) => void): Line {
  const reader = createPacketReader()
  const link = createPacketLink()
  const foreign = rising()
  let planted = ''
  let executing = false
  const waiting: number[] = []
  let stopTimer = () => {}
  let stopDelay = () => {}

  const transmit = ({ number, data }: LastAnswer) => {
    const packet = packetOf(number, data, device.faults.due('bad_checksum') ? WRONG_CRC : 0)
    const sent = device.faults.due('cut') ? packet.subarray(0, device.faults.cutAt(packet.length)) : packet
    if (!device.state.quirks.one_byte_writes) return write(sent)
    for (const byte of sent) write(Uint8Array.of(byte))
  }

  const obey = (packet: Packet) => {
    const executed = execute(device, packet.data)
    const silent = device.faults.due('silence')
    const damaged = !silent && device.faults.due('nak')
    const number = following(link.last.number)
    const bytesOut = silent || damaged ? null : packetOf(number, executed.payload).length
    record(device, executed, packetOf(number, [...packet.data]).length, bytesOut)
    // What the device takes for damaged it drops without a word, and the number stays free.
    if (damaged) return
    const answer = link.answer(executed.payload)
    // Silent, but executed: the same number again gets this answer.
    if (silent) return
    const { delay_ms } = device.state.faults
    if (delay_ms === 0) return transmit(answer)
    executing = true
    stopDelay = device.clock.after(delay_ms, () => {
      executing = false
      transmit(answer)
      take(waiting.splice(0))
    })
  }

  const take = (bytes: Iterable<number>) => {
    for (const byte of bytes) {
      if (executing) {
        if (waiting.length < BUFFER_BYTES_MAX) waiting.push(byte)
        continue
      }
      const packet = reader.byte(byte)
      if (!packet) continue
      if (link.isNext(packet)) obey(packet)
      else transmit(link.last)
    }
    watch()
  }

  const watch = () => {
    stopTimer()
    if (reader.inPacket) stopTimer = device.clock.after(device.state.quirks.byte_timeout_ms, () => reader.reset())
  }

  /** What other programs left behind since the last look. */
  const lookAround = () => {
    const { last_packet_number: number, last_packet_answer: hex, foreign_pending_answer } = device.state.quirks
    if (`${number} ${hex}` !== planted) {
      planted = `${number} ${hex}`
      link.plant({ number, data: [...Buffer.from(hex.replace(/\s/g, ''), 'hex')] })
    }
    if (foreign(foreign_pending_answer)) link.answer(execute(device, DEVICE_TYPE_QUESTION).payload)
  }

  return {
    receive(bytes) {
      // Without power the numbering is lost; it begins anew.
      if (device.state.register.link === 'silent') link.plant(RESET)
      if (device.isSilent()) return reader.reset()
      lookAround()
      take(bytes)
    },
    close() {
      stopTimer()
      stopDelay()
    },
  }
}
