import { z } from 'zod'
import { bilingual } from './problem.ts'

/** GET /api/priority-method: how a priority is worked out, in words that a client can read (R44). */
export const priorityMethod = z.object({
  levels: z.array(z.object({ priority: z.number().int(), name: bilingual, meaning: bilingual })),
  sections: z.array(z.object({ title: bilingual, lines: z.array(bilingual) })),
})
export type PriorityMethod = z.infer<typeof priorityMethod>
