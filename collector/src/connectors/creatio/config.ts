import { z } from 'zod'
import { deskBase, deskUrl, secretReference } from '../settings.ts'
import { phaseNames } from '../ticket-state.ts'

/** Identifiers that a fresh installation has, the same in every language. */
const STOCK = {
  status: {
    opened: 'ae5f2f10-f46b-1410-fd9a-0050ba5d6c38',
    inWork: '7e9f1204-f46b-1410-fb9a-0050ba5d6c38',
    waiting: '3859c6e7-cbcb-486b-ba53-77808fe6e593',
    solved: 'ae7f411e-f46b-1410-009b-0050ba5d6c38',
    reopened: 'f063ebbe-fdc6-4982-8431-d8cfa52fedcf',
    cancelled: '6e5f4218-f46b-1410-fe9a-0050ba5d6c38',
  },
  incident: '1b0bc159-150a-e111-a31b-00155d04c01d',
  caseSchema: '117d32f9-8275-4534-8411-1c66115ce9cd',
} as const

/** What a fresh installation calls its priorities, by the language of the account. */
export const STOCK_PRIORITIES = {
  ru: { 1: 'Критический', 2: 'Высокий', 3: 'Средний', 4: 'Низкий' },
  en: { 1: 'Critical', 2: 'High', 3: 'Medium', 4: 'Low' },
} as const

const column = z.string().regex(/^[A-Za-z]\w{0,127}$/, 'the name of a column or an object as OData has it')

/** Settings of a Creatio desk. Lookup values are given by name, or by identifier where a name depends on the language. */
export const creatioConfig = z
  .strictObject({
    kind: z.literal('creatio'),
    ...deskBase,
    url: deskUrl.transform(url => url.replace(/\/+$/, '')),
    /** `framework` has everything but the login under /0, `core` has not. */
    runtime: z.enum(['framework', 'core']).default('framework'),
    /** A user who logs in by password; or `oauth`. */
    user: z.string().min(1).optional(),
    /** A client of the identity service (OAuth 2.0, client credentials). */
    oauth: z.strictObject({ client_id: z.string().min(1), token_url: deskUrl }).optional(),
    /** The password of that user, or the secret of that client. */
    secret: secretReference,
    /** Text column of the case that carries our key. */
    key_column: column.default('UsrTillwatchKey'),
    /** Text column for the register's serial. */
    serial_column: column.optional(),
    category: z.string().min(1).default(STOCK.incident),
    /** Name of a service (ServiceItem). */
    service: z.string().min(1).optional(),
    /** Further columns of a new case, as they are: AccountId, ContactId, OriginId … */
    fields: z.record(column, z.string()).default({}),
    statuses: z
      .strictObject({
        opened: z.string().min(1).default(STOCK.status.opened),
        solved: z.string().min(1).default(STOCK.status.solved),
        reopened: z.string().min(1).default(STOCK.status.reopened),
        /** Tried in between when a status cannot be reached at once. */
        through: z.string().min(1).default(STOCK.status.inWork),
        ...phaseNames({
          inWork: [STOCK.status.inWork],
          waiting: [STOCK.status.waiting],
          rejected: [STOCK.status.cancelled],
        }),
      })
      .prefault({}),
    /** Names of the installation's priorities for our 1–4; by default those of a fresh one in the desk's language. */
    priorities: z.strictObject({ 1: z.string(), 2: z.string(), 3: z.string(), 4: z.string() }).partial().prefault({}),
    /** Where solving demands them: a closure code (ClosureCode), and the column that takes what was done. */
    closure_code: z.string().min(1).optional(),
    solution_column: column.optional(),
    /** Logical column of SocialMessage that hides a message from the client; without it nothing is internal. */
    internal_column: column.optional(),
    /** Id of the schema Case, as messages of its feed name it. */
    case_schema: z.guid().default(STOCK.caseSchema),
    /** `service`: the file service. `odata`: a record and its data, Creatio 8.3.2 and later. */
    files: z.enum(['service', 'odata']).default('service'),
    file_service: z.string().startsWith('/').default('/rest/FileApiService/UploadFile'),
    /** Largest file in bytes; 0 sends none. */
    file_max: z
      .number()
      .int()
      .min(0)
      .default(10 * 1024 * 1024),
    /** The inventory: its object, the column with the serial, and the column of the case that points to it. */
    item: z
      .strictObject({
        object: column.default('ConfItem'),
        serial_column: column.default('SerialNumber'),
        case_column: column.default('ConfItemId'),
      })
      .optional(),
    /** How clients rate the work: the column of the case, the object that it points to, and the column there with 1 to 5 points. */
    rating: z
      .strictObject({
        case_column: column.default('SatisfactionLevelId'),
        object: column.default('SatisfactionLevel'),
        points_column: column.default('Point'),
      })
      .optional(),
    /** Characters of a subject; a longer one is cut. */
    title_max: z.number().int().min(50).max(500).default(250),
    /** The page of a case in a browser, under the address above. */
    card: z.string().startsWith('/').optional(),
    /** Allows an address inside a private network. */
    allow_private: z.boolean().default(false),
  })
  .refine(({ user, oauth }) => (user === undefined) !== (oauth === undefined), 'give either user or oauth')
export type CreatioConfig = z.infer<typeof creatioConfig>
