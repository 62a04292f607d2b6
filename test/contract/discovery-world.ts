import { serialAskings } from '@tillwatch/agent/discovery/asking'
import type { LookWorld } from '@tillwatch/agent/discovery/look'
import { loadDrivers } from '@tillwatch/agent/drivers/registry'
import { readRegister } from '@tillwatch/agent/poll/read-register'
import { createLine } from '@tillwatch/agent/transport/line'
import type { OpenLine } from '@tillwatch/agent/transport/open-transport'
import { detailOf } from '@tillwatch/shared'
import { ManualClock, seededRandom } from '@tillwatch/shared/testing'
import { PROTOCOLS, type SimulatedProtocol } from '../simulators/protocols.ts'
import { createRegister } from '../simulators/register.ts'
import { createStormyWay } from './storm.ts'

export const drivers = await loadDrivers()
/** Everything that can be said to a device of bytes, each with the driver that says it. */
export const lineProbes = drivers.flatMap(driver =>
  driver.probes.flatMap(probe => (probe.kind === 'line' ? [{ driver, probe }] : [])),
)
export const webProbes = drivers.flatMap(driver =>
  driver.probes.flatMap(probe => (probe.kind === 'web' ? [{ driver, probe }] : [])),
)
export const everySerialAsking = serialAskings(drivers)

export const lineProtocols = PROTOCOLS.filter(protocol => protocol.openLine !== undefined)
export const webProtocols = PROTOCOLS.filter(protocol => protocol.webService !== undefined)
export const titleOf = ({ name, variant }: Pick<SimulatedProtocol, 'name' | 'variant'>) => `${name} ${variant}`

/** A simulated register inside the process, with a way to it and a clock that the test drives. */
export function deviceOf({ name, variant }: Pick<SimulatedProtocol, 'name' | 'variant'>, state: object = {}) {
  const clock = new ManualClock()
  const register = createRegister({ protocol: name, variant, clock, state })
  const way = createStormyWay(register, clock, seededRandom(1))
  const world: LookWorld = { clock, open: way.open, holderOf: async () => null }
  return { clock, register, world }
}

const STEP_MS = 20
/** Turns that a request inside the process needs at most. */
const TURNS = 8

/** Lets simulated time pass until the work is settled. */
export async function passing<T>(work: Promise<T>, clock: ManualClock): Promise<T> {
  let isDone = false
  const done = () => {
    isDone = true
  }
  work.then(done, done)
  while (!isDone) {
    for (let turn = 0; turn < TURNS; turn++) await new Promise(resolve => setImmediate(resolve))
    if (!isDone) await clock.advance(STEP_MS)
  }
  return work
}

/** What its own driver reads of a device: link, serial, and what is wrong. */
export async function readBy(driver: string, variant: number, port: string, world: LookWorld) {
  const read = await readRegister({ slot: 'till', driver, variant, port }, world.clock, { open: world.open })
  if (!read.ok) throw read.error
  const { item, link, problems } = read.value
  const serial = detailOf(item.facts['fiscal.register.serial'] ?? null).value
  return { link, serial, problems: problems.map(({ code }) => code) }
}

/** A device that is none of ours: it hears bytes and may say some. */
export function strangerLine(hear: (bytes: Uint8Array, say: (bytes: Uint8Array) => void) => void): {
  readonly open: OpenLine
  readonly heard: number[]
  /** Says something without being asked, if the port is open. */
  say(bytes: Uint8Array): void
} {
  const heard: number[] = []
  let listener: ((bytes: Uint8Array) => void) | null = null
  const say = (bytes: Uint8Array) => listener?.(bytes)
  return {
    heard,
    say,
    open: (_address, settings, clock) =>
      createLine(
        {
          kind: 'serial',
          name: '/dev/ttyS0',
          baudRate: settings.baudRate,
          open: async to => {
            listener = to.bytes
          },
          write: bytes => {
            heard.push(...bytes)
            hear(bytes, say)
          },
          close: async () => {
            listener = null
          },
        },
        clock,
      ),
  }
}
