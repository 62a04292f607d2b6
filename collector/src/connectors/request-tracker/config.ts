import { z } from 'zod'
import { deskBase, deskUrl, secretReference } from '../settings.ts'
import { phaseNames } from '../ticket-state.ts'

const number = z.number().int().min(0)

/** Settings of a Request Tracker desk. Names are those of the installation and are looked up at start. */
export const requestTrackerConfig = z.strictObject({
  kind: z.literal('request-tracker'),
  ...deskBase,
  /** Address of the web interface; the REST interface lies below it. */
  url: deskUrl.transform(url => url.replace(/\/+$/, '')),
  /** A token of the service account. */
  secret: secretReference,
  queue: z.string().min(1),
  /** Name of the custom field that carries our key. */
  key_field: z.string().min(1),
  /** Name of a custom field for the register's serial. */
  ci_field: z.string().min(1).optional(),
  statuses: z
    .strictObject({
      solved: z.string().min(1).default('resolved'),
      reopened: z.string().min(1).default('open'),
      ...phaseNames({ inWork: ['open'], waiting: ['stalled'], rejected: ['rejected'] }),
    })
    .prefault({}),
  /** Numbers of the desk's scale for our 1–4. Words are not taken: one that the desk does not know becomes 0 there. */
  priorities: z
    .strictObject({
      1: number.default(100),
      2: number.default(80),
      3: number.default(50),
      4: number.default(20),
    })
    .prefault({})
    .refine(
      levels => levels[1] > levels[2] && levels[2] > levels[3] && levels[3] > levels[4],
      'each lower than the one before',
    ),
  /** The catalogue that knows registers; tickets are tied to their asset. */
  assets: z
    .strictObject({
      catalog: z.string().min(1),
      /** Custom field of an asset with the serial number; without it the asset's name is the serial number. */
      serial_field: z.string().min(1).optional(),
    })
    .optional(),
  /** Largest file in bytes, as MaxAttachmentSize of the installation says; 0 sends none. */
  file_max: number.default(10_000_000),
  /** Allows an address inside a private network. */
  allow_private: z.boolean().default(false),
})
export type RequestTrackerConfig = z.infer<typeof requestTrackerConfig>
