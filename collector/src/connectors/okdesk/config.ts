import { z } from 'zod'
import { deskBase, deskUrl, secretReference } from '../settings.ts'
import { phaseNames, waysThrough } from '../ticket-state.ts'

const code = z.string().min(1)

/** Settings of an Okdesk account. Statuses, priorities, types and attributes are named by their codes. */
export const okdeskConfig = z.strictObject({
  kind: z.literal('okdesk'),
  ...deskBase,
  /** Address of the account, as https://company.okdesk.ru. */
  url: deskUrl.transform(url => url.replace(/\/+$/, '')),
  /** The API key of an employee. */
  secret: secretReference,
  /** Number of the employee in whose name comments are written. */
  author_id: z.number().int().positive(),
  /** Code of the string attribute of issues that carries our key. */
  key_attribute: code,
  /** Code of an attribute for the register's serial. */
  ci_attribute: code.optional(),
  /** Code of an attribute for the priority that an incident rose to: the priority itself cannot be changed from outside. */
  priority_attribute: code.optional(),
  /** Type of new issues; without it the account's own default. */
  type: code.optional(),
  /** Number of the company that new issues belong to; without it none. */
  company: z.number().int().positive().optional(),
  statuses: z
    .strictObject({
      solved: code.default('completed'),
      reopened: code.default('opened'),
      ...phaseNames({ inWork: ['in_progress'], waiting: ['delayed'], rejected: [] }),
      /** Those besides `solved` and `rejected` in which nobody works on an issue any more. */
      closed: z.array(code).default(['closed']),
      through: waysThrough,
    })
    .prefault({}),
  priorities: z
    .strictObject({
      1: code.default('highest'),
      2: code.default('high'),
      3: code.default('normal'),
      4: code.default('low'),
    })
    .prefault({}),
  /** New issues and links point to the device in the account's list of equipment when it is known there. */
  equipment: z.boolean().default(true),
  /** Internal comments are hidden from clients. */
  private_comments: z.boolean().default(true),
  /** How the account shows descriptions of issues: with markup, or letter by letter. */
  description: z.enum(['html', 'text']).default('html'),
  /** Largest file in bytes; 0 sends none. */
  file_max: z
    .number()
    .int()
    .min(0)
    .default(10 * 1024 * 1024),
  /** Allows an address inside a private network. */
  allow_private: z.boolean().default(false),
})
export type OkdeskConfig = z.infer<typeof okdeskConfig>
