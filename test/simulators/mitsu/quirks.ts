import { z } from 'zod'

const opcode = z.string().regex(/^GET( [A-Z]+='[^']*')+$/, "expected a query as the log has it, such as GET INFO='OFD'")
const hexByte = z.string().regex(/^0x[0-9A-F]{2}$/, 'expected a byte such as 0x02')
const quirk = z.boolean().default(false)
const count = z.number().int().nonnegative()

/** In what MITSU 1-F registers differ from one another, and settings that other vendors' registers do not have. */
export const quirksSchema = z
  .strictObject({
    /** Attribute that holds the host in answers to LAN and OFD: `own` name as on real units, ADDR as in the printed example. */
    host_attribute: z.enum(['own', 'ADDR']).default('own'),
    /** No blank in front of the last attribute. */
    missing_space: quirk,
    /** How an answer without child tags ends: `<OK …/>`, `<OK …></OK>`, or `<OK …></ANS>` as in the description's general form. */
    closing: z.enum(['self', 'tag', 'ANS']).default('self'),
    lower_case_names: quirk,
    double_quotes: quirk,
    /** What stands for "no date". */
    none_date: z.string().max(10).default('2000-00-00'),
    /** Days for which the keys of marking checks are valid. */
    key_valid_days: count.default(445),
    /** Who carries OFD traffic: the register itself or a program on the PC. */
    ofd_client: z.enum(['register', 'pc']).default('register'),
    power_failed: quirk,
    /** Over 536 bytes a bare answer is cut into pieces of 535 bytes, each but the last followed by 17. */
    cuts_long_answers: z.boolean().default(true),
    one_byte_writes: quirk,
    /** Error number, and the FN's error code, by query, instead of an answer. */
    errors: z.record(opcode, z.strictObject({ no: count, fse: hexByte.optional() })).default({}),
    /** Whole answer by query. */
    raw_answers: z.record(opcode, z.string().max(4096)).default({}),
    /** Silence inside a request after which the register forgets its beginning. */
    byte_timeout_ms: z.number().int().positive().default(500),
  })
  .prefault({})

export type Quirks = z.infer<typeof quirksSchema>
