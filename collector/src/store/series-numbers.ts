import { type EpochMs, factDefinition, isFactName } from '@tillwatch/shared'
import type { AcceptedMessage } from '../ingest/batch.ts'

/** Roll-ups are by the hour of UTC. */
export const HOUR_MS = 3_600_000

/** One value for a chart. */
export interface SeriesNumber {
  readonly itemId: string
  readonly fact: string
  readonly at: EpochMs
  readonly value: number
}

/** The numbers of a message that are kept as series, by the dictionary of facts. */
export function numbersOf(message: AcceptedMessage): SeriesNumber[] {
  const numbers: SeriesNumber[] = []
  for (const { itemId, facts } of message.items) {
    for (const [fact, { value, at }] of Object.entries(facts)) {
      if (typeof value !== 'number' || !isFactName(fact) || factDefinition(fact).keep !== 'series') continue
      numbers.push({ itemId, fact, at, value })
    }
  }
  return numbers
}
