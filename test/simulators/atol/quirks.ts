import { z } from 'zod'

const opcode = z.string().regex(/^[0-9A-F]{2}( [0-9A-F]{2})?$/, 'expected an upper-case command such as 3F or A4 20')
const overlay = z
  .string()
  .regex(
    /^\s*((\.\.|[0-9A-Fa-f]{2})\s*)+$/,
    'expected bytes in hexadecimal, or .. for a byte that follows from the state',
  )
const quirk = z.boolean().default(false)
const count = z.number().int().nonnegative().default(0)
const taskId = z.number().int().min(0).max(0xdf)

/** In what ATOL registers differ from one another, what the POS program has left in them, and manners on the line. */
export const quirksSchema = z
  .strictObject({
    /** Four digits; the factory's are zeros. */
    access_password: z
      .string()
      .regex(/^\d{4}$/, 'expected 4 digits')
      .default('0000'),
    /** How a result comes: in the answer to the task; later unasked; only when it is asked for. */
    results: z.enum(['at_once', 'pushed', 'on_request']).default('at_once'),
    /** What the answer to a task says while there is no result: pending, in progress, waiting for data. */
    waiting: z.enum(['A1', 'A2', 'A8']).default('A1'),
    /** Tasks that the buffer holds. */
    buffer_tasks: z.number().int().min(5).max(224).default(5),
    /** Tasks that the POS program has in the buffer. A failed one stops the queue, a running one makes others wait. */
    pos_tasks: z.array(z.strictObject({ id: taskId, state: z.enum(['running', 'failed', 'finished']) })).default([]),
    /** Frames of the device that never arrive, and that arrive twice; 0 none. */
    lose_every: count,
    duplicate_every: count,
    /** Another program's result on its way to it, sent before each answer: id of that task. */
    foreign_result: taskId.optional(),
    one_byte_writes: quirk,
    /** An answer and the result that follows it leave in one write. */
    joined_writes: quirk,
    /** Transport 2: no DLE before an ETX inside an answer. */
    forgets_dle: quirk,
    /** Transport 2: ENQ is said twice before an answer. */
    repeats_enq: quirk,
    /** Transport 2: so many enquiries of the host meet an enquiry of the device. */
    collisions: count,
    /** Error of A4 10 in a shift over 24 hours; null: it looks like an open one. */
    expired_shift_error: z.enum(['F0', '88']).nullable().default('F0'),
    drawer: z.enum(['closed', 'open']).default('closed'),
    /** Bits laid over the flags of 45: faults that no other part of the state names. */
    printer_flags: z.number().int().min(0).max(255).default(0),
    /** Bits of the connection to the OFD in A4 20 that the queue does not tell. */
    ofd_flags: z.number().int().min(0).max(255).default(0),
    /** Commands that this firmware does not know: error 7A. */
    unsupported: z.array(opcode).default([]),
    /** Error code in hexadecimal by command, with an extended code or without, instead of an answer: `{ "A4 32": "DA" }`. */
    errors: z
      .record(opcode, z.string().regex(/^[0-9A-F]{2}( [0-9A-F]{2})?$/, 'expected an error code such as 66 or F6 03'))
      .default({}),
    /** Bytes laid over the answer of a command; `..` keeps what follows from the state. */
    raw_answers: z.record(opcode, overlay).default({}),
    /** Silence inside a frame after which the device forgets it. */
    byte_timeout_ms: z.number().int().positive().default(500),
  })
  .prefault({})

export type Quirks = z.infer<typeof quirksSchema>
