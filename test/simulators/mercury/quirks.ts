import { z } from 'zod'

const command = z.string().regex(/^[A-Z][A-Za-z]+$/, 'expected a command such as GetStatus')
const text = z.string().max(256)
const quirk = z.boolean().default(false)
const result = z.number().int()

/** In what INECRMAN services and the registers behind them differ from one another. */
export const quirksSchema = z
  .strictObject({
    /** `old`: no fnNum and no paperPresence in GetStatus, ASBSO in capitals, no result in GetRegistrationInfo. */
    profile: z.enum(['new', 'old']).default('new'),
    /** What an empty queue has for its first document. */
    empty_queue: z.enum(['null', 'missing', 'text']).default('null'),
    /** Answers come as an array of one. */
    array_answer: quirk,
    upper_case_names: quirk,
    /** Numbers of documents and of the queue as texts. */
    numbers_as_text: quirk,
    /** Zero bytes behind the JSON of a TCP answer, and whether its length counts them. */
    trailing_nuls: z.number().int().min(0).max(64).default(0),
    nuls_counted: z.boolean().default(true),
    /** A TCP answer leaves in pieces of so many bytes; 0 in one. */
    piece_bytes: z.number().int().min(0).max(4096).default(0),
    /** The service accepts everything and answers nothing. */
    hung: quirk,
    /** How a register that does not answer shows: result 3001, or an answer of no length. */
    no_contact: z.enum(['3001', 'empty']).default('3001'),
    /** Port and model by which the service reaches the register; any other is 3001. */
    port: text.default('USB'),
    model_code: text.default('185F'),
    /** Result of OpenSession instead of a session. */
    open_result: result.nullable().default(null),
    /** The cash program holds the register: no other session opens. */
    cash_session: quirk,
    /** No second session opens while one is open. */
    single_session: quirk,
    shift_opened_at: z.string().max(32).default(''),
    driver_version: text.default('3.12.1.2'),
    protocol_version: text.default('3.12'),
    /** Result by command, instead of an answer. */
    results: z.record(command, result).default({}),
    /** Fields laid over an answer by command. */
    raw_answers: z.record(command, z.record(z.string(), z.unknown())).default({}),
    /** Silence inside a TCP request after which its beginning is forgotten. */
    byte_timeout_ms: z.number().int().positive().default(1000),
  })
  .prefault({})

export type Quirks = z.infer<typeof quirksSchema>
