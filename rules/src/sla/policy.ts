import type { RESPONSIBLE_ROLES } from '@tillwatch/shared/api'
import type { Bilingual, Priority } from '../model.ts'

/** What may stand in the way of a clock; each says which of the two counters stops (domain rulings 18.11–18.14). */
export const HOLDS = ['waiting', 'third_party', 'agreed_window', 'order', 'window', 'suppressed'] as const
export type Hold = (typeof HOLDS)[number]

/** Stages of work that an agreement may set a time for, besides reaction and solution. */
export const MILESTONES = ['owner', 'work_started', 'plan', 'triage'] as const
export type Milestone = (typeof MILESTONES)[number]

/** Whom a mark calls: lines of support, their head, and account managers of ours and of the client. */
export type Role = (typeof RESPONSIBLE_ROLES)[number]

export interface MilestoneLimit {
  readonly event: Milestone
  readonly limitMs: number
  readonly calendar: string
}

/** One line of an agreement. Times in working ms of the calendar named beside them. */
export interface SlaRow {
  /** The limit decides the deadline and "SLA met"; the target drives the warnings of reaction (domain ruling 18.3). */
  readonly reaction: { readonly targetMs: number; readonly limitMs: number; readonly calendar: string }
  /** `until`: what ends it. Without a time of solution the last milestone stands for it and stays out of solution figures (18.5). */
  readonly solution: { readonly limitMs: number; readonly calendar: string; readonly until: 'solved' | Milestone }
  readonly milestones: readonly MilestoneLimit[]
}

/** A share of a clock at which somebody is called, once for each incident. */
export interface SlaMark {
  readonly clock: 'reaction' | 'solution'
  readonly at: number
  readonly at_class_a?: number | undefined
  readonly calls: readonly Role[]
  readonly raises_line: boolean
}

/** For which incidents a policy is meant, from the narrowest to the widest. */
export type SlaScope =
  | { readonly contract: string; readonly service?: string | undefined }
  | { readonly client: string; readonly service?: string | undefined }
  | { readonly site_class: 'A' | 'B' | 'C' }
  | { readonly default: true }

/** A service level policy after checking. Plain data: it is pinned to an incident as it is at registration. */
export interface SlaPolicy {
  readonly id: string
  readonly title: Bilingual
  readonly calendar: string
  readonly rows: Readonly<Record<Priority, SlaRow>> & { readonly mass?: SlaRow; readonly critical?: SlaRow }
  readonly pauses: readonly Hold[]
  readonly marks: readonly SlaMark[]
  readonly scope: readonly SlaScope[]
}

/** Domain ruling 18.32. */
export const DEFAULT_MARKS: readonly (SlaMark & { calls: Role[] })[] = [
  { clock: 'reaction', at: 70, at_class_a: 50, calls: ['line1_lead'], raises_line: false },
  { clock: 'reaction', at: 100, calls: ['head'], raises_line: false },
  { clock: 'solution', at: 70, at_class_a: 50, calls: [], raises_line: true },
  { clock: 'solution', at: 100, calls: ['head'], raises_line: false },
  { clock: 'solution', at: 150, calls: ['account_manager', 'client_account_manager'], raises_line: false },
]

/** What an incident is, as far as its row depends on it. */
export interface SlaTerms {
  readonly priority: Priority
  readonly critical: boolean
  readonly mass: boolean
  /** A service request has the times of the lowest priority, whatever its own (domain ruling 18.51). */
  readonly request?: boolean
}

/** The priority whose row holds. */
export const rowPriorityOf = ({ priority, request }: Pick<SlaTerms, 'priority' | 'request'>): Priority =>
  request ? 4 : priority

/**
 * The row that holds for an incident: `critical` wins over `mass`, both over the priority; where one of the two is missing, the row of the
 * priority with its reaction target as limit (domain ruling 18.44).
 */
export function rowOf({ rows }: Pick<SlaPolicy, 'rows'>, terms: SlaTerms): SlaRow {
  const { critical, mass } = terms
  const row = rows[rowPriorityOf(terms)]
  if (!critical && !mass) return row
  const special = critical ? (rows.critical ?? (mass ? rows.mass : undefined)) : rows.mass
  if (special) return special
  return { ...row, reaction: { ...row.reaction, limitMs: row.reaction.targetMs } }
}

/** Times that a service of a contract promises by itself: they shorten every row, and lengthen none. Null: not promised. */
interface ServiceLimits {
  readonly reactionMs: number | null
  readonly solutionMs: number | null
}

/** The policy with the times of a service. */
export function withService(policy: SlaPolicy, { reactionMs, solutionMs }: ServiceLimits): SlaPolicy {
  const shorten = (row: SlaRow): SlaRow => {
    const { reaction, solution } = row
    const limitMs = Math.min(reaction.limitMs, reactionMs ?? reaction.limitMs)
    return {
      ...row,
      reaction: { ...reaction, limitMs, targetMs: Math.min(reaction.targetMs, limitMs) },
      // A promised time of solution is one: a milestone no longer stands for it.
      solution:
        solutionMs === null
          ? solution
          : {
              ...solution,
              until: 'solved',
              limitMs: Math.min(solution.until === 'solved' ? solution.limitMs : solutionMs, solutionMs),
            },
    }
  }
  const rows = Object.fromEntries(Object.entries(policy.rows).map(([key, row]) => [key, shorten(row)]))
  return { ...policy, rows: rows as unknown as SlaPolicy['rows'] }
}
