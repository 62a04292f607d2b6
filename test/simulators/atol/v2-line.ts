import type { Device, Line } from '../register.ts'
import { execute, record } from './commands.ts'
import type { Quirks } from './quirks.ts'
import { ENQ, frameOf } from './v2-frames.ts'
import { createDeviceLink, type LinkEffect } from './v2-link.ts'
import { createWire } from './wire.ts'

/** Access password and command. */
const REQUEST_BYTES_MIN = 3

/** One port of an ATOL register that speaks transport 2: the handshake with time, faults and manners around it. */
export function openLine(device: Device<Quirks>, write: (bytes: Uint8Array) => void): Line {
  const link = createDeviceLink()
  const wire = createWire(device, write)
  let answer: readonly number[] = []
  let collisions = 0
  let stopTimer = () => {}
  let stopDelay = () => {}

  const receive = (data: Uint8Array) => {
    if (data.length < REQUEST_BYTES_MIN) return perform(link.refuse())
    const executed = execute(device, data)
    const silent = device.faults.due('silence')
    const damaged = !silent && device.faults.due('nak')
    if (silent || damaged) record(device, executed, data.length, null)
    else record(device, executed, data.length)
    if (silent) return link.ignore()
    if (damaged) return perform(link.refuse())
    answer = executed.answer
    perform(link.accept())
  }

  const carryOut = () => {
    const offer = () => {
      perform(link.answer(answer))
      watch()
    }
    const { delay_ms } = device.state.faults
    if (delay_ms === 0) offer()
    else stopDelay = device.clock.after(delay_ms, offer)
  }

  const perform = (effects: readonly LinkEffect[]) => {
    const { repeats_enq, forgets_dle } = device.state.quirks
    for (const effect of effects) {
      if (effect.kind === 'received') receive(effect.data)
      else if (effect.kind === 'execute') carryOut()
      else if (effect.kind === 'transmit')
        wire.frame(damage => frameOf(effect.answer, { damage, forgetsDle: forgets_dle }))
      else wire.control(...(effect.byte === ENQ && repeats_enq ? [ENQ, ENQ] : [effect.byte]))
    }
  }

  const watch = () => {
    stopTimer()
    if (link.waitMs === null) return
    stopTimer = device.clock.after(link.waitMs, () => {
      perform(link.expire())
      watch()
    })
  }

  return {
    receive(bytes) {
      if (device.isSilent()) return
      for (const byte of bytes) {
        if (byte === ENQ && collisions < device.state.quirks.collisions) {
          collisions += 1
          wire.control(ENQ)
        } else perform(link.byte(byte))
      }
      watch()
    },
    close() {
      stopTimer()
      stopDelay()
    },
  }
}
