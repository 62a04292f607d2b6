import { z } from 'zod'

const opcode = z.string().regex(/^(FF)?[0-9A-F]{2}$/, 'expected an upper-case opcode such as 10 or FF39')
const hexBytes = z.string().regex(/^\s*([0-9A-Fa-f]{2}\s*)+$/, 'expected whole bytes in hexadecimal')
const overlay = z
  .string()
  .regex(
    /^\s*((\.\.|[0-9A-Fa-f]{2})\s*)+$/,
    'expected bytes in hexadecimal, or .. for a byte that follows from the state',
  )
const quirk = z.boolean().default(false)

/** In what Shtrih-M registers differ from one another: layouts of answers and manners on the line. */
export const quirksSchema = z
  .strictObject({
    short_status_bytes: z.union([z.literal(16), z.literal(17)]).default(17),
    full_status_bytes: z.union([z.literal(48), z.literal(50), z.literal(52)]).default(48),
    fn_expiry_bytes: z.union([z.literal(6), z.literal(8)]).default(8),
    /** Absent: 67 for FFD 1.1 and 1.2, else 50. */
    registration_bytes: z.union([z.literal(50), z.literal(55), z.literal(67)]).optional(),
    /** Absent: 12 for FFD 1.2, else 11. Null: old firmware, error 37. */
    free_memory_bytes: z
      .union([z.literal(11), z.literal(12)])
      .nullable()
      .optional(),
    /** 35: desktop tables 18, 19, 17. 39: cash core tables 13, 14, 10. */
    model_parameters_bytes: z.union([z.literal(35), z.literal(39)]).default(35),
    /** Who sends documents to the OFD: the register itself, or a driver on the PC. */
    ofd_exchange: z.enum(['register', 'pc']).default('register'),
    /** After the host's final ACK the device sends one byte FF. */
    tcp_extra_ff: quirk,
    /** Such an FF of an earlier conversation is still on its way. */
    owed_ff: quirk,
    /** ACK and answer leave in one write. */
    ack_joined: quirk,
    one_byte_writes: quirk,
    noise_before_nak: quirk,
    /** Another program asked FC and has not fetched the answer. */
    foreign_pending_answer: quirk,
    /** F7 tells that the model knows protocol 2. */
    packets_supported: quirk,
    /** Protocol 2: number of the packet that this port executed last; the next command must have the one after it. */
    last_packet_number: z.number().int().min(0).max(65_535).default(1),
    /** Protocol 2: the answer to it, without which nothing was executed since the reset. */
    last_packet_answer: z.union([hexBytes, z.literal('')]).default(''),
    /** Opcodes that this firmware does not know: error 37. */
    unsupported: z.array(opcode).default([]),
    /** Error code in hexadecimal by opcode, instead of an answer. */
    errors: z.record(opcode, z.string().regex(/^[0-9A-F]{2}$/, 'expected an error code such as 4F')).default({}),
    /** Bytes laid over the answer of an opcode; `..` keeps what follows from the state. */
    raw_answers: z.record(opcode, overlay).default({}),
    /** More table fields, `table/row/field`, as the bytes on the wire. */
    tables: z.record(z.string().regex(/^\d+\/\d+\/\d+$/, 'expected table/row/field'), hexBytes).default({}),
    /** Silence inside a frame after which the device gives up. */
    byte_timeout_ms: z.number().int().positive().default(500),
    /** Silence after an answer until the device takes the acknowledgement for lost. */
    ack_timeout_ms: z.number().int().positive().default(1000),
  })
  .prefault({})

export type Quirks = z.infer<typeof quirksSchema>
