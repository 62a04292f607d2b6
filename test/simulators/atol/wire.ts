import type { Device } from '../register.ts'
import type { Quirks } from './quirks.ts'

const WRONG_CHECKSUM = 0xff

/** The device's way out: frames suffer the faults of the line, single control bytes do not. */
export interface Wire {
  /** Sends a frame; `build` lays its argument over the checksum. `more` follows at once and may leave in the same write. */
  frame(build: (damage: number) => Uint8Array, more?: boolean): void
  control(...bytes: number[]): void
}

export function createWire(device: Device<Quirks>, write: (bytes: Uint8Array) => void): Wire {
  const counts = { lose: 0, duplicate: 0 }
  let held: number[] = []

  const due = (fault: keyof typeof counts): boolean => {
    const period = device.state.quirks[`${fault}_every`]
    if (period === 0) return false
    counts[fault] += 1
    return counts[fault] % period === 0
  }
  const put = (bytes: Iterable<number>, more = false) => {
    const all = Uint8Array.of(...held, ...bytes)
    held = []
    if (more && device.state.quirks.joined_writes) held = [...all]
    else if (!device.state.quirks.one_byte_writes) write(all)
    else for (const byte of all) write(Uint8Array.of(byte))
  }

  return {
    frame(build, more) {
      const whole = build(device.faults.due('bad_checksum') ? WRONG_CHECKSUM : 0)
      const sent = device.faults.due('cut') ? whole.subarray(0, device.faults.cutAt(whole.length)) : whole
      if (due('lose')) return
      put(due('duplicate') ? [...sent, ...sent] : sent, more)
    },
    control: (...bytes) => put(bytes),
  }
}
