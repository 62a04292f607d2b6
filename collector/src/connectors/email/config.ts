import { z } from 'zod'
import { deskBase, secretReference } from '../settings.ts'

/** How mail is handed to a server, and in whose name. */
const smtp = {
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(587),
  /** `starttls` demands the upgrade, `implicit` is TLS from the first byte, `none` only where the way is otherwise safe. */
  tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
  user: z.string().optional(),
  secret: secretReference.optional(),
  from: z.email(),
}
export const smtpConfig = z.strictObject(smtp)
export type SmtpConfig = z.infer<typeof smtpConfig>

/** Settings of a mailbox that takes tickets. */
export const emailConfig = z.strictObject({
  kind: z.literal('email'),
  ...deskBase,
  ...smtp,
  proxy: z.never({ error: 'mail goes straight to its server, not over a proxy' }).optional(),
  to: z.array(z.email()).min(1).max(20),
  /** Headers that keep robots from answering. Some desks ignore such mail: then off. */
  auto_headers: z.boolean().default(true),
  /** Largest file in bytes; most servers take ten megabytes after base64, which adds a third. 0 sends none. */
  file_max: z
    .number()
    .int()
    .min(0)
    .default(7 * 1024 * 1024),
})
export type EmailConfig = z.infer<typeof emailConfig>
