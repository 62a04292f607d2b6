import type { Bilingual, CauseClass, Priority } from '@tillwatch/rules'
import type { EpochMs, ItemKind } from '@tillwatch/shared'
import type { HeldCondition, Incident, TimelineDraft } from './incident.ts'

/** A cause for which there is no unfinished incident yet. */
export interface Candidate {
  readonly item: {
    readonly id: string
    readonly tenantId: string
    readonly agentId: string
    readonly kind: ItemKind
  }
  readonly dedupKey: string
  readonly subject: string
  readonly causeClass: CauseClass
  /** Those of the class that hold, at least one. */
  readonly conditions: readonly HeldCondition[]
  readonly priority: Priority
  /** It would reopen an incident that is Solved; rooms may only withhold that. */
  readonly isReturn: boolean
}

/** What becomes of a candidate. */
export type Admission =
  | { readonly kind: 'open' }
  /** Nothing is opened while something else explains the fault or people work there. `until`: when to look at the item again; null: when the room says so. */
  | { readonly kind: 'withheld'; readonly text: Bilingual; readonly until: EpochMs | null }
  /** Opened, its clocks run, but desks are not told before the room releases it. `by` names what it waits for. */
  | { readonly kind: 'untold'; readonly by: string; readonly text: Bilingual; readonly parentId: string | null }

/** One move of an incident, after it was written. `before` is null for a new one. */
export interface IncidentMove {
  readonly before: Incident | null
  readonly after: Incident
  readonly entries: readonly TimelineDraft[]
}

/**
 * What one part of the service (clocks, noise, problems …) adds to the life of incidents. Every method runs on the state thread inside the
 * caller's transaction, for every evaluation of a busy fleet: look-ups by key only, no walks over tables except in `wake`.
 */
export interface IncidentRoom {
  /** May a new incident be opened? The first room that does not say `open` decides. */
  admit?(candidate: Candidate, now: EpochMs): Admission
  /** Are the machine's own follow-ups about this incident held back now? A person's words and a rise to Blocking always pass. */
  hushes?(incident: Incident, now: EpochMs): boolean
  /**
   * Called once for every move that the audit trail tells, and for a change of `clearingSince` or `priorityComputed`, which has no entries.
   * May move other incidents, never this one.
   */
  moved?(move: IncidentMove, now: EpochMs): void
  /**
   * Does what is due by time, at least one thing, while `hasTime` says so; the ids of incidents that changed. One thing that fails is put off
   * and told by `failed`, so that it holds up nothing else; a room that throws is left alone for some minutes.
   */
  wake?(now: EpochMs, hasTime: () => boolean, failed: (failure: unknown) => void): readonly string[]
  /** When `wake` has something to do next. */
  nextDueAt?(): EpochMs | null
}

/** A fault whose incident is held back, as the page of its item shows it. */
export interface Withheld {
  readonly causeClass: CauseClass
  readonly text: Bilingual
  readonly until: EpochMs | null
}
