import { z } from 'zod'
import { deskBase, deskUrl, secretReference } from '../settings.ts'

/** Settings of a signed webhook (Standard Webhooks). */
export const webhookConfig = z.strictObject({
  kind: z.literal('webhook'),
  ...deskBase,
  url: deskUrl,
  /** The signing secret, `whsec_` and base64 of 24 to 64 random bytes. */
  secret: secretReference,
  /** During a change of secrets: the old one, signed with as well. */
  old_secret: secretReference.optional(),
  allow_private: z.boolean().default(false),
})
export type WebhookConfig = z.infer<typeof webhookConfig>
