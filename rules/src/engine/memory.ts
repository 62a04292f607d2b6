import type { EpochMs } from '@tillwatch/shared'
import { z } from 'zod'
import type { RuleState } from '../model.ts'

const text = z.object({ ru: z.string(), en: z.string() })
const latch = z.object({
  /** Since when the level counts; null while it does not. */
  on: z.number().nullable(),
  /** Since when its set condition has been true without a break. */
  up: z.number().nullable(),
  /** Since when its clear condition has been true without a break. */
  down: z.number().nullable(),
})
export type Latch = z.infer<typeof latch>

const memory = z.object({
  subject: z.string(),
  /** Does the raw state say "bad", before any hold? */
  raw: z.boolean(),
  /** Changes of the raw state, newest last. */
  changes: z.array(z.number()),
  /** Since when `when` has been true without a break; null while it is not. */
  active: z.number().nullable(),
  onset: z.number().nullable(),
  since: z.number().nullable(),
  flapUntil: z.number().nullable(),
  latches: z.record(z.string(), latch),
  /** What was last said, for the time when the facts are unknown. */
  shown: z.object({ key: z.string(), title: text, explanation: text, value: z.number().nullable() }).nullable(),
})
/** What the engine remembers about one rule on one item. */
export type RuleMemory = z.infer<typeof memory>

export const freshMemory = (subject: string): RuleMemory => ({
  subject,
  raw: false,
  changes: [],
  active: null,
  onset: null,
  since: null,
  flapUntil: null,
  latches: {},
  shown: null,
})

/** A copy that may be changed. */
export const copyMemory = (from: RuleMemory): RuleMemory => ({
  ...from,
  changes: [...from.changes],
  latches: Object.fromEntries(Object.entries(from.latches).map(([name, latch]) => [name, { ...latch }])),
})

/** The memory of one rule out of stored state; null when there is none or an older program wrote another shape. */
export function memoryOf(state: RuleState | null, rule: string): RuleMemory | null {
  const stored = state?.[rule]
  if (stored === undefined) return null
  const parsed = memory.safeParse(stored)
  return parsed.success ? parsed.data : null
}

/** Nothing to remember: nothing is bad, pending or recent. */
export const isBlank = (memory: RuleMemory, now: EpochMs): boolean =>
  !memory.raw &&
  memory.active === null &&
  memory.since === null &&
  (memory.flapUntil === null || memory.flapUntil <= now) &&
  memory.changes.length === 0
