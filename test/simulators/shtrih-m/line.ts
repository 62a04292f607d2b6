import type { Device, Line } from '../register.ts'
import { execute } from './commands.ts'
import { rising } from './edge.ts'
import { createDeviceLink, frameOf, type LinkEffect, NAK } from './link.ts'
import type { Quirks } from './quirks.ts'
import { record } from './record.ts'

const LATE_FF = 0xff
const NOISE = 0x00
const DEVICE_TYPE_QUESTION = Uint8Array.of(0xfc)
const FRAME_OVERHEAD = 3

/** One port of a Shtrih-M register: the handshake with time, faults and manners on the line around it. */
export function openLine(device: Device<Quirks>, write: (bytes: Uint8Array) => void): Line {
  const link = createDeviceLink()
  const owed = { foreign: rising(), ff: rising() }
  let held: Uint8Array = new Uint8Array()
  let stopTimer = () => {}
  let stopDelay = () => {}

  const put = (bytes: Uint8Array) => {
    const lateFf = owed.ff(device.state.quirks.owed_ff) ? [LATE_FF] : []
    const all = Uint8Array.of(...lateFf, ...held, ...bytes)
    held = new Uint8Array()
    if (!device.state.quirks.one_byte_writes) return write(all)
    for (const byte of all) write(Uint8Array.of(byte))
  }

  const control = (byte: number, answerFollows: boolean) => {
    const { ack_joined, noise_before_nak } = device.state.quirks
    if (byte === NAK && noise_before_nak) put(Uint8Array.of(NOISE, byte))
    else if (answerFollows && ack_joined) held = Uint8Array.of(byte)
    else put(Uint8Array.of(byte))
  }

  const transmit = (frame: Uint8Array) => {
    const spoilt = frame.slice()
    if (device.faults.due('bad_checksum')) spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 0xff
    put(device.faults.due('cut') ? spoilt.subarray(0, device.faults.cutAt(spoilt.length)) : spoilt)
  }

  const receive = (payload: Uint8Array) => {
    const executed = execute(device, payload)
    const silent = device.faults.due('silence')
    const refused = !silent && device.faults.due('nak')
    const answerBytes = executed.payload.length + FRAME_OVERHEAD
    record(device, executed, payload.length + FRAME_OVERHEAD, silent || refused ? null : answerBytes)
    if (silent) return link.ignore()
    if (refused) return perform(link.refuse())
    perform(link.accept(), true)
    const answer = () => {
      perform(link.answer(frameOf(executed.payload)))
      watch()
    }
    const { delay_ms } = device.state.faults
    if (delay_ms === 0) answer()
    else stopDelay = device.clock.after(delay_ms, answer)
  }

  const perform = (effects: readonly LinkEffect[], answerFollows = false) => {
    for (const [index, effect] of effects.entries()) {
      if (effect.kind === 'control') control(effect.byte, answerFollows || index < effects.length - 1)
      else if (effect.kind === 'transmit') transmit(effect.frame)
      else if (effect.kind === 'received') receive(effect.payload)
      else if (device.state.quirks.tcp_extra_ff) write(Uint8Array.of(LATE_FF))
    }
  }

  const watch = () => {
    stopTimer()
    const { byte_timeout_ms, ack_timeout_ms } = device.state.quirks
    if (link.waitsFor === null) return
    stopTimer = device.clock.after(link.waitsFor === 'byte' ? byte_timeout_ms : ack_timeout_ms, () =>
      perform(link.expire()),
    )
  }

  return {
    receive(bytes) {
      if (device.isSilent()) return
      if (owed.foreign(device.state.quirks.foreign_pending_answer))
        link.plant(frameOf(execute(device, DEVICE_TYPE_QUESTION).payload))
      for (const byte of bytes) perform(link.byte(byte))
      watch()
    },
    close() {
      stopTimer()
      stopDelay()
    },
  }
}
