import { AppError, FN_FLAGS, FN_PHASES, REGISTER_ERRORS, REGISTER_MODES, SHIFT_STATES } from '@tillwatch/shared'
import { z } from 'zod'
import { faultsSchema } from './faults.ts'

const date = z.iso.date('expected a date as YYYY-MM-DD')
const dateTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'expected a local time as YYYY-MM-DDTHH:mm[:ss]')
  .refine(text => !Number.isNaN(Date.parse(`${text.slice(0, 10)}T00:00:00Z`)), 'no such day')
const digits = (...lengths: number[]) =>
  z
    .string()
    .regex(new RegExp(`^(${lengths.map(n => `\\d{${n}}`).join('|')})$`), `expected ${lengths.join(' or ')} digits`)
const text = z.string().max(256)
const u8 = z.number().int().min(0).max(255)
const u16 = z.number().int().min(0).max(65_535)
const u32 = z.number().int().min(0).max(4_294_967_295)

const registerSchema = z
  .strictObject({
    /** `silent`: no reaction to anything, as with the power off. */
    link: z.enum(['ok', 'silent']).default('ok'),
    model: text.default('ШТРИХ-ЛАЙТ-01Ф'),
    serial: z
      .string()
      .regex(/^\d{1,16}$/, 'expected up to 16 digits')
      .default('0000000000301234'),
    firmware: text.default('C.2.34404'),
    firmware_date: date.default('2026-03-28'),
    registration_number: digits(16).default('0001234567012345'),
    inn: digits(10, 12).default('7701234567'),
    organisation: text.default('ООО «Пирожковая»'),
    address: text.default('Москва, ул. Тестовая, 1'),
    ffd: z.enum(['1.0', '1.05', '1.1', '1.2']).default('1.2'),
    ofd_name: text.default('ОФД «Проверка»'),
    ofd_inn: digits(10, 12).default('7709876543'),
    ofd_host: text.default('ofd.example'),
    ofd_port: u16.default(7777),
    autonomous: z.boolean().default(false),
    /** Tax systems of the registration as the FN keeps them, one bit each. */
    tax_systems: u8.default(1),
    /** Absent: follows from the shift. */
    mode: z.enum(REGISTER_MODES).optional(),
    error: z.enum(REGISTER_ERRORS).default('none'),
    paper: z.enum(['present', 'low', 'absent']).default('present'),
    cover: z.enum(['closed', 'open']).default('closed'),
    /** Number of the document in work; absent: that of the last fiscal document. */
    current_document: u16.optional(),
    /** The device's clock when this value is set; runs on from there. Absent: this machine's local time. */
    clock_at: dateTime.optional(),
    clock_frozen: z.boolean().default(false),
  })
  .prefault({})

const shiftSchema = z
  .strictObject({
    state: z.enum(SHIFT_STATES).default('open'),
    number: u16.default(41),
    receipts: u16.default(17),
  })
  .prefault({})

const ofdSchema = z
  .strictObject({
    unsent_documents: u16.default(0),
    /** Absent with documents in the queue: counted back from the last document. */
    first_unsent_document: u32.nullable().default(null),
    first_unsent_at: dateTime.nullable().default(null),
    /** Documents without a receipt from the OFD; absent: as many as unsent ones. */
    unconfirmed_documents: u16.optional(),
  })
  .refine(ofd => ofd.unsent_documents === 0 || ofd.first_unsent_at !== null, {
    path: ['first_unsent_at'],
    message: 'needed when unsent_documents is over 0: a local time as YYYY-MM-DDTHH:mm',
  })
  .prefault({})

const fnSchema = z
  .strictObject({
    serial: digits(16).default('9960440300112233'),
    firmware: z.string().max(16).default('fn_v_1_2'),
    /** A drive for debugging, whose documents have no legal force. */
    debug: z.boolean().default(false),
    phase: z.enum(FN_PHASES).default('fiscal'),
    valid_until: date.default('2028-02-14'),
    flags: z.array(z.enum(FN_FLAGS)).default([]),
    last_document: u32.default(1054),
    /** Absent: the device's clock at the start. */
    last_document_at: dateTime.optional(),
    /** Code of the document being formed; 0 none. */
    current_document: u8.default(0),
    documents_left: u32.default(180_000),
    free_kilobytes: u32.default(24_000),
    registrations_left: u8.default(29),
    registrations_done: u8.default(1),
    registered_at: dateTime.default('2025-01-15T10:00'),
  })
  .prefault({})

const markingSchema = z
  .strictObject({
    enabled: z.boolean().default(true),
    unsent_notifications: u16.default(0),
    first_unsent_notification: u32.default(0),
    first_unsent_at: dateTime.nullable().default(null),
    used_percent: z.number().int().min(0).max(100).default(0),
  })
  .prefault({})

const password = u32
const passwordsSchema = z
  .strictObject({
    /** Of operators 1 to 28, in this order. */
    operators: z
      .array(password)
      .length(28)
      .default(Array.from({ length: 28 }, (_, index) => index + 1)),
    admin: password.default(29),
    sysadmin: password.default(30),
  })
  .prefault({})

/**
 * The register as the world sees it, with the peculiarities of one protocol. An empty object is a healthy register; `defaults`
 * is laid under what is given, where a vendor's device differs from the common one.
 */
export const stateSchemaWith = <Quirks extends z.ZodType>(quirks: Quirks, defaults: object = {}) =>
  z.preprocess(
    input => (isObject(input) ? mergeState(defaults, input) : input),
    z.strictObject({
      register: registerSchema,
      shift: shiftSchema,
      ofd: ofdSchema,
      fn: fnSchema,
      marking: markingSchema,
      passwords: passwordsSchema,
      quirks,
      faults: faultsSchema,
    }),
  )

/** State of a register with the peculiarities of its protocol. */
export type RegisterState<Quirks = unknown> = Omit<
  z.infer<ReturnType<typeof stateSchemaWith<z.ZodUnknown>>>,
  'quirks'
> & {
  readonly quirks: Quirks
}

/** What tests and state files give: any part of a state. */
export type RegisterStateInput = { readonly [section in keyof RegisterState]?: object }

/** Checks a state and fills in the rest. Throws `state.invalid`, naming the place, the reason and what is allowed. */
export function parseState<Quirks>(schema: z.ZodType<RegisterState<Quirks>>, input: unknown, source: string) {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(issue => `${source}: ${describe(issue, schema)}`)
  throw new AppError('state.invalid', problems.join('\n'), {
    nextStep: 'Correct the state; every key and its default stands in test/simulators/README.md.',
  })
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const path = issue.path.join('.') || '(top level)'
  if (issue.code !== 'unrecognized_keys') return `${path}: ${issue.message}`
  const place = issue.path.length === 0 ? '' : `${path}.`
  return `${issue.keys.map(key => place + key).join(', ')}: no such key; allowed: ${keysAt(schema, issue.path).join(', ')}`
}

function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = unwrap(schema)
  for (const step of path) at = at instanceof z.ZodObject ? unwrap(at.shape[String(step)]) : undefined
  return at instanceof z.ZodObject ? Object.keys(at.shape) : []
}

const unwrap = (schema: unknown): unknown =>
  schema instanceof z.ZodPipe
    ? unwrap(schema.out)
    : schema instanceof z.ZodPrefault ||
        schema instanceof z.ZodDefault ||
        schema instanceof z.ZodOptional ||
        schema instanceof z.ZodNullable
      ? unwrap(schema.unwrap())
      : schema

/** Lays a partial state over another: objects are merged, everything else is replaced, `undefined` restores the default. */
export function mergeState<T extends object>(base: T, change: object): T {
  const merged = { ...base } as Record<string, unknown>
  for (const [key, value] of Object.entries(change)) {
    const before = merged[key]
    if (value === undefined) delete merged[key]
    else merged[key] = isObject(value) && isObject(before) ? mergeState(before, value) : value
  }
  return merged as T
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
