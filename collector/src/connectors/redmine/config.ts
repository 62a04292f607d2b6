import { z } from 'zod'
import { deskBase, deskUrl, secretReference } from '../settings.ts'
import { phaseNames, waysThrough } from '../ticket-state.ts'

/** Settings of a Redmine desk. Names are those of the installation and are looked up at start. */
export const redmineConfig = z.strictObject({
  kind: z.literal('redmine'),
  ...deskBase,
  url: deskUrl.transform(url => url.replace(/\/+$/, '')),
  /** The API key of the service account. */
  secret: secretReference,
  project: z.string().min(1),
  tracker: z.string().min(1),
  /** Number of the custom field that carries our key; it must be "used as a filter". */
  key_field: z.number().int().positive(),
  /** Number of a custom field for the register's serial. */
  ci_field: z.number().int().positive().optional(),
  statuses: z
    .strictObject({
      solved: z.string().min(1).default('Resolved'),
      reopened: z.string().min(1).default('In Progress'),
      ...phaseNames({ inWork: ['In Progress'], waiting: ['Feedback'], rejected: ['Rejected'] }),
      through: waysThrough,
    })
    .prefault({}),
  /** Names of the installation's priorities for our 1–4. */
  priorities: z
    .strictObject({
      1: z.string().default('Immediate'),
      2: z.string().default('Urgent'),
      3: z.string().default('High'),
      4: z.string().default('Low'),
    })
    .prefault({}),
  /** Internal comments are private; needs the right "set notes as private". */
  private_notes: z.boolean().default(true),
  /** Largest file in bytes, as Administration → Settings → Files says; 0 sends none. */
  file_max: z
    .number()
    .int()
    .min(0)
    .default(5 * 1024 * 1024),
  /** Allows an address inside a private network. */
  allow_private: z.boolean().default(false),
})
export type RedmineConfig = z.infer<typeof redmineConfig>
