import { z } from 'zod'
import { apiInstant, bilingual } from './problem.ts'
import { linkKind, problemStatus } from './problem-status.ts'

/** What is known about an incident beyond itself; part of `incidentView`. */
export const incidentKnowledge = z.object({
  /** The known error that it fits: what helps, first of all. */
  knownError: z
    .object({
      problemId: z.string(),
      number: z.number().int(),
      title: bilingual,
      rootCause: z.string(),
      workaround: z.string(),
      /** What the client may be told to do; empty when nothing is safe. */
      clientHint: z.string(),
      runbook: z.string().nullable(),
    })
    .nullable(),
  /** When the machine looked at it first, and what it takes it for. */
  triage: z.object({ at: apiInstant, checks: z.array(z.string()), errorCode: z.string().nullable() }).nullable(),
  problems: z.array(
    z.object({ id: z.string(), number: z.number().int(), title: bilingual, status: problemStatus, how: linkKind }),
  ),
  /** Present once a critical or mass incident was restored. */
  review: z.object({ problemId: z.string(), unlocked: z.boolean(), doneAt: apiInstant.nullable() }).nullable(),
  /** When it was handed to a vendor, newest first. */
  vendorPackages: z.array(z.object({ at: apiInstant, by: z.string(), vendor: z.string(), reference: z.string() })),
})
export type IncidentKnowledge = z.infer<typeof incidentKnowledge>

const text = z.string().trim()
/** POST /api/incidents/{id}/restored: people can work again, with a workaround. Answers with `incidentView`. */
export const restoredWith = z.strictObject({ text: text.min(1).max(4_000) })
/** POST /api/incidents/{id}/vendor-package/sent: a person has sent it. Answers with `incidentView`. */
export const vendorSent = z.strictObject({ vendor: text.min(1).max(200), reference: text.max(200).default('') })
export type VendorSent = z.infer<typeof vendorSent>
/** GET /api/incidents/{id}/vendor-package?format=markdown|json|zip&lang=: the document, the data, or both with the whole logs. */
export const vendorPackageQuery = z.object({
  format: z.enum(['markdown', 'json', 'zip']).default('markdown'),
  lang: z.enum(['ru', 'en']).default('ru'),
})

/** GET /api/knowledge?search=&check= — what is known about a check, for whoever wants to help himself. */
export const knowledgeQuery = z.object({
  search: text.max(200).default(''),
  check: text.max(64).optional(),
})
export const knowledgeView = z.object({
  errors: z.array(
    z.object({
      problemId: z.string(),
      number: z.number().int(),
      title: bilingual,
      status: problemStatus,
      client: z.string().nullable(),
      checks: z.array(z.string()),
      rootCause: z.string(),
      workaround: z.string(),
      clientHint: z.string(),
      runbook: z.string().nullable(),
    }),
  ),
  /** `name` is what GET /api/runbooks/{name} takes. */
  articles: z.array(z.object({ name: z.string(), title: bilingual, excerpt: bilingual })),
})
export type KnowledgeView = z.infer<typeof knowledgeView>

/** One line of same-type incidents. */
const sameType = z.object({
  title: bilingual,
  check: z.string().nullable(),
  causeClass: z.string(),
  model: z.string().nullable(),
  firmware: z.string().nullable(),
  errorCode: z.string().nullable(),
  count: z.number().int(),
  items: z.number().int(),
  /** The newest of them. */
  numbers: z.array(z.number().int()),
})
/** GET /api/analyses (newest first) and GET /api/analyses/{month} (`2026-11`): issued once after the month, stored unchanged. */
export const analysisRow = z.object({
  month: z.string(),
  issuedAt: apiInstant,
  total: z.number().int(),
  raised: z.number().int(),
})
export const monthlyAnalysis = z.object({
  month: z.string(),
  issuedAt: apiInstant,
  total: z.number().int(),
  clients: z.array(z.object({ client: z.string().nullable(), total: z.number().int(), types: z.array(sameType) })),
  raised: z.array(
    z.object({
      client: z.string().nullable(),
      kind: z.enum(['client', 'module', 'operation']),
      what: bilingual,
      count: z.number().int(),
      usual: z.number(),
      text: bilingual,
    }),
  ),
})
export type MonthlyAnalysis = z.infer<typeof monthlyAnalysis>
