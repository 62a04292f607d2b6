import { z } from 'zod'

const command = z.string().regex(/^\d\d(\/\d{1,3}){0,2}$/, 'expected a command such as 00, 78/7 or 11/30/1')
const errorCode = z.string().regex(/^[0-9A-F]{2}$/, 'expected an error code such as 61')
const quirk = z.boolean().default(false)

/** Families of firmware, which know different queries. */
const PROFILES = ['fm16_ffd105', 'fm16', 'pirit_2f', 'punix'] as const
/** Bits of the fatal state by name (command 00, first field). */
export const FATAL_STATES = {
  nvr: 0,
  configuration: 1,
  fn_link: 2,
  not_authorised: 5,
  fn: 6,
  sd_card: 8,
} as const

/** In what registers of the Pirit family differ from one another, and what only this family can tell. */
export const quirksSchema = z
  .strictObject({
    profile: z.enum(PROFILES).default('fm16'),
    link_password: z
      .string()
      .regex(/^[\x20-\x7e]{4}$/, 'expected four characters')
      .default('PIRI'),
    /** False: the cash program has not begun work since power-on. */
    work_begun: z.boolean().default(true),
    /** Commands that are refused until work has begun. */
    refused_before_begin: z.array(command).default(['01', '02', '05', '11', '78', '79']),
    fatal: z.array(z.enum(Object.keys(FATAL_STATES) as (keyof typeof FATAL_STATES)[])).default([]),
    shift_close_unfinished: quirk,
    /** Absent: an hour before the register was made, 25 hours when the shift is over its time. */
    shift_opened_at: z
      .string()
      .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/, 'expected a local time as YYYY-MM-DDTHH:mm[:ss]')
      .optional(),
    /** A development kit, not a register for sale. */
    debug_kit: quirk,
    /** What stands for "none" in the exchange status of an empty queue. */
    empty_queue: z.enum(['empty', 'zeros']).default('empty'),
    /** A printer that is not ready makes 04 answer with error 08 or 09 beside its status. */
    printer_status_with_error: quirk,
    bad_checksum_reaction: z.enum(['error', 'silence']).default('error'),
    /** Before each answer the one before it arrives again under its own, older number, in the same write. */
    late_answers: quirk,
    one_byte_writes: quirk,
    noise_before_answer: quirk,
    lower_case_checksum: quirk,
    /** The last field is not ended by FS. */
    omit_last_separator: quirk,
    /** No ACK after ENQ. */
    ignores_enquiry: quirk,
    /** Commands that this firmware does not know: error 02. */
    unsupported: z.array(command).default([]),
    /** Error code by command, instead of an answer. */
    errors: z.record(command, errorCode).default({}),
    /** Fields by command, instead of those that follow from the state; without the repeated query number. */
    raw_answers: z.record(command, z.array(z.string())).default({}),
    /** Silence inside a packet after which the device gives up. */
    byte_timeout_ms: z.number().int().positive().default(200),
  })
  .prefault({})

export type Quirks = z.infer<typeof quirksSchema>
