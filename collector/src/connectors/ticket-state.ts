import type { Priority } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { z } from 'zod'
import type { Ticket } from './connector.ts'

/** What a desk's status means to us, whatever it is called there. */
export type TicketPhase = 'open' | 'in_work' | 'waiting' | 'solved' | 'closed' | 'rejected'

/** One comment in a desk. */
export interface DeskComment {
  readonly id: string
  readonly at: EpochMs
  readonly author: string
  readonly text: string
  readonly internal: boolean
  /** True for one that we wrote: it must not come back as news. */
  readonly ours: boolean
}

/** A ticket as people left it in the desk. */
export interface TicketState {
  readonly ticket: Ticket
  /** The desk's own word. */
  readonly status: string
  readonly phase: TicketPhase
  /** Our level for the desk's priority; null when it stands for none of ours. */
  readonly priority: Priority | null
  readonly assignee: string | null
  /** Oldest first. */
  readonly comments: readonly DeskComment[]
  /** How the client rated the work, 1 to 5. */
  readonly rating: number | null
  readonly updatedAt: EpochMs
  /** The ticket that it was merged into. */
  readonly mergedInto: string | null
}

/** Names of a desk's statuses by what they mean; those of `solved` and `reopened` are also the ones that we set. */
export const phaseNames = (usual: { readonly [phase in 'inWork' | 'waiting' | 'rejected']: readonly string[] }) => ({
  in_work: z.array(z.string().min(1)).default([...usual.inWork]),
  waiting: z.array(z.string().min(1)).default([...usual.waiting]),
  rejected: z.array(z.string().min(1)).default([...usual.rejected]),
})

/** Statuses to enter, in this order, where a desk allows no direct way to the one that is wanted. */
export const waysThrough = z
  .strictObject({
    solved: z.array(z.string().min(1)).default([]),
    reopened: z.array(z.string().min(1)).default([]),
  })
  .prefault({})

/** The settings that `phaseNames` makes. */
export interface PhaseNames {
  readonly solved: string
  readonly in_work: readonly string[]
  readonly waiting: readonly string[]
  readonly rejected: readonly string[]
}

/** A moment as desks write it, ISO 8601 with its zone. */
export const deskMoment = z.string().transform(text => Date.parse(text))

/** The phase of a status: first as it is named in the settings, then by what the desk itself says of it. */
export function phaseOf(status: string, names: PhaseNames, isClosed: boolean): TicketPhase {
  if (names.rejected.includes(status)) return 'rejected'
  if (names.waiting.includes(status)) return 'waiting'
  if (names.in_work.includes(status)) return 'in_work'
  if (status === names.solved) return 'solved'
  return isClosed ? 'closed' : 'open'
}

/** The level whose word this is; the most urgent of several with the same word. */
export function levelOf<T>(word: T, levels: Readonly<Record<Priority, T>>): Priority | null {
  return ([1, 2, 3, 4] as const).find(level => levels[level] === word) ?? null
}

/** What is told of an internal comment that the desk, without a right or a setting, shows to clients. */
export const EXPOSED = 'clients can read an internal comment: give the account the right to private ones'

/** The mark by which a comment of ours is known, at the end of its text. */
export const eventMark = (eventId: string): string => `[${eventId}]`

const MARK = /\[tw-[^\s\]]+\]\s*$/
/** An answer by mail has our words, and our mark, quoted under a person's. */
const QUOTED = /^\s*>/

/** True for a text that ends with a mark of ours. */
export const isOurs = (text: string): boolean => MARK.test(text) && !QUOTED.test(lastLineOf(text))

const lastLineOf = (text: string): string => text.trimEnd().split('\n').at(-1) ?? ''
