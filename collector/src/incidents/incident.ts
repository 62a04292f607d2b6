import type { Bilingual, Condition, Priority, PriorityVerdict, TimeToStop } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type {
  ActorSide,
  IncidentCategory,
  IncidentKind,
  IncidentSource,
  IncidentStatus,
  IncidentType,
  PendingParty,
  Resolution,
  ResolutionMode,
  SupportLine,
} from '@tillwatch/shared/api'

const HOUR_MS = 3_600_000
/** A fault that returns this long after Solved reopens its incident (start included, end excluded); later it opens a new one. */
export const REOPEN_WINDOW_MS = 72 * HOUR_MS
/** Solved is closed by itself after this long. */
export const AUTO_CLOSE_MS = 72 * HOUR_MS
/** At most one follow-up an hour, unless the priority rises. */
export const FOLLOW_UP_MS = HOUR_MS
/** A person solved while the fault lasts: how long the machine waits before it reopens, by priority. */
export const unfixedGraceMs = (priority: Priority): number => (priority <= 2 ? 2 * HOUR_MS : 24 * HOUR_MS)
/** Unfixed reopens come at most once a day. */
export const UNFIXED_EVERY_MS = 24 * HOUR_MS
/**
 * What the machine does about an incident that a person solved while its fault lasts: reopens it at once, or when the fault outlasts a time
 * of grace, or only when it grows to where it stops the work.
 */
export const UNFIXED_POLICIES = ['at_once', 'after_grace', 'never'] as const
export type UnfixedPolicy = (typeof UNFIXED_POLICIES)[number]
/** After the third return in seven days an incident stays open until it was good for a whole day. */
export const RETURNS_MAX = 3
export const RETURNS_WINDOW_MS = 7 * 24 * HOUR_MS
export const STEADY_MS = 24 * HOUR_MS

/** Name under which the machine acts in the audit trail. */
export const MACHINE = 'tillwatch'

/** A condition as an incident keeps it. `unproved`: it held when it was last judged, and its facts are unknown or stale now. */
export interface HeldCondition extends Condition {
  readonly unproved?: true
}

/** A thing that people work on: one cause at one place, from its first sight to Closed. Plain data; changed only by the machine's functions. */
export interface Incident {
  readonly id: string
  readonly tenantId: string
  readonly number: number
  readonly dedupKey: string
  /** Counts the incidents of one dedup key, from 1. */
  readonly episode: number
  /** What desks are searched by. Stable for the whole life of the incident. */
  readonly deskKey: string
  readonly itemId: string
  readonly agentId: string
  /** Whose and where it was when it was opened; null while the directory does not know the place. */
  readonly clientId: string | null
  readonly siteId: string | null
  readonly subject: string
  readonly causeClass: string
  readonly kind: IncidentKind
  readonly type: IncidentType
  readonly category: IncidentCategory
  readonly source: IncidentSource
  readonly line: SupportLine
  readonly status: IncidentStatus
  readonly resolution: Resolution | null
  /** How it was solved and on which line; null until Solved, and when nobody acted. */
  readonly resolutionMode: ResolutionMode | null
  readonly solvedByLine: SupportLine | null
  /** The line on which a person acted last. */
  readonly actedLine: SupportLine | null
  /** The incident that it repeats, when it ended as a duplicate. */
  readonly duplicateOf: string | null
  /** True while a condition of the class holds, whatever the status says. */
  readonly firing: boolean
  readonly priority: Priority
  /** What the method gives now; shown apart, since `priority` never falls while the incident is open. */
  readonly priorityComputed: Priority
  /** The last priority that desks were told. */
  readonly priorityTold: Priority
  readonly priorityReason: Bilingual
  /** What a person set: the method may go above it, never below; null while nobody has. */
  readonly priorityManual: Priority | null
  /** Who set it by hand. */
  readonly priorityAuthor: string | null
  /** Whose word it is: support's stands against a client's or a partner's. */
  readonly prioritySide: ActorSide | null
  /** What was computed when it was set by hand. */
  readonly priorityOverrideOf: Priority | null
  readonly priorityManualAt: EpochMs | null
  readonly title: Bilingual
  readonly explanation: Bilingual
  readonly expected: Bilingual
  readonly component: Bilingual
  readonly runbook: string
  readonly timeToStop: TimeToStop | null
  /** The conditions of the class that held when last looked. */
  readonly conditions: readonly HeldCondition[]
  /** Mandatory fields that nobody has filled in the directory. */
  readonly gaps: readonly Bilingual[]
  readonly onsetAt: EpochMs
  readonly openedAt: EpochMs
  readonly reactedAt: EpochMs | null
  /** Our record of Solved: the reopen window runs from here. */
  readonly solvedAt: EpochMs | null
  /** When the work was done: a person's word, or the first good reading of the run that cleared the fault. Never before `openedAt`. */
  readonly executedAt: EpochMs | null
  readonly closedAt: EpochMs | null
  readonly changedAt: EpochMs
  /** Since when it is good while it is kept open to prove itself steady. */
  readonly goodSince: EpochMs | null
  /** Since when its readings are good while the hold of the clearing runs: clocks and steps stand still meanwhile. */
  readonly clearingSince: EpochMs | null
  /** A person keeps it open whatever the readings say. */
  readonly pinned: boolean
  readonly solvedBy: string | null
  readonly assignee: string | null
  readonly silencedUntil: EpochMs | null
  readonly silenceReason: string | null
  /** Nothing new is opened for its key: until the fault clears and comes back, and at the latest until `mutedUntil`. */
  readonly muted: boolean
  readonly mutedUntil: EpochMs | null
  /** Since when a question to the client is open. */
  readonly waitingSince: EpochMs | null
  /** The question itself. */
  readonly waitingFor: string | null
  /** When to remind, to remind again, and to give up; null unless Waiting. */
  readonly waitingMarks: readonly EpochMs[] | null
  /** How many reminders were sent. */
  readonly waitingReminders: number
  /** Whom else the work waits for while In work. */
  readonly pendingOn: PendingParty | null
  /** How much work people think it is, minutes. */
  readonly estimateMinutes: number | null
  readonly criticalAt: EpochMs | null
  /** Who set it: a person or the machine. */
  readonly criticalBy: string | null
  readonly criticalReason: Bilingual | null
  readonly reopensHuman: number
  readonly reopensUnfixed: number
  readonly reopensReturn: number
  /** Returns while the state flapped: no figure counts them. */
  readonly reopensFlap: number
  readonly unfixedAt: EpochMs | null
  /** What the tenant wanted when a person solved it last; null until then. */
  readonly unfixedPolicy: UnfixedPolicy | null
  /** Instants of the latest returns, for the rule of the third return. */
  readonly returns: readonly EpochMs[]
  readonly followUpAt: EpochMs | null
  /** Something was worth telling while follow-ups were held back. */
  readonly followUpOwed: boolean
  /** The earlier incident of the same cause, when this one came after the reopen window. */
  readonly previousId: string | null
  /** What desks are not told of it for, such as the mass incident above it; null once they may hear. */
  readonly untold: string | null
  /** The mass incident that it belongs to. */
  readonly parentId: string | null
  readonly nextDueAt: EpochMs | null
}

/** One line of the audit trail. */
export interface TimelineDraft {
  readonly kind: TimelineKind
  readonly actor: string
  readonly text: Bilingual
}
export type TimelineKind =
  | 'opened'
  | 'worsened'
  | 'eased'
  | 'note'
  | 'priority'
  | 'taken'
  | 'comment'
  | 'waiting'
  | 'silenced'
  | 'solved'
  | 'reopened'
  | 'closed'
  | 'ticket'
  | 'delivery_failed'
  | 'escalated'
  | 'line'
  | 'details'
  | 'pinned'
  | 'critical'

/** Something that every desk is to hear. */
export interface EventDraft {
  readonly kind: 'open' | 'comment' | 'priority' | 'solve' | 'reopen'
  readonly text: Bilingual
}

/** What one move of the machine gives: the next incident, what the audit trail says of it, what the desks are told. */
export interface Step {
  readonly incident: Incident
  readonly entries: readonly TimelineDraft[]
  readonly events: readonly EventDraft[]
}

/** What an evaluation says about one cause now. No conditions means: nothing of the class is bad. */
export interface Observation {
  readonly now: EpochMs
  readonly conditions: readonly HeldCondition[]
  /** Present whenever there are conditions. */
  readonly verdict: PriorityVerdict | null
  readonly timeToStop: TimeToStop | null
}

/** Does it hold others together? A mass incident is about no item of its own. */
export const isMass = ({ itemId }: Pick<Incident, 'itemId'>): boolean => itemId.startsWith('mass:')

export const isActive = (incident: Pick<Incident, 'status'>): boolean =>
  incident.status === 'open' || incident.status === 'in_work' || incident.status === 'waiting'

/** Facts that are gone neither solve a fault nor prove that it lasts. */
export const isProved = (conditions: readonly HeldCondition[]): boolean =>
  conditions.some(condition => !condition.unproved)

/**
 * Something reads bad now. What reads good and only waits for the hold of its clearing opens nothing: it may have been held back until it
 * was over.
 */
export const isBadNow = (conditions: readonly HeldCondition[]): boolean =>
  conditions.some(({ unproved, clearingSince }) => !unproved && clearingSince === undefined)

/** Ended by a word that is no solution: outside service figures, and no machine opens it again. */
export const isDiscarded = ({ resolution }: Pick<Incident, 'resolution'>): boolean =>
  resolution === 'cancelled' || resolution === 'duplicate' || resolution === 'rejected' || resolution === 'withdrawn'

/** A person ended it as solved while its fault lasts. */
export const isUnfixed = (incident: Incident): boolean =>
  incident.firing && !isActive(incident) && !isDiscarded(incident)

/** Finished, and yet the facts show that the fault lasts. */
export const isStillBad = (incident: Incident): boolean => isUnfixed(incident) && isProved(incident.conditions)

export const isSilenced = (incident: Incident, now: EpochMs): boolean =>
  incident.silencedUntil !== null && now < incident.silencedUntil

/** Whether a return now belongs to this incident: it is unfinished, or Solved less than the window ago. */
export const takesReturn = (incident: Incident, now: EpochMs): boolean =>
  isActive(incident) ||
  (!isDiscarded(incident) && incident.solvedAt !== null && now < incident.solvedAt + REOPEN_WINDOW_MS)

/** How long it must be good before the machine solves it: a whole day after the third return in seven days. */
export const steadyMs = (incident: Incident, now: EpochMs): number =>
  incident.returns.filter(at => at > now - RETURNS_WINDOW_MS).length < RETURNS_MAX ? 0 : STEADY_MS

/** Since when all conditions have good readings and only the hold of their clearing runs; null while one is bad or unknown. */
export function clearingOf(conditions: readonly HeldCondition[]): EpochMs | null {
  const since = conditions.map(condition => (condition.unproved ? undefined : condition.clearingSince))
  return since.length > 0 && since.every(at => at !== undefined) ? Math.max(...since) : null
}

/** When time alone changes something about the incident; null when nothing does. */
export function nextDueOf(incident: Incident): EpochMs | null {
  const dues = isActive(incident) ? activeDues(incident) : finishedDues(incident)
  const known = dues.filter(due => due !== null)
  return known.length > 0 ? Math.min(...known) : null
}

function activeDues(incident: Incident): (EpochMs | null)[] {
  const { goodSince, pinned, silencedUntil, followUpOwed, followUpAt, waitingMarks, waitingReminders } = incident
  return [
    goodSince === null || pinned ? null : goodSince + steadyMs(incident, goodSince),
    silencedUntil ?? (followUpOwed && followUpAt !== null ? followUpAt + FOLLOW_UP_MS : null),
    waitingMarks?.[waitingReminders] ?? null,
  ]
}

function finishedDues(incident: Incident): (EpochMs | null)[] {
  const { status, solvedAt, mutedUntil } = incident
  const unfixedAt = solvedAt !== null && isStillBad(incident) ? unfixedDueAt(incident, solvedAt) : null
  if (unfixedAt !== null) return [unfixedAt]
  return [mutedUntil, status === 'solved' && solvedAt !== null ? solvedAt + AUTO_CLOSE_MS : null]
}

/**
 * When an incident that a person solved while its fault lasts is reopened by the machine; null: it is not. A fault that grew meanwhile waits
 * no longer.
 */
export function unfixedDueAt(incident: Incident, solvedAt: EpochMs): EpochMs | null {
  const { priority, priorityComputed, priorityManual, unfixedAt, unfixedPolicy } = incident
  const hasGrown = priorityManual === null && priorityComputed < priority
  if (unfixedPolicy === 'never' && !(hasGrown && priorityComputed === 1)) return null
  const present = hasGrown ? priorityComputed : priority
  const graceMs = unfixedPolicy === 'at_once' ? 0 : unfixedGraceMs(present)
  return Math.max(solvedAt + graceMs, unfixedAt === null ? 0 : unfixedAt + UNFIXED_EVERY_MS)
}
