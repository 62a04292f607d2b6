import {
  detailOf,
  type EpochMs,
  FACT_TEXT_LENGTH_MAX,
  type FactName,
  messageOf,
  type WireFact,
  type WireItem,
} from '@tillwatch/shared'
import { PC_SLOT } from '../self/agent-facts.ts'

/** Facts that a probe gives, by the names of the dictionary. */
export type HostFacts = { readonly [name in FactName]?: WireFact }

/** Length of a slot on the wire. */
const SLOT_LENGTH_MAX = 64

const instant = (at: EpochMs): string => new Date(at).toISOString()

/** A place as the wire takes it. Of a longer one the middle goes: its end, a port or a serial, tells it from its neighbours. */
export const fitSlot = (slot: string): string =>
  slot.length <= SLOT_LENGTH_MAX
    ? slot
    : `${slot.slice(0, SLOT_LENGTH_MAX / 2 - 1)}~${slot.slice(-SLOT_LENGTH_MAX / 2)}`

/** Facts about the PC itself; its identity is told by the system probe. */
export const pcItem = (at: EpochMs, facts: HostFacts): WireItem => ({
  kind: 'pc',
  slot: PC_SLOT,
  id: null,
  at: instant(at),
  source: 'host',
  facts: { ...facts },
})

/** A service or a program on the PC, under its slot. */
export const serviceItem = (slot: string, at: EpochMs, facts: HostFacts): WireItem => ({
  kind: 'service',
  slot: fitSlot(slot),
  id: null,
  at: instant(at),
  source: 'host',
  facts: { ...facts },
})

/** A value that was not told, and why. */
export const untold = (reason: string): WireFact => ({ value: null, reason: reason.slice(0, 200) })

/** A value that the system did not let us know; its own words stand beside. */
export const systemFailed = (thrown: unknown): WireFact => ({
  value: null,
  reason: 'system_failed',
  raw: messageOf(thrown).slice(0, 200),
})

/** A value, or untold for the reason when there is none; texts are cut to what the wire carries. */
export function told(value: string | number | boolean | null | undefined, reason = 'not_told'): WireFact {
  if (value === null || value === undefined || value === '') return untold(reason)
  return typeof value === 'string' ? value.slice(0, FACT_TEXT_LENGTH_MAX) : value
}

/** One item for each place: later facts win, and a fact that is older than its item carries its own time. */
export function mergeItems(items: readonly WireItem[]): WireItem[] {
  const merged = new Map<string, WireItem>()
  for (const item of items) {
    const place = `${item.kind} ${item.slot}`
    const known = merged.get(place)
    merged.set(place, known ? mergeTwo(known, item) : item)
  }
  return [...merged.values()]
}

function mergeTwo(one: WireItem, other: WireItem): WireItem {
  const isOtherNewer = Date.parse(other.at) > Date.parse(one.at)
  const { at } = isOtherNewer ? other : one
  return {
    ...one,
    id: one.id ?? other.id,
    at,
    facts: { ...datedFacts(one, at), ...datedFacts(other, at) },
  }
}

const datedFacts = (item: WireItem, at: string): Record<string, WireFact> =>
  item.at === at
    ? item.facts
    : Object.fromEntries(Object.entries(item.facts).map(([name, fact]) => [name, { at: item.at, ...detailOf(fact) }]))
