import { z } from 'zod'
import { TICKET_TEMPLATE_LENGTH_MAX } from '../limits.ts'
import { apiInstant, bilingual } from './problem.ts'

export const TEMPLATE_KINDS = ['title', 'body'] as const
export const templateKind = z.enum(TEMPLATE_KINDS)
export type TemplateKind = z.infer<typeof templateKind>

export const TEMPLATE_LANGUAGES = ['ru', 'en'] as const
export const templateLanguage = z.enum(TEMPLATE_LANGUAGES)
export type TemplateLanguage = z.infer<typeof templateLanguage>

const text = z.string().min(1).max(TICKET_TEMPLATE_LENGTH_MAX)

/** What is wrong with a template, and where in it; both count from 1. */
export const templateProblem = z.object({
  /** From 1; 0: no place of the text is to blame. */
  line: z.number().int(),
  column: z.number().int(),
  reason: bilingual,
})
export type TemplateProblem = z.infer<typeof templateProblem>

/** One template as it is in force. */
const templateView = z.object({
  kind: templateKind,
  language: templateLanguage,
  text: z.string(),
  /** What ships with the program, for comparison and for the way back. */
  shipped: z.string(),
  /** Who wrote it and when; null while the shipped one is in force. */
  author: z.string().nullable(),
  savedAt: apiInstant.nullable(),
  /** When it last did not suit an incident, whose ticket was then written by the shipped one; null: never. */
  failedAt: apiInstant.nullable(),
  failure: templateProblem.nullable(),
})

/** A value that templates may use. */
const templateField = z.object({
  name: z.string(),
  about: bilingual,
  /** What it says in the sample; lists are joined. */
  sample: bilingual,
  /** The body of a ticket must use it, or one of those that say the same. */
  mandatory: z.boolean(),
})
export type TemplateField = z.infer<typeof templateField>

/** GET /api/ticket-templates */
export const ticketTemplatesView = z.object({
  templates: z.array(templateView),
  fields: z.array(templateField),
})
export type TicketTemplatesView = z.infer<typeof ticketTemplatesView>

/** GET /api/ticket-templates/:kind/:language/history, newest first; text null: the shipped one was restored. */
export const templateHistory = z.array(z.object({ at: apiInstant, author: z.string(), text: z.string().nullable() }))
export type TemplateHistory = z.infer<typeof templateHistory>

/** PUT /api/ticket-templates/:kind/:language (204) saves a text, or with null goes back to the shipped one. */
export const templateDraft = z.object({ text: text.nullable() })
export type TemplateDraft = z.infer<typeof templateDraft>

/** POST /api/ticket-templates/preview: nothing is kept. Without an incident the sample is shown. */
export const templatePreviewRequest = z.object({
  kind: templateKind,
  language: templateLanguage,
  text: z.string().max(TICKET_TEMPLATE_LENGTH_MAX),
  incidentId: z.string().min(1).max(64).nullable().default(null),
})
export type TemplatePreviewRequest = z.input<typeof templatePreviewRequest>

/** The text as a desk would get it, null when the template does not give one; and why it could not be saved. */
export const templatePreview = z.object({
  text: z.string().nullable(),
  problems: z.array(templateProblem),
})
export type TemplatePreview = z.infer<typeof templatePreview>
