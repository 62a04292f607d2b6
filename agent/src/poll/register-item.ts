import {
  type EpochMs,
  FACT_TEXT_LENGTH_MAX,
  type FactName,
  type Source,
  type WireFact,
  type WireFactDetail,
  type WireItem,
} from '@tillwatch/shared'
import type { RegisterLink, RegisterReading } from '../drivers/driver.ts'
import type { FactReading, FactReadings } from '../drivers/reading.ts'

/** Facts read within a second of the item's time go without their own time. */
const SAME_TIME_MS = 1_000

/** What one hold of the port cost. */
export interface PollCost {
  readonly heldMs: number
  readonly bytesCount: number
  readonly commandsCount: number
}

const instant = (at: EpochMs) => new Date(at).toISOString()

/** Where a reading comes from: a place on this PC, and who answered there. */
export interface Origin {
  readonly slot: string
  readonly source: Source
}

/** A reading as it goes on the wire: each fact bare, or with what differs from its item. */
export function itemOf(
  { slot, source }: Origin,
  at: EpochMs,
  reading: Pick<RegisterReading, 'facts' | 'link' | 'serial'>,
  cost: PollCost | null,
): WireItem {
  const facts = { ...factsOf(reading.facts, at, source), 'fiscal.register.link': reading.link, ...costFacts(cost) }
  return { kind: 'register', slot, id: reading.serial, at: instant(at), source, facts }
}

/** A poll that gave no facts: only what came of the link, and what it cost. */
export const linkItem = (
  { slot, source }: Origin,
  at: EpochMs,
  link: RegisterLink | WireFactDetail,
  serial: string | null,
  cost: PollCost | null = null,
): WireItem => ({
  kind: 'register',
  slot,
  id: serial,
  at: instant(at),
  source,
  facts: { 'fiscal.register.link': link, ...costFacts(cost) },
})

const costFacts = (cost: PollCost | null): Record<string, WireFact> =>
  cost
    ? {
        'fiscal.poll.port_held_ms': Math.round(cost.heldMs),
        'fiscal.poll.bytes': cost.bytesCount,
        'fiscal.poll.commands': cost.commandsCount,
      }
    : {}

/** Facts in wire form, relative to an item's time and source. */
const factsOf = (facts: FactReadings, itemAt: EpochMs, source: Source): Record<string, WireFact> =>
  Object.fromEntries([...facts].map(([name, fact]) => [name, wireFact(name, fact, itemAt, source)]))

function wireFact(name: FactName, fact: FactReading, itemAt: EpochMs, itemSource: Source): WireFact {
  const value = typeof fact.value === 'string' ? fact.value.slice(0, FACT_TEXT_LENGTH_MAX) : fact.value
  const wireValue = typeof value === 'object' && value !== null ? [...value] : value
  // The device's clock is judged against the very instant at which it was read.
  const ageMs = Math.abs(itemAt - fact.at)
  const detail = {
    ...(fact.reason !== undefined && { reason: fact.reason.slice(0, 200) }),
    ...(fact.raw !== undefined && { raw: fact.raw }),
    ...(fact.source !== undefined && fact.source !== itemSource && { source: fact.source }),
    ...((ageMs >= SAME_TIME_MS || (name === 'fiscal.register.clock_at' && ageMs > 0)) && { at: instant(fact.at) }),
  }
  return Object.keys(detail).length > 0 ? { value: wireValue, ...detail } : wireValue
}
