import type { EpochMs } from '@tillwatch/shared'
import type { Incident } from '../incidents/incident.ts'

/**
 * Why the steps of an incident stand still: work agreed with the client (the contract's clock stands too), other planned work, or a cause
 * that belongs to another incident (domain ruling 18.14).
 */
export interface Stillness {
  readonly why: 'agreed_window' | 'window' | 'suppressed'
  /** Since when; not later than the question. */
  readonly since: EpochMs
}

/** What noise control tells the clocks. Asked whenever an incident moves and before anybody is called. */
export interface Suppression {
  /** Null: nothing holds the incident back. */
  standsStill(incident: Incident, now: EpochMs): Stillness | null
}
