import { z } from 'zod'
import { deskBase, deskUrl, secretReference } from '../settings.ts'
import { phaseNames, waysThrough } from '../ticket-state.ts'

/** Settings of a MantisBT desk. Words are those of the installation, as it calls or as it shows them, and are looked up at start. */
export const mantisConfig = z.strictObject({
  kind: z.literal('mantis'),
  ...deskBase,
  url: deskUrl.transform(url => url.replace(/\/+$/, '')),
  /** Where REST begins; without URL rewriting `/api/rest/index.php`. */
  rest_path: z
    .string()
    .regex(/^(\/[\w.-]+)+$/, 'a path as /api/rest, without a slash at its end')
    .default('/api/rest'),
  /** An API token of the service account. */
  secret: secretReference,
  /** Name or number of the project. */
  project: z.string().min(1),
  category: z.string().min(1).default('General'),
  /** Number of the custom field that carries our key. */
  key_field: z.number().int().positive(),
  /** Number of a custom field for the register's serial. */
  ci_field: z.number().int().positive().optional(),
  /** `soap` asks the server for one key; `list` reads the whole list, for a server whose PHP has no SOAP. */
  search: z.enum(['soap', 'list']).default('soap'),
  /** Number of a saved filter that narrows the list; it must show closed issues. */
  filter: z.number().int().positive().optional(),
  statuses: z
    .strictObject({
      solved: z.string().min(1).default('resolved'),
      reopened: z.string().min(1).default('assigned'),
      ...phaseNames({ inWork: ['assigned'], waiting: ['feedback'], rejected: [] }),
      through: waysThrough,
    })
    .prefault({}),
  /** How an issue ended; an end with one of the rejected words was the refusal of a person. */
  resolutions: z
    .strictObject({
      solved: z.string().min(1).default('fixed'),
      reopened: z.string().min(1).default('reopened'),
      rejected: z.array(z.string().min(1)).default(['not a bug', 'wont fix']),
    })
    .prefault({}),
  priorities: z
    .strictObject({
      1: z.string().default('immediate'),
      2: z.string().default('urgent'),
      3: z.string().default('high'),
      4: z.string().default('low'),
    })
    .prefault({}),
  /** Severities of new issues for our 1–4. */
  severities: z
    .strictObject({
      1: z.string().default('block'),
      2: z.string().default('major'),
      3: z.string().default('minor'),
      4: z.string().default('minor'),
    })
    .prefault({}),
  /** Internal comments are private; needs the right to see private notes. */
  private_notes: z.boolean().default(true),
  /** Largest file in bytes; 0 sends none. The desk's own limit is `max_file_size`. */
  file_max: z.number().int().min(0).default(5_000_000),
  /** Allows an address inside a private network. */
  allow_private: z.boolean().default(false),
})
export type MantisConfig = z.infer<typeof mantisConfig>
