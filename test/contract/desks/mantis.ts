import { createHash } from 'node:crypto'
import { type DeskOperation, type DeskRequest, type DeskResponse, type Imitation, startImitation } from './imitation.ts'
import { isWellFormed, valuesIn } from './xml.ts'

interface FakeNote {
  text: string
  isPrivate: boolean
}

interface FakeIssue {
  id: number
  summary: string
  description: string
  statusId: number
  resolutionId: number
  priorityId: number
  severityId: number
  handler: string | null
  duplicateOf: number | null
  updatedAt: number
  fields: Map<number, string>
  notes: FakeNote[]
  files: string[]
}

/** What an imitation of MantisBT holds, and which of the real one's lies it tells. */
interface MantisBooks {
  readonly issues: FakeIssue[]
  /** Access level of the account: 70 is MANAGER, 55 DEVELOPER. */
  level: number
  /** The workflow: statuses that can be entered from one; all of them where it is not named. */
  ways: Map<number, readonly number[]>
  /** Statuses that are answered 200 and not set. */
  keptFrom: Set<number>
  /** The search by SOAP ignores the field that it is given. */
  ignoresFilter: boolean
  /** PHP has no SOAP: nothing is there, or an error without a word. */
  withoutSoap: 404 | 500 | null
  /** The value of the key field is dropped. */
  dropsField: boolean
  /** Notes are public, whatever was wished. */
  exposesNotes: boolean
  /** New issues of the account wait for a moderator. */
  moderates: boolean
  /** The account made too many events in an hour. */
  suspectsSpam: boolean
  /** Called before a page of the list is given: somebody changes something meanwhile. */
  meanwhile: (() => void) | null
}

/** An imitation of MantisBT's REST API and of its search by SOAP in memory. */
export type FakeMantis = MantisBooks & Imitation

export const TOKEN = 'token-of-the-mantis-bot'
export const KEY_FIELD = 7
export const SERIAL_FIELD = 8
export const ENGINEER = 'Field Engineer'
const BOT = 'tillwatch-bot'
const FILE_MAX = 5_000_000
const SUMMARY_MAX = 128
const STATUSES = [
  { id: 10, name: 'new', label: 'новая' },
  { id: 20, name: 'feedback', label: 'нужен отклик' },
  { id: 30, name: 'acknowledged', label: 'рассматривается' },
  { id: 40, name: 'confirmed', label: 'подтверждена' },
  { id: 50, name: 'assigned', label: 'назначена' },
  { id: 80, name: 'resolved', label: 'решена' },
  { id: 90, name: 'closed', label: 'закрыта' },
]
const RESOLUTIONS = [
  { id: 10, name: 'open', label: 'открыта' },
  { id: 20, name: 'fixed', label: 'решена' },
  { id: 30, name: 'reopened', label: 'переоткрыта' },
  { id: 60, name: 'duplicate', label: 'повтор' },
  { id: 90, name: 'wont fix', label: 'отказ' },
]
const PRIORITIES = [
  { id: 10, name: 'none', label: 'нет' },
  { id: 20, name: 'low', label: 'низкий' },
  { id: 30, name: 'normal', label: 'обычный' },
  { id: 40, name: 'high', label: 'высокий' },
  { id: 50, name: 'urgent', label: 'срочный' },
  { id: 60, name: 'immediate', label: 'немедленный' },
]
const SEVERITIES = [
  { id: 50, name: 'minor', label: 'малая' },
  { id: 60, name: 'major', label: 'большая' },
  { id: 70, name: 'crash', label: 'падение' },
  { id: 80, name: 'block', label: 'блокирует' },
]
const CONFIG: Readonly<Record<string, unknown>> = {
  status_enum_string: STATUSES,
  resolution_enum_string: RESOLUTIONS,
  priority_enum_string: PRIORITIES,
  severity_enum_string: SEVERITIES,
  bug_resolved_status_threshold: 80,
  max_file_size: FILE_MAX,
  update_readonly_bug_threshold: 70,
}
const PROJECTS = [
  {
    id: 1,
    name: 'Кассы',
    categories: [{ id: 1, name: 'General' }],
    custom_fields: [
      { id: KEY_FIELD, name: 'Tillwatch', type: 'string' },
      { id: SERIAL_FIELD, name: 'Serial', type: 'string' },
    ],
  },
  { id: 2, name: 'Склад', categories: [], custom_fields: [] },
]
const RESOLVED = 80
const CLOSED = 90
const REST = '/api/rest'
const SOAP = '/api/soap/mantisconnect.php'

export const emptyMantis = (): MantisBooks => ({
  issues: [],
  level: 70,
  ways: new Map(),
  keptFrom: new Set(),
  ignoresFilter: false,
  withoutSoap: null,
  dropsField: false,
  exposesNotes: false,
  moderates: false,
  suspectsSpam: false,
  meanwhile: null,
})

/** Starts the imitation on loopback. */
export async function startFakeMantis(): Promise<FakeMantis> {
  const imitation = await startImitation({
    operationOf,
    respond: request => (request.url.pathname === SOAP ? soap(fake, request) : rest(fake, request)),
    forget: () => void fake.issues.pop(),
  })
  const fake: FakeMantis = Object.assign(imitation, emptyMantis())
  return fake
}

function operationOf({ method, url }: DeskRequest): DeskOperation | null {
  if (url.pathname === SOAP) return 'find'
  if (url.pathname === `${REST}/issues`) return method === 'POST' ? 'create' : 'find'
  if (url.pathname.startsWith(`${REST}/issues/`)) return method === 'GET' ? 'read' : 'change'
  return null
}

const refusal = (status: number, code: number, message: string): DeskResponse => ({
  status,
  value: { message, code, localized: message },
})

function rest(fake: FakeMantis, request: DeskRequest): DeskResponse {
  const { method, url, headers } = request
  if (headers.authorization !== TOKEN) return { status: 401 }
  const path = url.pathname.slice(REST.length)
  if (!url.pathname.startsWith(REST)) return { status: 404 }
  if (method === 'GET') return get(fake, path, url)
  const isJson = headers['content-type']?.startsWith('application/json')
  let body: Record<string, unknown> = {}
  try {
    if (isJson) body = JSON.parse(request.body.toString('utf8'))
  } catch {
    return { status: 400 }
  }
  if (path === '/issues' && method === 'POST') return create(fake, body)
  const [, id, part] = /^\/issues\/(\d+)(\/notes|\/files)?$/.exec(path) ?? []
  const issue = fake.issues.find(each => String(each.id) === id)
  if (id === undefined) return { status: 404 }
  if (!issue) return refusal(404, 1100, `Issue ${id} not found.`)
  if (issue.statusId >= RESOLVED && fake.level < 70) return refusal(403, 0, `Issue ${id} is readonly`)
  if (method === 'PATCH' && part === undefined) return patch(fake, issue, body, headers['if-match'])
  if (method === 'POST' && part === '/notes') return note(fake, issue, body)
  if (method === 'POST' && part === '/files') return file(issue, body)
  return { status: 405 }
}

function get(fake: FakeMantis, path: string, url: URL): DeskResponse {
  if (path === '/users/me') {
    const level = { id: fake.level, name: fake.level < 70 ? 'developer' : 'manager' }
    return { status: 200, value: { id: 3, name: BOT, access_level: level } }
  }
  if (path === '/config') {
    const options = url.searchParams.getAll('option[]').filter(option => option in CONFIG)
    return { status: 200, value: { configs: options.map(option => ({ option, value: CONFIG[option] })) } }
  }
  if (path === '/projects') return { status: 200, value: { projects: PROJECTS } }
  if (path === '/projects/1/handlers') {
    return { status: 200, value: { users: [{ id: 4, name: 'engineer', real_name: ENGINEER }] } }
  }
  if (path === '/issues') return list(fake, url)
  const id = /^\/issues\/(\d+)$/.exec(path)?.[1]
  if (id === undefined) return { status: 404 }
  const issue = fake.issues.find(each => String(each.id) === id)
  if (!issue) return refusal(404, 1100, `Issue ${id} not found.`)
  const value = viewOf(issue)
  return { status: 200, value: { issues: [value] }, headers: { etag: etagOf(issue) } }
}

/** Knows nothing of what it was not made for: other parameters are passed over. */
function list(fake: FakeMantis, url: URL): DeskResponse {
  fake.meanwhile?.()
  const size = Number(url.searchParams.get('page_size') ?? 50)
  const page = Number(url.searchParams.get('page') ?? 1)
  const select = url.searchParams.get('select')?.split(',')
  const issues = fake.issues
    .toSorted((one, two) => secondOf(two.updatedAt) - secondOf(one.updatedAt) || two.id - one.id)
    .slice((page - 1) * size, page * size)
    .map(issue => Object.fromEntries(Object.entries(viewOf(issue)).filter(([key]) => select?.includes(key) ?? true)))
  return { status: 200, value: { issues } }
}

interface Reference {
  readonly id?: number
  readonly name?: string
}

/** A word that is not there becomes 0, without a word. */
const numberOf = (wanted: unknown, words: readonly { id: number; name: string }[]): number => {
  const { id, name } = wanted as Reference
  return id ?? words.find(each => each.name === name)?.id ?? 0
}

function create(fake: FakeMantis, body: Record<string, unknown>): DeskResponse {
  if (fake.suspectsSpam) return refusal(400, 27, 'You have reached the allowed activity limit of 10 events')
  for (const name of ['summary', 'description', 'project', 'category']) {
    if (!body[name]) return refusal(400, 11, `A necessary field "${name}" was empty.`)
  }
  const fields = (body['custom_fields'] ?? []) as { field: Reference; value: string }[]
  const project = PROJECTS.find(each => each.id === (body['project'] as Reference).id)
  if (!project) return refusal(404, 700, 'Project not found')
  for (const { field, value } of fields) {
    if (!project.custom_fields.some(each => each.id === field.id)) return refusal(404, 1300, 'Custom field not found')
    if (value.length > 255) return refusal(400, 1303, 'Invalid value for field')
  }
  const { summary, description } = body as { summary: string; description: string }
  if ([...summary].length > SUMMARY_MAX || /[\u{10000}-\u{10ffff}]/u.test(summary + description)) return { status: 500 }
  if (fake.moderates) return { status: 202 }
  const issue: FakeIssue = {
    id: (fake.issues.at(-1)?.id ?? 0) + 1,
    summary,
    description,
    statusId: 10,
    resolutionId: 10,
    priorityId: numberOf(body['priority'] ?? { id: 30 }, PRIORITIES),
    severityId: numberOf(body['severity'] ?? { id: 50 }, SEVERITIES),
    handler: (body['handler'] as Reference | undefined)?.id === 4 ? ENGINEER : null,
    duplicateOf: null,
    updatedAt: Date.now(),
    fields: new Map(
      fields.flatMap(({ field, value }) =>
        fake.dropsField && field.id === KEY_FIELD ? [] : [[field.id ?? 0, value] as const],
      ),
    ),
    notes: [],
    files: [],
  }
  fake.issues.push(issue)
  return { status: 201, value: { issue: viewOf(issue) } }
}

function patch(
  fake: FakeMantis,
  issue: FakeIssue,
  body: Record<string, unknown>,
  ifMatch: string | undefined,
): DeskResponse {
  if (ifMatch !== undefined && ifMatch !== etagOf(issue)) return { status: 412 }
  const { status, resolution, priority, notes } = body
  const statusId = status ? numberOf(status, STATUSES) : issue.statusId
  if (statusId !== issue.statusId && !(fake.ways.get(issue.statusId)?.includes(statusId) ?? true)) {
    return refusal(400, 1303, 'Invalid value for field "status".')
  }
  if (!fake.keptFrom.has(statusId)) {
    issue.statusId = statusId
    if (resolution) issue.resolutionId = numberOf(resolution, RESOLUTIONS)
  }
  if (priority) issue.priorityId = numberOf(priority, PRIORITIES)
  for (const each of (notes ?? []) as Record<string, unknown>[]) note(fake, issue, each)
  issue.updatedAt = Date.now()
  return { status: 200, value: { issues: [viewOf(issue)] } }
}

function note(fake: FakeMantis, issue: FakeIssue, body: Record<string, unknown>): DeskResponse {
  if (!body['text']) return refusal(400, 11, 'A necessary field "Note" was empty.')
  const state = body['view_state'] as Reference | undefined
  const isPrivate = !fake.exposesNotes && (state?.id === 50 || state?.name === 'private')
  issue.notes.push({ text: String(body['text']), isPrivate })
  issue.updatedAt = Date.now()
  return { status: 201, value: { note: { id: issue.notes.length } } }
}

function file(issue: FakeIssue, body: Record<string, unknown>): DeskResponse {
  const files = (body['files'] ?? []) as { name?: string; content?: string }[]
  if (files.length === 0) return refusal(400, 11, 'A necessary field "files" was empty.')
  for (const { name, content } of files) {
    if (!name || !content) return refusal(400, 11, 'A necessary field "name" was empty.')
    if (Buffer.from(content, 'base64').length > FILE_MAX) return refusal(400, 500, 'The file is too big.')
    issue.files.push(name)
  }
  issue.updatedAt = Date.now()
  return { status: 201 }
}

const secondOf = (ms: number): number => Math.floor(ms / 1000)
const momentOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, '+00:00')
const wordFor = (id: number, words: readonly { id: number; name: string; label: string }[]) =>
  words.find(each => each.id === id) ?? { id, name: `@${id}@`, label: `@${id}@` }
const etagOf = (issue: FakeIssue): string =>
  createHash('sha1')
    .update(JSON.stringify(viewOf(issue)))
    .digest('hex')

const viewOf = (issue: FakeIssue) => ({
  id: issue.id,
  summary: issue.summary,
  description: issue.description,
  status: wordFor(issue.statusId, STATUSES),
  resolution: wordFor(issue.resolutionId, RESOLUTIONS),
  priority: wordFor(issue.priorityId, PRIORITIES),
  severity: wordFor(issue.severityId, SEVERITIES),
  ...(issue.handler === null ? {} : { handler: { id: 4, name: 'engineer', real_name: issue.handler } }),
  created_at: momentOf(issue.updatedAt),
  updated_at: momentOf(issue.updatedAt),
  custom_fields: [KEY_FIELD, SERIAL_FIELD].map(id => ({
    field: { id, name: `field ${id}` },
    value: issue.fields.get(id) ?? '',
  })),
  notes: issue.notes.map(({ text, isPrivate }, index) => ({
    id: index + 1,
    reporter: { id: 3, name: BOT },
    text,
    view_state: isPrivate ? { id: 50, name: 'private' } : { id: 10, name: 'public' },
    created_at: momentOf(issue.updatedAt),
  })),
  attachments: issue.files.map((filename, id) => ({ id, filename })),
  relationships:
    issue.duplicateOf === null
      ? []
      : [{ id: 1, type: { id: 0, name: 'duplicate-of' }, issue: { id: issue.duplicateOf } }],
})

const envelope = (content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns1="http://futureware.biz/mantisconnect"><SOAP-ENV:Body>${content}</SOAP-ENV:Body></SOAP-ENV:Envelope>\n`
const fault = (code: string, words: string): DeskResponse => ({
  status: 500,
  text: envelope(
    `<SOAP-ENV:Fault><faultcode>SOAP-ENV:${code}</faultcode><faultstring>${words}</faultstring></SOAP-ENV:Fault>`,
  ),
})

/** `mc_filter_search_issue_ids`: closed issues only when nothing is hidden, and the last page for every later one. */
function soap(fake: FakeMantis, { method, headers, body }: DeskRequest): DeskResponse {
  if (fake.withoutSoap !== null) return { status: fake.withoutSoap }
  const text = body.toString('utf8')
  if (method !== 'POST' || !headers['content-type']?.startsWith('text/xml') || !isWellFormed(text)) {
    return fault('Client', 'Bad Request')
  }
  const one = (...path: string[]) => valuesIn(text, path)[0]
  const call = ['Envelope', 'Body', 'mc_filter_search_issue_ids']
  if (!/SOAP-ENV:encodingStyle="http:\/\/schemas\.xmlsoap\.org\/soap\/encoding\/"/.test(text)) {
    return fault('Client', 'Procedure not present')
  }
  if (one(...call, 'username') !== BOT || one(...call, 'password') !== TOKEN) return fault('Client', 'Access denied')
  const field = Number(one(...call, 'filter', 'custom_fields', 'item', 'field', 'id'))
  const values = valuesIn(text, [...call, 'filter', 'custom_fields', 'item', 'value', 'item'])
  const hidden = Number(one(...call, 'filter', 'hide_status_id', 'item') ?? CLOSED)
  const size = Number(one(...call, 'per_page'))
  const found = fake.issues
    .filter(issue => hidden === -2 || issue.statusId < hidden)
    .filter(issue => fake.ignoresFilter || field !== KEY_FIELD || values.includes(issue.fields.get(field) ?? ''))
    .map(issue => issue.id)
    .reverse()
  const page = Math.max(1, Math.min(Number(one(...call, 'page_number')), Math.ceil(found.length / size)))
  const ids = found.slice((page - 1) * size, page * size)
  const items = ids.map(id => `<item xsi:type="xsd:integer">${id}</item>`).join('')
  const list = `<return SOAP-ENC:arrayType="xsd:integer[${ids.length}]" xsi:type="ns1:IntegerArray"`
  const answer = ids.length === 0 ? `${list}/>` : `${list}>${items}</return>`
  return {
    status: 200,
    text: envelope(`<ns1:mc_filter_search_issue_idsResponse>${answer}</ns1:mc_filter_search_issue_idsResponse>`),
    headers: { 'content-type': 'text/xml; charset=utf-8' },
  }
}
