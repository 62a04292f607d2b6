import { z } from 'zod'

/** Every error of the API: a stable code, words for people, the next step, and what was wrong with which field. */
export const problem = z.object({
  code: z.string(),
  message: z.string(),
  nextStep: z.string().optional(),
  fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})
export type Problem = z.infer<typeof problem>

/** A text in both languages of the product. */
export const bilingual = z.object({ ru: z.string(), en: z.string() })
export type BilingualText = z.infer<typeof bilingual>

/** Instants in the API are ISO 8601 in UTC; the browser shows them in the reader's or the site's zone. */
export const apiInstant = z.iso.datetime()

/** Opaque position after which the next page begins; null on the last page. */
export const page = <T extends z.ZodType>(row: T) =>
  z.object({ rows: z.array(row), next: z.string().nullable(), total: z.number().int() })
export const pageQuery = z.object({
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
