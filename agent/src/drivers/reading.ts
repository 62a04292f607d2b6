import type { EpochMs, FactName, FactValue, Source } from '@tillwatch/shared'

/** One fact as a driver read it. A value that the device cannot give is null with the reason. */
export interface FactReading {
  readonly value: FactValue
  readonly at: EpochMs
  readonly reason?: string
  /** The vendor's own code beside states and flags. */
  readonly raw?: string | number
  /** Who told it, where several may. */
  readonly source?: Source
}
export type FactReadings = ReadonlyMap<FactName, FactReading>
