import type { Device, Line } from '../register.ts'
import { exchange } from './exchange.ts'
import { createInput, framed } from './framing.ts'
import type { Quirks } from './quirks.ts'

/** The service's TCP port. Each connection stands for itself: what a client that left was owed, nobody gets. */
export function openLine(device: Device<Quirks>, write: (bytes: Uint8Array) => void): Line {
  const input = createInput()
  const stops = new Set<() => void>()
  let stopTimer = () => {}

  const put = (bytes: Buffer) => {
    const size = device.state.quirks.piece_bytes || bytes.length
    for (let from = 0; from < bytes.length; from += size) write(Uint8Array.from(bytes.subarray(from, from + size)))
  }

  const answer = (text: string) => {
    const { trailing_nuls, nuls_counted } = device.state.quirks
    const bytes = framed(text, { nuls: text === '' ? 0 : trailing_nuls, counted: nuls_counted })
    put(device.faults.due('cut') ? bytes.subarray(0, device.faults.cutAt(bytes.length)) : bytes)
  }

  const take = (text: string) => {
    let stop: (() => void) | null = null
    stop = exchange(device, text, reply => {
      if (stop) stops.delete(stop)
      answer(reply)
    })
    if (stop) stops.add(stop)
  }

  const drop = () => {
    stopTimer()
    for (const stop of stops) stop()
    stops.clear()
    input.reset()
  }

  return {
    receive(bytes) {
      stopTimer()
      for (const text of input.push(bytes)) take(text)
      if (input.isInside) stopTimer = device.clock.after(device.state.quirks.byte_timeout_ms, () => input.reset())
    },
    left: drop,
    close: drop,
  }
}
