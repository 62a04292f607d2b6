import type { CanSellReason, EpochMs, FactValue, ItemKind, Source } from '@tillwatch/shared'

/** A text in both languages of the product. */
export interface Bilingual {
  readonly ru: string
  readonly en: string
}

/** One fact as the collector knows it. `at` is corrected to server time; `receivedAt` is when the collector heard it. */
export interface FactState {
  readonly value: FactValue
  readonly at: EpochMs
  readonly receivedAt: EpochMs
  readonly source: Source
  /** Present when the device could not tell: `value` is null then. */
  readonly reason?: string
  readonly raw?: string | number
}
export type Facts = Readonly<Record<string, FactState>>

/** Weekly opening hours in the site's zone: for each ISO weekday (1 = Monday) intervals `HH:mm-HH:mm`; an end at or before the start is next day. */
export interface OpeningHours {
  readonly week: Readonly<Record<1 | 2 | 3 | 4 | 5 | 6 | 7, readonly string[]>>
  /** Exceptions by local date; an empty list is a closed day. */
  readonly days?: Readonly<Record<string, readonly string[]>>
}

/** What the site passport says. A missing value is null and is said in texts, never guessed. */
export interface SiteView {
  readonly id: string
  readonly timezone: string
  readonly hours: OpeningHours | null
  readonly class: 'A' | 'B' | 'C' | null
  /** Number of sites of the client; 50 and more is a network. */
  readonly clientSites: number
  /** A new outlet is watched more closely until then; absent or null when it is not new. */
  readonly launchUntil?: EpochMs | null
}

/** One item (a register, a PC, a disk volume) and everything around it that a rule or a priority may look at. */
export interface ItemView {
  readonly id: string
  readonly kind: ItemKind
  readonly facts: Facts
  readonly site: SiteView | null
  /** For kind `pc`: when the agent was last heard and when this collector came up, by the collector's clock. */
  readonly presence: { readonly lastHeardAt: EpochMs; readonly collectorStartedAt: EpochMs } | null
  /** Phases 7 and 15 and a changed FN are normal until then (domain ruling 17.22). */
  readonly replacementUntil: EpochMs | null
  /** Another healthy register of the same entity at the site (domain ruling 17.13); the collector works it out. */
  readonly spare: boolean
}

export const LEVELS = ['minor', 'important', 'critical'] as const
export type Level = (typeof LEVELS)[number]
/** Beyond `critical`: does the register stop soon, or has it stopped? (`imminent` and `stopped` of the priority method.) */
export type Stop = 'none' | 'imminent' | 'stopped'

export const CAUSE_CLASSES = [
  'ofd',
  'fn_end',
  'fn_state',
  'link',
  'register_error',
  'shift',
  'clock_register',
  'clock_pc',
  'disk',
  'agent',
  'site_link',
  'config',
  /** No full daily set of checks. */
  'daily',
  /** A register that issues nothing while its site is open. */
  'sales',
  /** Programs beside the register: УТМ, ЛМ ЧЗ, services. */
  'program',
] as const
export type CauseClass = (typeof CAUSE_CLASSES)[number]

/** What part of the till a rule is about, and what kind of request its ticket is: two of the three classifiers of a ticket (R33, R34). */
export const CATEGORIES = [
  'ofd',
  'fiscal_drive',
  'register',
  'connection',
  'workstation',
  'program',
  'setup',
  'other',
] as const
export type Category = (typeof CATEGORIES)[number]
export const TICKET_TYPES = ['consultation', 'setting', 'enhancement', 'failure'] as const
export type TicketType = (typeof TICKET_TYPES)[number]

/** A rule that holds on an item, after its hold time: what is wrong, since when, how bad. */
export interface Condition {
  readonly rule: string
  readonly causeClass: CauseClass
  /** Identity within the class for the dedup key: the item id, or the FN serial in class `fn_end`. */
  readonly subject: string
  readonly level: Level
  readonly stop: Stop
  /** A way out on the spot exists (close the shift, put in paper): never Blocking (domain ruling 17.2). */
  readonly onSiteWorkaround: boolean
  /** First moment at which the rule's set condition was seen (before the hold), server time. */
  readonly onsetAt: EpochMs
  /** When the hold was over and the condition began to count. */
  readonly since: EpochMs
  /** The measured value behind it in the rule's unit, for charts and notes; null for states. */
  readonly value: number | null
  readonly title: Bilingual
  /** Why the rule fired, in words: value, level, hold, age of the facts. */
  readonly explanation: Bilingual
  readonly expected: Bilingual
  readonly component: Bilingual
  /** Path or address of the runbook. */
  readonly runbook: string
  /** As the rule classifies its ticket; absent in what an older program stored. */
  readonly category?: Category
  readonly type?: TicketType
  /** Present when it goes on growing over stale facts (domain ruling 17.12): when they were last known. At most priority 3. */
  readonly lastKnownAt?: EpochMs
  /** Present while the raw state flaps (domain ruling 17.10): it does not clear before 30 minutes of calm. */
  readonly flapping?: true
  /** Present while it reads good and only the hold of its clearing runs: the first good reading (domain ruling 18.24). */
  readonly clearingSince?: EpochMs
}

/** What changed in one evaluation. */
export interface Transition {
  readonly kind: 'raised' | 'worsened' | 'eased' | 'cleared'
  readonly condition: Condition
  readonly from: Level | null
  readonly to: Level | null
  /** Every transition explains itself. */
  readonly explanation: Bilingual
}

/** Memory of the engine for one item; plain JSON, kept by the collector between calls, opaque to it. */
export type RuleState = Readonly<Record<string, unknown>>

export interface Evaluation {
  readonly state: RuleState
  /** All conditions that hold now. */
  readonly conditions: readonly Condition[]
  readonly transitions: readonly Transition[]
  /** When time alone may change something (a hold runs out, an age passes a level); null when only new facts can. */
  readonly nextDueAt: EpochMs | null
  /** Rules that could not be judged and why (fact unknown, stale, rule failed): shown by `rules explain`. */
  readonly unjudged: readonly { readonly rule: string; readonly reason: Bilingual }[]
}

/** "Can it sell?" (domain ruling 17.14). */
export interface CanSell {
  readonly value: 'yes' | 'no' | 'unknown'
  readonly reasons: readonly CanSellReason[]
}

/** "Time to stop" of one register: the earliest of FN end, OFD lock and shift lock, with its reason (domain section 4). */
export interface TimeToStop {
  readonly at: EpochMs
  readonly reason: 'fn_date' | 'fn_documents' | 'fn_key_flag' | 'ofd_lock' | 'shift_lock' | 'disk_full' | 'stopped'
  readonly confidence: 'high' | 'medium' | 'low'
  readonly text: Bilingual
}

export type Priority = 1 | 2 | 3 | 4

export interface PriorityVerdict {
  readonly priority: Priority
  /** Why, in words that a client can read (R44). */
  readonly reason: Bilingual
}
