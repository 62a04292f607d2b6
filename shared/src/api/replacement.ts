import { z } from 'zod'

/** Query of both: months from the current one, and the language of the sheet. */
export const replacementQuery = z.object({
  months: z.coerce.number().int().min(1).max(36).default(6),
  lang: z.enum(['ru', 'en']).default('ru'),
})

/**
 * GET /api/replacements?months= and GET /api/replacements.xlsx: registers by the month in which their drive ends, by date, by documents or
 * by its key, whichever comes first, grouped by address. Overdue ones and ones without a date are their own groups, never dropped.
 */
export const replacementRow = z.object({
  itemId: z.string(),
  agentId: z.string(),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  fnSerial: z.string().nullable(),
  terminal: z.string().nullable(),
  client: z.string().nullable(),
  inn: z.string().nullable(),
  validUntil: z.string().nullable(),
  exhaustedAt: z.string().nullable(),
  endsAt: z.string().nullable(),
  limitedBy: z.enum(['date', 'documents', 'key', 'unknown']),
  confidence: z.enum(['high', 'medium', 'low']).nullable(),
  unsentDocuments: z.number().nullable(),
  lastDocument: z.number().nullable(),
  inProgressUntil: z.string().nullable(),
})
export type ReplacementRow = z.infer<typeof replacementRow>
export const replacementPlan = z.object({
  months: z.array(
    z.object({
      /** `YYYY-MM`, `overdue` or `unknown`. */
      month: z.string(),
      registers: z.number().int(),
      addresses: z.array(
        z.object({
          address: z.string(),
          site: z.string().nullable(),
          client: z.string().nullable(),
          registers: z.array(replacementRow),
        }),
      ),
    }),
  ),
})
export type ReplacementPlan = z.infer<typeof replacementPlan>
