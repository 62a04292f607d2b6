import { AppError, type EpochMs } from '@tillwatch/shared'
import type { ActorSide } from '@tillwatch/shared/api'
import { type Incident, isActive, type Step, type UnfixedPolicy } from './incident.ts'

/** Who acts: the name for the audit trail, and on whose side. */
export interface Actor {
  readonly name: string
  readonly side: ActorSide
  /** The desk in which it was done: it is not told of it. */
  readonly desk?: string
}

/** Support and the service partner work on incidents; what clients and robots do is no reaction. */
export const worksOnIt = (side: ActorSide): boolean => side === 'support' || side === 'partner'

/** What an act needs to know beside the incident. */
export interface ActContext {
  readonly now: EpochMs
  /** The same time of day so many working days later, by the calendar of the tenant. */
  readonly workingDaysLater: (at: EpochMs, days: number) => EpochMs
  /** What its tenant wants of one that is solved while the fault lasts. */
  readonly unfixedPolicy: UnfixedPolicy
  /** Zone of the site, for moments that people read. */
  readonly timezone: string
  /** The id of the tenant's incident of that number, null when there is none. */
  readonly idOfNumber: (number: number) => string | null
}

/** What a move by a person changes, before the due time is worked out. */
export type Draft = Pick<Step, 'entries' | 'events'> & { readonly change: Partial<Incident> }

/** Throws `incident.finished` for one that is solved or closed. */
export function requireActive(incident: Incident): void {
  if (isActive(incident)) return
  throw new AppError('incident.finished', `incident ${incident.number} is already ${incident.status}`, {
    nextStep: 'Reopen it first.',
  })
}
