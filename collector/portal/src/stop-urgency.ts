const DAY_MS = 86_400_000

/** How a time to stop is coloured: `red` within 5 days (where rules call it critical), `yellow` within 14, `calm` beyond. */
export type Urgency = 'red' | 'yellow' | 'calm'

/** Urgency of a stop that is `leftMs` away; a passed one is red. */
export const urgencyOf = (leftMs: number): Urgency =>
  leftMs <= 5 * DAY_MS ? 'red' : leftMs <= 14 * DAY_MS ? 'yellow' : 'calm'
