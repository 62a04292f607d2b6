import type { DatabaseSync } from 'node:sqlite'

/** What is counted for operators, for ever. */
export const NOISE_COUNTERS = ['flood_held', 'flood_digests', 'mass_raised', 'mass_children'] as const
export type NoiseCounter = (typeof NOISE_COUNTERS)[number]

/** Counters that survive a restart: they live with what they count. */
export interface NoiseCounters {
  add(name: NoiseCounter, by?: number): void
}

/** How noise stands, for metrics. Lives in the state thread as `noise`. */
export interface NoiseNumbers {
  counts(): Promise<NoiseCounts>
}

export interface NoiseCounts {
  readonly totals: Readonly<Record<NoiseCounter, number>>
  /** Tickets that wait because too many came at once. */
  readonly heldNow: number
  /** Mass incidents that are not over. */
  readonly massNow: number
}

/** The counters over an open connection of the state thread. */
export function createNoiseCounters(database: DatabaseSync): NoiseCounters & NoiseNumbers {
  const bump = database.prepare(
    'INSERT INTO noise_counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
  )
  const selectAll = database.prepare('SELECT name, value FROM noise_counters')
  const countHeld = database.prepare('SELECT count(*) AS n FROM flood_held')
  const countMass = database.prepare('SELECT count(*) AS n FROM mass_incidents WHERE next_at IS NOT NULL')
  return {
    add: (name, by = 1) => {
      bump.run(name, by)
    },
    counts: async () => {
      const values = new Map(selectAll.all().map(row => [String(row['name']), Number(row['value'])]))
      const totals = Object.fromEntries(NOISE_COUNTERS.map(name => [name, values.get(name) ?? 0]))
      return {
        totals: totals as NoiseCounts['totals'],
        heldNow: (countHeld.get() as { n: number }).n,
        massNow: (countMass.get() as { n: number }).n,
      }
    },
  }
}
