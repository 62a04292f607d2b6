import { z } from 'zod'
import { ACTOR_SIDES, priority } from './incident.ts'
import { apiInstant, bilingual } from './problem.ts'

/**
 * GET /api/reports/priority-overrides?from=&before= and the same with `.csv`: priorities that people set by hand in [from, before).
 * Raised: more urgent than the method said; inflated: raised, and the method never came to it.
 */
export const overrideQuery = z.object({ from: apiInstant, before: apiInstant })
export type OverrideQuery = z.infer<typeof overrideQuery>

const counts = {
  total: z.number().int(),
  raised: z.number().int(),
  lowered: z.number().int(),
  inflated: z.number().int(),
}
export const overrideReport = z.object({
  ...counts,
  /** By check and author, most overrides first. */
  groups: z.array(z.object({ ...counts, rule: z.string(), author: z.string() })),
  /** The latest ones; at most 500. */
  rows: z.array(
    z.object({
      at: apiInstant,
      incident: z.object({ id: z.string(), number: z.number().int(), title: bilingual }),
      client: z.string().nullable(),
      rule: z.string(),
      author: z.string(),
      side: z.enum(ACTOR_SIDES),
      computed: priority,
      set: priority,
      reason: bilingual,
      inflated: z.boolean(),
    }),
  ),
})
export type OverrideReport = z.infer<typeof overrideReport>
