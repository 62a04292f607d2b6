import { type CreatioConfig, creatioConfig } from '@tillwatch/collector/connectors/creatio/config'
import { type DeskOperation, type DeskRequest, type DeskResponse, type Imitation, startImitation } from './imitation.ts'

type Row = Record<string, unknown> & { Id: string }

/** What an imitation of Creatio holds, and which of the real one's lies it tells. */
interface CreatioBooks {
  readonly tables: Readonly<Record<string, Row[]>>
  /** Sessions that are open now, by their cookie; each with its CSRF value. */
  readonly sessions: Map<string, string>
  logins: number
  /** Tokens of the identity service that hold now. */
  readonly tokens: Set<string>
  password: string
  /** Columns of a case that answer nothing: asked for they do not come back, written they are dropped. */
  silentColumns: Set<string>
  /** Columns whose values are refused when a case is made. */
  refusedColumns: Set<string>
  /** Moves between statuses that the stages forbid, `from>to`. */
  forbiddenMoves: Set<string>
  /** How a forbidden move is answered: not at all, or with an error of the process. */
  movesFailLoudly: boolean
  /** A record gets an identifier of its own, whatever was sent. */
  ownIds: boolean
  /** The account has no right to cases. */
  forbidden: boolean
  /** Cases come back whatever the filter says. */
  ignoresFilter: boolean
  /** Every page is the first one. */
  turnsNoPages: boolean
}

/** An imitation of Creatio's OData service in memory, with the lies of the real one and faults on demand. */
export type FakeCreatio = CreatioBooks & Imitation

/** A client of the identity service, with the same secret as the user. */
export const CLIENT = 'tillwatch-client'
export const PASSWORD = 'hunter2-of-creatio'
export const CASE_SCHEMA = '117d32f9-8275-4534-8411-1c66115ce9cd'
export const STATUS = {
  opened: 'ae5f2f10-f46b-1410-fd9a-0050ba5d6c38',
  inWork: '7e9f1204-f46b-1410-fb9a-0050ba5d6c38',
  waiting: '3859c6e7-cbcb-486b-ba53-77808fe6e593',
  solved: 'ae7f411e-f46b-1410-009b-0050ba5d6c38',
  reopened: 'f063ebbe-fdc6-4982-8431-d8cfa52fedcf',
  cancelled: '6e5f4218-f46b-1410-fe9a-0050ba5d6c38',
  closed: '3e7f420c-f46b-1410-fc9a-0050ba5d6c38',
  /** One that the company added. */
  vendor: '00000000-0000-4000-8000-0000000000aa',
} as const
export const PRIORITY = {
  1: '00000000-0000-4000-8000-000000000001',
  2: '00000000-0000-4000-8000-000000000002',
  3: '00000000-0000-4000-8000-000000000003',
  4: '00000000-0000-4000-8000-000000000004',
} as const
export const ENGINEER = { Id: '00000000-0000-4000-8000-0000000000e1', Name: 'Инженер Выездной' }
export const ITEM = { Id: '00000000-0000-4000-8000-0000000000c1', SerialNumber: '0000000000301234' }
/** The identifier of a rating. */
export const ratingId = (points: number): string => `00000000-0000-4000-8000-0000000000b${points}`
const INCIDENT = '1b0bc159-150a-e111-a31b-00155d04c01d'

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  Case: [
    ...[
      'Id',
      'Number',
      'Subject',
      'Symptoms',
      'StatusId',
      'PriorityId',
      'CategoryId',
      'OwnerId',
      'GroupId',
      'AccountId',
    ],
    ...['ServiceItemId', 'ConfItemId', 'Solution', 'ClosureCodeId', 'CreatedOn', 'ModifiedOn'],
    ...['UsrTillwatchKey', 'UsrSerial', 'SatisfactionLevelId'],
  ],
  SocialMessage: ['Id', 'Message', 'EntityId', 'EntitySchemaUId', 'CreatedOn', 'CreatedById', 'HideOnPortal'],
  CaseFile: ['Id', 'Name', 'CaseId', 'Size'],
  CaseStatus: ['Id', 'Name', 'IsFinal', 'IsResolved', 'IsPaused'],
  ConfItem: ['Id', 'SerialNumber'],
  SatisfactionLevel: ['Id', 'Point'],
}
/** Columns that point to another object: a filter names them as `Status/Id`. */
const isLookup = (column: string) => /^(Status|Priority|Category|Owner|Group|Case|ConfItem|ServiceItem)Id$/.test(column)

const emptyBooks = (): CreatioBooks => ({
  tables: {
    Case: [],
    SocialMessage: [],
    CaseFile: [],
    CaseStatus: [
      { Id: STATUS.opened, Name: 'Новое' },
      { Id: STATUS.inWork, Name: 'В работе' },
      { Id: STATUS.waiting, Name: 'Ожидает ответа', IsPaused: true },
      { Id: STATUS.solved, Name: 'Разрешено', IsResolved: true },
      { Id: STATUS.reopened, Name: 'Переоткрыто' },
      { Id: STATUS.cancelled, Name: 'Отменено', IsFinal: true },
      { Id: STATUS.closed, Name: 'Закрыто', IsFinal: true },
      { Id: STATUS.vendor, Name: 'У производителя', IsPaused: true },
    ],
    CasePriority: [
      { Id: PRIORITY[1], Name: 'Критический' },
      { Id: PRIORITY[2], Name: 'Высокий' },
      { Id: PRIORITY[3], Name: 'Средний' },
      { Id: PRIORITY[4], Name: 'Низкий' },
    ],
    CaseCategory: [{ Id: INCIDENT, Name: 'Инцидент' }],
    ServiceItem: [{ Id: '00000000-0000-4000-8000-0000000000f1', Name: 'Кассы' }],
    ClosureCode: [{ Id: '00000000-0000-4000-8000-0000000000f2', Name: 'Устранено' }],
    Contact: [ENGINEER],
    SysAdminUnit: [
      { Id: '00000000-0000-4000-8000-0000000000f3', Name: 'Первая линия' },
      { Id: '00000000-0000-4000-8000-0000000000f4', Name: 'Двойник' },
      { Id: '00000000-0000-4000-8000-0000000000f5', Name: 'Двойник' },
    ],
    ConfItem: [ITEM],
    SatisfactionLevel: [1, 2, 3, 4, 5].map(points => ({ Id: ratingId(points), Point: points })),
  },
  sessions: new Map(),
  tokens: new Set(),
  logins: 0,
  password: PASSWORD,
  ...noLies(),
})

/** Settings of a desk that is this imitation; the password lies in the environment. */
export const settingsOf = (fake: FakeCreatio, more: object = {}): CreatioConfig => {
  process.env['TILLWATCH_TEST_CREATIO'] = PASSWORD
  return creatioConfig.parse({
    kind: 'creatio',
    name: 'creatio',
    url: fake.url,
    user: 'Робот',
    secret: { env: 'TILLWATCH_TEST_CREATIO' },
    internal_column: 'HideOnPortal',
    item: {},
    allow_private: true,
    ...more,
  })
}

/** An honest Creatio. */
export const noLies = () => ({
  silentColumns: new Set<string>(),
  refusedColumns: new Set<string>(),
  forbiddenMoves: new Set<string>(),
  movesFailLoudly: false,
  ownIds: false,
  forbidden: false,
  ignoresFilter: false,
  turnsNoPages: false,
})

/** Starts the imitation on loopback: a build on .NET Framework, with /0 before everything but the login. */
export async function startFakeCreatio(): Promise<FakeCreatio> {
  const imitation = await startImitation({
    operationOf,
    respond: request => respond(fake, request),
    forget: () => void fake.tables['Case']?.pop(),
  })
  const fake: FakeCreatio = Object.assign(imitation, emptyBooks())
  return fake
}

function operationOf({ method, url }: DeskRequest): DeskOperation | null {
  if (url.pathname === '/0/odata/Case' && method === 'POST') return 'create'
  const isFile = url.pathname.endsWith('/UploadFile')
  if (url.pathname.startsWith('/0/odata/Case(') || isFile) return 'change'
  if (url.pathname === '/0/odata/SocialMessage' && method === 'POST') return 'change'
  if (url.pathname !== '/0/odata/Case') return null
  const filter = url.searchParams.get('$filter') ?? ''
  if (filter.startsWith('Id eq')) return 'read'
  return filter.startsWith('UsrTillwatchKey') && !filter.includes('nobody-has') ? 'find' : null
}

const oops = (status: number, message: string): DeskResponse => ({ status, value: { error: { code: '', message } } })

function respond(fake: CreatioBooks, request: DeskRequest): DeskResponse {
  const { url } = request
  if (url.pathname === '/ServiceModel/AuthService.svc/Login') return logIn(fake, request)
  if (url.pathname === '/connect/token') return grant(fake, request)
  if (!url.pathname.startsWith('/0/')) return { status: 404 }
  return isLoggedIn(fake, request) ? inside(fake, request) : { status: 401 }
}

/** By a token, or by cookies of which one is echoed. */
function isLoggedIn(fake: CreatioBooks, { headers }: DeskRequest): boolean {
  if (headers.authorization !== undefined) return fake.tokens.has(headers.authorization.replace(/^Bearer /, ''))
  const cookies = new Map(
    (headers.cookie ?? '').split('; ').map(each => [each.split('=')[0], each.replace(/^[^=]*=/, '')]),
  )
  const csrf = fake.sessions.get(cookies.get('.ASPXAUTH') ?? '')
  const echoed = headers['bpmcsrf'] === csrf && headers['forceusesession'] === 'true'
  return csrf !== undefined && echoed && cookies.get('BPMCSRF') === csrf
}

/** The identity service, which answers 400 to whom it does not know. */
function grant(fake: CreatioBooks, { headers, body }: DeskRequest): DeskResponse {
  const form = new URLSearchParams(body.toString('utf8'))
  const isForm = headers['content-type'] === 'application/x-www-form-urlencoded'
  const isKnown = form.get('client_id') === CLIENT && form.get('client_secret') === fake.password
  if (!isForm || form.get('grant_type') !== 'client_credentials' || !isKnown) {
    return { status: 400, value: { error: 'invalid_client' } }
  }
  fake.logins += 1
  const token = `token-${fake.logins}`
  fake.tokens.add(token)
  return { status: 200, value: { access_token: token, expires_in: 3600, token_type: 'Bearer' } }
}

function inside(fake: CreatioBooks, request: DeskRequest): DeskResponse {
  const { method, url, headers, body } = request
  const path = url.pathname.slice('/0'.length)
  if (path === '/rest/FileApiService/UploadFile') return method === 'POST' ? upload(fake, request) : { status: 405 }
  const [, object = '', id, data] = /^\/odata\/(\w+)(?:\(([\da-f-]{36})\))?(\/Data)?$/.exec(path) ?? []
  const table = fake.tables[object]
  if (!table) return { status: 404 }
  if (fake.forbidden && object === 'Case')
    return oops(403, 'Current user does not have permissions for the "Case" object')
  if (data) return method === 'PUT' ? { status: 204 } : { status: 405 }
  if (method === 'GET' && id === undefined) return list(fake, object, table, url.searchParams)
  if (!/^application\/json/.test(headers['content-type'] ?? '')) return { status: 415 }
  const row = JSON.parse(body.toString('utf8')) as Row
  if (method === 'POST' && id === undefined) return insert(fake, object, table, row)
  const found = table.find(each => each.Id === id)
  if (method !== 'PATCH') return { status: 405 }
  return found ? update(fake, found, row) : { status: 404 }
}

function logIn(fake: CreatioBooks, { headers, body }: DeskRequest): DeskResponse {
  if (!/^application\/json/.test(headers['content-type'] ?? '')) return { status: 400 }
  const { UserName: user, UserPassword: password } = JSON.parse(body.toString('utf8'))
  // A wrong password is answered like a right one, but for the code.
  if (user !== 'Робот' || password !== fake.password) {
    const value = { Code: 1, Message: 'Неверное имя пользователя или пароль', PasswordChangeUrl: null }
    return { status: 200, value, headers: { 'set-cookie': ['BPMLOADER=abc; path=/', 'BPMCSRF=nobody; path=/'] } }
  }
  fake.logins += 1
  const csrf = `csrf+/${fake.logins}==`
  fake.sessions.set(`session${fake.logins}`, csrf)
  const cookies = ['BPMLOADER=abc', `.ASPXAUTH=session${fake.logins}`, `BPMCSRF=${csrf}`, 'UserName=1077']
  return {
    status: 200,
    value: { Code: 0, Message: '' },
    headers: { 'set-cookie': cookies.map(each => `${each}; path=/; HttpOnly`) },
  }
}

function list(fake: CreatioBooks, object: string, table: readonly Row[], query: URLSearchParams): DeskResponse {
  const select = query.get('$select')?.split(',')
  if (!select) return oops(500, 'Timeout expired')
  const columns = COLUMNS[object] ?? ['Id', 'Name']
  const unknown = select.find(each => !columns.includes(each) && !fake.silentColumns.has(each))
  if (unknown) return oops(400, `Could not find a property named '${unknown}' on type '${object}'`)
  const conditions = (query.get('$filter') ?? '').split(' and ').filter(Boolean)
  let found = [...table]
  for (const condition of conditions) {
    const parsed = /^([\w/]+) (eq|ge) (.+)$/.exec(condition)
    if (!parsed) return oops(400, 'Syntax error')
    const [, name = '', operator, wanted = ''] = parsed
    if (isLookup(name)) return oops(400, `Filtering by ${name} is not supported`)
    const column = name.replace('/Id', 'Id')
    if (/Id$/.test(column) && wanted.startsWith("'")) return oops(400, 'A binary operator with incompatible types')
    const value = wanted.replace(/^'|'$/g, '').replaceAll("''", "'")
    if (fake.ignoresFilter && object === 'Case') continue
    if (fake.silentColumns.has(column)) found = []
    found = found.filter(row =>
      operator === 'eq' ? row[column] === value : Date.parse(String(row[column])) >= Date.parse(value),
    )
  }
  const [order] = (query.get('$orderby') ?? 'Id').split(',')
  const [by = 'Id', direction] = (order ?? 'Id').split(' ')
  found.sort((one, two) => String(one[by]).localeCompare(String(two[by])) * (direction === 'desc' ? -1 : 1))
  const skip = fake.turnsNoPages ? 0 : Number(query.get('$skip') ?? 0)
  const page = found.slice(skip, skip + Number(query.get('$top') ?? 20_000))
  const shown = select.filter(each => !fake.silentColumns.has(each))
  const expanded = /^(\w+)\(\$select=Name\)$/.exec(query.get('$expand') ?? '')?.[1]
  const value = page.map(row => ({
    ...Object.fromEntries(shown.map(each => [each, row[each] ?? defaultOf(each)])),
    ...(expanded ? { [expanded]: expandedOf(fake, row, expanded) } : {}),
  }))
  return { status: 200, value: { '@odata.context': '', value } }
}

const ZERO = '00000000-0000-0000-0000-000000000000'
const defaultOf = (column: string) => {
  if (/^Is|^Hide/.test(column)) return false
  return /Id$/.test(column) ? ZERO : ''
}
const expandedOf = (fake: CreatioBooks, row: Row, name: string) => {
  const found = fake.tables['Contact']?.find(each => each.Id === row[`${name}Id`])
  return found ? { Name: found['Name'] } : null
}

function insert(fake: CreatioBooks, object: string, table: Row[], row: Row): DeskResponse {
  const columns = COLUMNS[object] ?? []
  const unknown = Object.keys(row).find(each => !columns.includes(each) && !fake.silentColumns.has(each))
  if (unknown) return oops(400, `The property '${unknown}' does not exist on type '${object}'`)
  const refused = Object.keys(row).find(each => fake.refusedColumns.has(each))
  if (refused) return oops(400, `Cannot convert the value of ${refused}`)
  if (table.some(each => each.Id === row.Id)) return oops(500, 'Нарушение PRIMARY KEY: запись с таким Id уже есть')
  if (String(row['Subject'] ?? '').length > 500) return oops(500, 'String or binary data would be truncated')
  if (object === 'SocialMessage' && row['EntitySchemaUId'] !== CASE_SCHEMA) return oops(500, 'Schema not found')
  const now = new Date().toISOString()
  const kept = Object.entries(row).filter(([column]) => !fake.silentColumns.has(column))
  const made: Row = { ...(Object.fromEntries(kept) as Row), CreatedOn: now, ModifiedOn: now }
  if (fake.ownIds) made.Id = `99999999-0000-4000-8000-${String(table.length).padStart(12, '0')}`
  if (object === 'Case') made['Number'] = `SR${String(table.length + 1).padStart(8, '0')}`
  table.push(made)
  // The number is filled afterwards: the answer has none.
  return { status: 201, value: { ...made, Number: '' } }
}

function update(fake: CreatioBooks, found: Row, change: Row): DeskResponse {
  const { StatusId: to, ...rest } = change
  const isMove = typeof to === 'string' && to !== found['StatusId']
  if (isMove && fake.forbiddenMoves.has(`${found['StatusId']}>${to}`)) {
    if (fake.movesFailLoudly) return oops(500, 'Переход на эту стадию запрещён')
  } else if (isMove) found['StatusId'] = to
  Object.assign(found, rest, { ModifiedOn: new Date().toISOString() })
  return { status: 204 }
}

function upload(fake: CreatioBooks, { url, headers, body }: DeskRequest): DeskResponse {
  const asked = (name: string) => url.searchParams.get(name)
  const range = `bytes 0-${body.length - 1}/${body.length}`
  const right =
    asked('entitySchemaName') === 'CaseFile' && asked('parentColumnName') === 'Case' && asked('columnName') === 'Data'
  if (!right || headers['content-range'] !== range || Number(asked('totalFileLength')) !== body.length) {
    return { status: 500, value: { success: false } }
  }
  const row = {
    Id: asked('fileId') ?? ZERO,
    Name: asked('fileName'),
    CaseId: asked('parentColumnValue'),
    Size: body.length,
  }
  fake.tables['CaseFile']?.push(row)
  return { status: 200, value: { success: true } }
}
