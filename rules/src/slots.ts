import { assert, FACT_NAMES, type FactName } from '@tillwatch/shared'
import type { FactState, Facts } from './model.ts'

/** Facts of one item by the place of their names in the dictionary: rules look into them hundreds of times an evaluation, and an index costs a fraction of a name. */
export type Slots = readonly (FactState | undefined)[]

const SLOTS: ReadonlyMap<string, number> = new Map(FACT_NAMES.map((name, index) => [name, index]))

export const slotOf = (name: FactName): number => SLOTS.get(name) ?? -1

/** The name of the facts in a slot. */
export function factAt(slot: number): FactName {
  const name = FACT_NAMES[slot]
  assert(name !== undefined, 'slots come from names of the dictionary')
  return name
}

/** The known and the unknown facts of an item in their slots; names outside the dictionary have none. */
export function slotsOf(facts: Facts): Slots {
  const slots: (FactState | undefined)[] = new Array(FACT_NAMES.length).fill(undefined)
  for (const name in facts) {
    const slot = SLOTS.get(name)
    if (slot !== undefined) slots[slot] = facts[name]
  }
  return slots
}
