import type { FactState } from '@tillwatch/rules'
import { FACTS_PER_ITEM_MAX, isSwitchedOff } from '@tillwatch/shared'
import type { AcceptedFact, AcceptedItem, AcceptedMessage } from '../ingest/batch.ts'

/** Place of a message in its agent's order. */
export interface Order {
  readonly agentId: string
  readonly epoch: number
  readonly seq: number
}

export type FactTable = Record<string, FactState>

/**
 * Whether a message is news for an item whose newest facts came at `last`. Inside an agent (epoch, seq) decides, never the clock; a
 * snapshot, or what a job derived, is news also at the number it shares with the last message before it. From another agent (a register that was moved) the time
 * of reading decides.
 */
export function isNews(
  message: Pick<AcceptedMessage, 'agentId' | 'epoch' | 'seq' | 'kind'>,
  item: Pick<AcceptedItem, 'at'>,
  last: Order & { readonly factsAt: number },
): boolean {
  if (message.agentId !== last.agentId) return item.at > last.factsAt
  if (message.epoch !== last.epoch) return message.epoch > last.epoch
  const isBeside = message.kind === 'snapshot' || message.kind === 'derived'
  return isBeside ? message.seq >= last.seq : message.seq > last.seq
}

export const factStateOf = (fact: AcceptedFact, receivedAt: number): FactState => ({
  value: fact.value,
  at: fact.at,
  receivedAt,
  source: fact.source,
  ...(fact.reason === undefined ? {} : { reason: fact.reason }),
  ...(fact.raw === undefined ? {} : { raw: fact.raw }),
})

/** Names that an item keeps: the dictionary has about sixty; an agent that invents names must not fill its row. */
const NAMES_MAX = 2 * FACTS_PER_ITEM_MAX

/** States of a moment: what they said last means nothing once nobody looks. Dates and names stay what they are. */
const MOMENTARY = /^fiscal\.(register\.(link|mode|error|paper|cover)$|shift\.|ofd\.(unsent|first_unsent)|marking\.)/

/** A state that is not asked for on purpose is not known any more, so that it raises nothing while its check is switched off. */
const isLetGo = (name: string, { reason }: AcceptedFact): boolean => isSwitchedOff(reason) && MOMENTARY.test(name)

/** Facts of the drive itself: those of the old one say nothing of the new one. */
const DRIVE_FACTS = 'fiscal.fn.'

/**
 * Puts an item's facts into its table. What the device could not tell this time leaves what is known as it is: it grows stale instead
 * of being forgotten. Facts of a drive that was replaced are dropped, and new names beyond the cap.
 */
export function mergeFacts(table: FactTable, item: AcceptedItem, receivedAt: number): void {
  const known = table['fiscal.fn.serial']?.value
  const serial = item.facts['fiscal.fn.serial']?.value
  if (typeof known === 'string' && typeof serial === 'string' && known !== serial) {
    for (const name of Object.keys(table)) if (name.startsWith(DRIVE_FACTS)) delete table[name]
  }
  let count = Object.keys(table).length
  for (const [name, fact] of Object.entries(item.facts)) {
    const couldNotTell = fact.value === null && fact.reason !== undefined && !isLetGo(name, fact)
    const old = table[name]
    if (couldNotTell && old && old.value !== null) continue
    if (!old && count >= NAMES_MAX) continue
    if (!old) count++
    table[name] = factStateOf(fact, receivedAt)
  }
}

/** Equality of fact values; sets are sorted on the wire. */
export const sameValue = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
