import { detailOf, type FactName, type WireItem } from '@tillwatch/shared'
import type { Problem } from '../drivers/driver.ts'
import type { DriverName } from '../drivers/registry.ts'
import { readRegister } from '../poll/read-register.ts'
import { rankOf } from '../poll/register-source.ts'
import type { LineAsking, WebAsking } from './asking.ts'
import { type FoundRegister, type FoundWay, mergeFound, type ReadWay } from './found-register.ts'
import { type LookWorld, lookAt, REST_MS, type Seen } from './look.ts'
import type { Place } from './places.ts'

/** What was seen at one place, and what was read there when a register was recognised. */
export interface Looked {
  readonly place: Place
  readonly seen: Seen
  readonly read: ReadPlace | null
}

/** A register read by its driver. */
export interface ReadPlace extends ReadWay {
  /** Null when the driver could not read it. */
  readonly item: WireItem | null
  /** What kept the driver from reading it. */
  readonly problem: Problem | null
}

/** What a search came to. */
export interface Discovery {
  readonly looked: readonly Looked[]
  readonly registers: readonly FoundRegister[]
}

/**
 * Looks at every place in turn and reads each register once, in as many holds as that takes. `known`: registers found before, whose
 * slots stay. Nothing is looked at behind the first place that an abort meets.
 */
export async function discover(
  places: readonly Place[],
  known: readonly FoundRegister[],
  world: LookWorld,
): Promise<Discovery> {
  const looked: Looked[] = []
  for (const place of places) {
    if (world.signal?.aborted) break
    const seen = await lookAt(place.address, place.askings, world)
    const read = seen.kind === 'recognised' ? await readAt(place, seen.asking, world) : null
    looked.push({ place, seen, read })
  }
  const reads = looked.flatMap(({ read }) => (read && isWorthPolling(read) ? read : []))
  return { looked, registers: mergeFound(known, reads) }
}

/** A register that is at work or wants another password is one; what only looked like one is not polled for ever. */
const isWorthPolling = ({ item, problem }: ReadPlace): boolean =>
  item !== null || problem?.code === 'register.password' || problem?.code === 'register.foreign_answer'

async function readAt(place: Place, asking: LineAsking | WebAsking, world: LookWorld): Promise<ReadPlace | null> {
  const { driver, variant } = asking
  if (!driver || variant === null) return null
  const { clock, open, signal } = world
  const baud = asking.kind === 'line' ? asking.baudRate : null
  const way: FoundWay = {
    driver: driver.name as DriverName,
    variant,
    port: place.port,
    baud,
    usb: place.usb,
    rank: rankOf(driver.source(place.address), place.address),
  }
  await clock.sleep(REST_MS, signal)
  const target = { slot: 'found', driver: way.driver, variant, port: way.port, ...(baud !== null && { baud }) }
  const read = await readRegister(target, clock, { open }, signal)
  if (!read.ok) throw read.error
  const { item, link, problems } = read.value
  return {
    way,
    serial: textOf(item, 'fiscal.register.serial') ?? item.id,
    fnSerial: textOf(item, 'fiscal.fn.serial'),
    model: textOf(item, 'fiscal.register.model'),
    item: link === 'ok' ? item : null,
    problem: link === 'ok' ? null : (problems[0] ?? { code: `register.${link}`, message: `link: ${link}` }),
  }
}

function textOf(item: WireItem, name: FactName): string | null {
  const fact = item.facts[name]
  const value = fact === undefined ? null : detailOf(fact).value
  return typeof value === 'string' && value !== '' ? value : null
}
