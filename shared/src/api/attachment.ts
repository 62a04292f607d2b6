import { z } from 'zod'
import { apiInstant } from './problem.ts'

/** GET /api/incidents/{id}/attachments (an array, oldest first); the file itself under …/attachments/{name}. */
export const attachmentView = z.object({
  name: z.string(),
  sort: z.enum(['chart', 'log']),
  language: z.enum(['ru', 'en']),
  /** Bytes of the file as it is downloaded. */
  size: z.number().int(),
  at: apiInstant,
})
export type AttachmentView = z.infer<typeof attachmentView>
