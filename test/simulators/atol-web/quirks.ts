import { z } from 'zod'

const quirk = z.boolean().default(false)
const milliseconds = z.number().int().nonnegative()
const code = z.number().int().min(0).max(999)
const text = z.string().max(256)
/** As the service writes times: the device's wall clock with the offset of the PC. */
const dateTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/, 'expected a time as YYYY-MM-DDTHH:mm:ss+hh:mm')

const exchangeError = z.strictObject({ code: code.default(0), description: text.default('Ошибок нет') }).prefault({})

/** Reason with which the queue is blocked; jobs then stay in `wait`. */
const block = z.enum(['connectionError', 'fnError', 'paperError', '']).nullable().default(null)
/** Unfinished jobs of other programs, `pos-1`, `pos-2` … */
const foreignJobs = z.number().int().nonnegative().default(0)

/** A further register behind the same service; all but its numbers and its queue is as with the first. */
const otherDevice = z.strictObject({
  id: text,
  serial: text.default('0000000000999999'),
  fn_serial: text.default('9960440300999999'),
  active: z.boolean().default(true),
  block,
  foreign_jobs: foreignJobs,
})

/** In what services of the driver differ from one another, and what may be wrong behind them. */
export const quirksSchema = z
  .strictObject({
    /** `old`: a driver that knows neither the later tasks nor the later fields. */
    profile: z.enum(['new', 'old']).default('new'),
    /** Versions of the interface that are answered at all. */
    apis: z.array(z.union([z.literal(1), z.literal(2)])).default([1, 2]),
    /** How a task's entry holds its error. Absent: flat in version 1, nested in version 2. */
    result_shape: z.enum(['nested', 'flat']).optional(),
    /** An entry without a result has no such member, instead of null. */
    result_absent: quirk,
    /** Body of a refusal. Absent: HTML in version 1, JSON in version 2. */
    error_body: z.enum(['json', 'html', 'empty']).optional(),
    /** Password by user name; with none the service is open. */
    users: z.record(z.string(), z.string()).default({}),
    /** A service that refuses everybody until it has users. */
    closed_without_users: quirk,
    device_id: text.default('kkt-1'),
    device_active: z.boolean().default(true),
    other_devices: z.array(otherDevice).default([]),
    /** Null: no device is the default one. */
    default_device: text.nullable().default('kkt-1'),
    /** Time of a job in `wait` when nothing is before it, and of each task in `inProgress`. */
    wait_ms: milliseconds.default(10),
    run_ms: milliseconds.default(20),
    /** Word shown instead of `inProgress`. */
    running_word: text.default('inProgress'),
    /** A finished job is forgotten after so long: 30 days. */
    job_memory_ms: milliseconds.default(2_592_000_000),
    block,
    foreign_jobs: foreignJobs,
    /** Code with which the register cannot be opened: 2 no connection, 3 port held by another program. */
    connection_code: code.default(0),
    /** Jobs stay in `wait` while the register cannot be opened, instead of ending with its code. */
    connection_waits: quirk,
    /** Types of tasks that this driver does not support: error 11. */
    unsupported: z.array(text).default([]),
    /** Code by type of task, instead of a result. */
    errors: z.record(z.string(), code).default({}),
    /** Members laid over the result of a task by its type; null takes one away. */
    results: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
    /** What stands where there is no date. */
    no_date: dateTime.nullable().default('1970-01-01T03:00:00+03:00'),
    utc_offset: z
      .string()
      .regex(/^[+-]\d\d:\d\d$/, 'expected an offset as +hh:mm')
      .default('+03:00'),
    server_version: text.default('1.0.4.0'),
    driver_version: text.default('10.10.6.0'),
    os: z.enum(['windows', 'linux', 'macos']).default('windows'),
    model_id: z.number().int().nonnegative().default(62),
    /** Registration numbers are padded with blanks to 20 characters. */
    padded_registration_number: quirk,
    ofd_channel: text.default('proto'),
    last_connection_at: dateTime.nullable().default(null),
    exchange_errors: z
      .strictObject({ fn: exchangeError, network: exchangeError, ofd: exchangeError, ism: exchangeError })
      .prefault({}),
    shift_expires_at: dateTime.nullable().default(null),
    /** Values of device parameters by key, for those who ask for them. */
    parameters: z.record(z.string().regex(/^\d+$/, 'expected a number as key'), text).default({}),
  })
  .prefault({})

export type Quirks = z.infer<typeof quirksSchema>
