import { type DeskOperation, type DeskRequest, type DeskResponse, type Imitation, startImitation } from './imitation.ts'

interface FakeComment {
  /** HTML. */
  content: string
  isPublic: boolean
  files: string[]
}

interface FakeIssue {
  id: number
  title: string
  description: string
  status: string
  priority: string
  type: string
  companyId: number | null
  equipmentIds: number[]
  assignee: string | null
  rate: string | null
  updatedAt: number
  attributes: Map<string, string>
  comments: FakeComment[]
}

/** What an imitation of Okdesk holds, and which of the real one's traps it sets. */
interface OkdeskBooks {
  readonly issues: FakeIssue[]
  /** Statuses that can be entered from one; all of them where it is not named. */
  ways: Map<string, readonly string[]>
  /** Statuses that demand a comment of their own. */
  wantsComment: Set<string>
  /** Statuses that are answered well and not entered. */
  keptFrom: Set<string>
  /** Refusals come with status 200. */
  refusesWith200: boolean
  /** Comments are public, whatever was wished. */
  exposesNotes: boolean
  /** The search ignores the attribute that it is given. */
  ignoresFilter: boolean
  /** The attribute of the key is dropped. */
  dropsKey: boolean
  /** The only verb by which attributes are changed. */
  verb: 'POST' | 'PATCH'
  /** The list of attributes is not there. */
  hidesAttributes: boolean
  /** Refusals repeat the address that was called. */
  echoes: boolean
  /** Names of files are written otherwise. */
  renamesFiles: boolean
  /** The list passes over its sorting. */
  sortsOtherwise: boolean
}

/** An imitation of Okdesk's API v1 in memory. */
export type FakeOkdesk = OkdeskBooks & Imitation

export const KEY = 'key-of-the-okdesk-employee'
export const AUTHOR = 12
export const ATTRIBUTES = { key: 'tillwatch', serial: 'serial', raised: 'raised', flag: 'flag' } as const
export const ENGINEER = 'Инженер Петров'
export const DEVICE = { id: 17, serial: '0000000000301234' } as const
const STATUSES = [
  { code: 'opened', name: 'Открыта' },
  { code: 'in_progress', name: 'В работе' },
  { code: 'delayed', name: 'Отложена' },
  { code: 'completed', name: 'Решена' },
  { code: 'closed', name: 'Закрыта' },
]
const PRIORITIES = [
  { code: 'low', name: 'Низкий' },
  { code: 'normal', name: 'Обычный' },
  { code: 'high', name: 'Высокий' },
  { code: 'highest', name: 'Наивысший' },
]
const LISTED_ATTRIBUTES = [
  { code: ATTRIBUTES.key, name: 'Ключ', field_type: 'ftstring' },
  { code: ATTRIBUTES.serial, name: 'Номер ККТ', field_type: 'ftstring' },
  { code: ATTRIBUTES.raised, name: 'Повышен до', field_type: 'ftstring' },
  { code: ATTRIBUTES.flag, name: 'Флаг', field_type: 'ftcheckbox' },
]
const ISSUE_FIELDS = [
  'title',
  'description',
  'company_id',
  'maintenance_entity_id',
  'equipment_ids',
  'assignee_id',
  'group_id',
  'type',
  'priority',
  'custom_parameters',
]
const BASE = '/api/v1'

export const emptyOkdesk = (): OkdeskBooks => ({
  issues: [],
  ways: new Map(),
  wantsComment: new Set(),
  keptFrom: new Set(),
  refusesWith200: false,
  exposesNotes: false,
  ignoresFilter: false,
  dropsKey: false,
  verb: 'PATCH',
  hidesAttributes: false,
  echoes: false,
  renamesFiles: false,
  sortsOtherwise: false,
})

/** Starts the imitation on loopback. */
export async function startFakeOkdesk(): Promise<FakeOkdesk> {
  const imitation = await startImitation({
    operationOf,
    respond: request => respond(fake, request),
    forget: () => void fake.issues.pop(),
  })
  const fake: FakeOkdesk = Object.assign(imitation, emptyOkdesk())
  return fake
}

function operationOf({ method, url }: DeskRequest): DeskOperation | null {
  const path = url.pathname.slice(BASE.length)
  if (method === 'POST' && path === '/issues/') return 'create'
  if (path === '/issues/count') return 'find'
  if (!/^\/issues\/\d/.test(path)) return null
  return method === 'GET' ? 'read' : 'change'
}

function respond(fake: FakeOkdesk, request: DeskRequest): DeskResponse {
  const { url, method } = request
  if (url.searchParams.get('api_token') !== KEY) return refusal(fake, url, 401, ['Неверный ключ авторизации'])
  if (!url.pathname.startsWith(BASE)) return { status: 404, text: '<html>', headers: { 'content-type': 'text/html' } }
  const path = url.pathname.slice(BASE.length)
  if (method === 'GET') return get(fake, path, url)
  const body = bodyOf(request)
  if (path === '/issues/' && method === 'POST') return create(fake, url, body)
  const [, id, part] = /^\/issues\/(\d+)\/(comments|statuses|parameters)$/.exec(path) ?? []
  const issue = fake.issues.find(each => String(each.id) === id)
  if (!issue) return refusal(fake, url, 404, ['Заявка не найдена'])
  if (part === 'parameters') return setAttributes(fake, url, issue, method, body)
  if (method !== 'POST') return refusal(fake, url, 405, ['Метод не поддерживается'])
  return part === 'comments' ? comment(fake, url, issue, body) : enter(fake, url, issue, body)
}

const refusal = (fake: FakeOkdesk, url: URL, status: number, errors: unknown): DeskResponse => ({
  status: fake.refusesWith200 && status === 422 ? 200 : status,
  value: { errors: fake.echoes && Array.isArray(errors) ? [...errors, `${url.pathname}${url.search}`] : errors },
})

/** Fields of a body by their paths, as `comment.content`; a body without its type is none. */
type Body = { readonly fields: ReadonlyMap<string, unknown>; readonly files: readonly string[] }

function bodyOf({ headers, body }: DeskRequest): Body {
  const type = headers['content-type'] ?? ''
  if (type.startsWith('multipart/form-data'))
    return formOf(body.toString('utf8'), /boundary=(\S+)/.exec(type)?.[1] ?? '')
  if (!type.startsWith('application/json')) return { fields: new Map(), files: [] }
  const fields = new Map<string, unknown>()
  const walk = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) fields.set(path, value)
    else for (const [name, each] of Object.entries(value)) walk(each, path === '' ? name : `${path}.${name}`)
  }
  walk(JSON.parse(body.toString('utf8')), '')
  return { fields, files: [] }
}

function formOf(text: string, boundary: string): Body {
  const fields = new Map<string, unknown>()
  const files: string[] = []
  for (const part of text.split(`--${boundary}`).slice(1, -1)) {
    const [head = '', ...content] = part.split('\r\n\r\n')
    const name = /name="([^"]+)"/.exec(head)?.[1] ?? ''
    const file = /filename="([^"]+)"/.exec(head)?.[1]
    if (file === undefined)
      fields.set(name.replace('[', '.').replace(']', ''), content.join('\r\n\r\n').replace(/\r\n$/, ''))
    else if (/^comment\[attachments_attributes\]\[\d+\]\[attachment\]$/.test(name)) files.push(file)
  }
  return { fields, files }
}

function get(fake: FakeOkdesk, path: string, url: URL): DeskResponse {
  if (path === '/issues/statuses/') return { status: 200, value: STATUSES }
  if (path === '/issues/priorities/') return { status: 200, value: PRIORITIES }
  if (path === '/issues/parameters/list') {
    return fake.hidesAttributes ? refusal(fake, url, 404, ['Не найдено']) : { status: 200, value: LISTED_ATTRIBUTES }
  }
  if (path === '/issues/count') return { status: 200, value: search(fake, url) }
  if (path === '/issues/list') return list(fake, url)
  if (path === '/equipments/') {
    const found = url.searchParams.get('serial_number') === DEVICE.serial
    return { status: 200, value: found ? { id: DEVICE.id, serial_number: DEVICE.serial } : {} }
  }
  const [, id, part] = /^\/issues\/(\d+)(\/comments)?$/.exec(path) ?? []
  const issue = fake.issues.find(each => String(each.id) === id)
  if (!issue) return refusal(fake, url, 404, ['Заявка не найдена'])
  return { status: 200, value: part === undefined ? viewOf(issue) : commentsOf(fake, issue) }
}

/** Finds values that hold the wanted one. */
function search(fake: FakeOkdesk, url: URL): readonly number[] {
  const filter = [...url.searchParams].flatMap(([name, value]) => {
    const code = /^custom_parameters\[(\w+)\]$/.exec(name)?.[1]
    return code === undefined || fake.ignoresFilter ? [] : [{ code, value }]
  })
  return fake.issues
    .filter(issue => filter.every(({ code, value }) => issue.attributes.get(code)?.includes(value)))
    .map(issue => issue.id)
    .reverse()
}

function list(fake: FakeOkdesk, url: URL): DeskResponse {
  const size = Number(url.searchParams.get('page[size]') ?? 10)
  if (size > 100) return refusal(fake, url, 422, { page: { size: ['не может превышать 100'] } })
  const page = Number(url.searchParams.get('page[number]') ?? 1)
  const direction = url.searchParams.get('sorting[direction]') === 'reverse' && !fake.sortsOtherwise ? -1 : 1
  const byUpdate = url.searchParams.get('sorting[field]') === 'updated_at'
  const sorted = fake.issues.toSorted(
    (one, two) => direction * ((byUpdate ? one.updatedAt - two.updatedAt : 0) || one.id - two.id),
  )
  return { status: 200, value: sorted.slice((page - 1) * size, page * size).map(viewOf) }
}

function create(fake: FakeOkdesk, url: URL, { fields }: Body): DeskResponse {
  const at = (name: string) => fields.get(`issue.${name}`)
  if (!at('title')) return refusal(fake, url, 422, { title: ['не может быть пустым'] })
  const attributes = [...fields].flatMap(([path, value]) => {
    const code = /^issue\.custom_parameters\.(\w+)$/.exec(path)?.[1]
    return code === undefined ? [] : [[code, String(value)] as const]
  })
  for (const path of fields.keys()) {
    const name = path.split('.')[1] ?? ''
    if (!ISSUE_FIELDS.includes(name)) return refusal(fake, url, 422, { [name]: ['неизвестный параметр'] })
  }
  for (const [code, value] of attributes) {
    const attribute = LISTED_ATTRIBUTES.find(each => each.code === code)
    if (!attribute) return refusal(fake, url, 422, { custom_parameters: { [code]: ['не существует'] } })
    if (code === ATTRIBUTES.flag && value !== 'true') return refusal(fake, url, 422, ['Флаг имеет неверное значение'])
  }
  const priority = at('priority') ?? 'normal'
  if (!PRIORITIES.some(each => each.code === priority)) return refusal(fake, url, 422, { priority: ['не существует'] })
  const devices = (at('equipment_ids') ?? []) as number[]
  if (devices.some(id => id !== DEVICE.id)) return refusal(fake, url, 422, ['Оборудование не найдено'])
  const issue: FakeIssue = {
    id: (fake.issues.at(-1)?.id ?? 100) + 1,
    title: String(at('title')),
    description: String(at('description') ?? ''),
    status: 'opened',
    priority: String(priority),
    type: String(at('type') ?? 'incident'),
    companyId: (at('company_id') as number | undefined) ?? null,
    equipmentIds: devices,
    assignee: at('assignee_id') === undefined ? null : ENGINEER,
    rate: null,
    updatedAt: Date.now(),
    attributes: new Map(attributes.filter(([code]) => !(fake.dropsKey && code === ATTRIBUTES.key))),
    comments: [],
  }
  fake.issues.push(issue)
  return { status: 200, value: viewOf(issue) }
}

function comment(fake: FakeOkdesk, url: URL, issue: FakeIssue, { fields, files }: Body): DeskResponse {
  const content = fields.get('comment.content')
  if (!content) return refusal(fake, url, 422, { content: ['не может быть пустым'] })
  if (Number(fields.get('comment.author_id')) !== AUTHOR) return refusal(fake, url, 422, { author_id: ['не найден'] })
  issue.comments.push({
    content: String(content),
    isPublic: fake.exposesNotes || String(fields.get('comment.public') ?? true) === 'true',
    files: [...files],
  })
  issue.updatedAt = Date.now()
  return { status: 200, value: { id: issue.comments.length } }
}

function enter(fake: FakeOkdesk, url: URL, issue: FakeIssue, { fields }: Body): DeskResponse {
  const code = String(fields.get('code'))
  if (!STATUSES.some(each => each.code === code)) return refusal(fake, url, 422, { code: ['не существует'] })
  if (!(fake.ways.get(issue.status)?.includes(code) ?? true)) {
    return refusal(fake, url, 422, ['Переход в указанный статус запрещён'])
  }
  if (code === 'delayed' && !fields.get('delay_to'))
    return refusal(fake, url, 422, { delay_to: ['не может быть пустым'] })
  const words = fields.get('comment')
  if (fake.wantsComment.has(code) && !words) return refusal(fake, url, 422, { comment: ['не может быть пустым'] })
  if (words) issue.comments.push({ content: String(words), isPublic: fields.get('comment_public') === true, files: [] })
  if (!fake.keptFrom.has(code)) issue.status = code
  issue.updatedAt = Date.now()
  return { status: 200, value: viewOf(issue) }
}

/** Answers in no JSON. */
function setAttributes(fake: FakeOkdesk, url: URL, issue: FakeIssue, method: string, { fields }: Body): DeskResponse {
  if (method !== fake.verb) return refusal(fake, url, 404, ['Не найдено'])
  for (const [path, value] of fields) issue.attributes.set(path.replace('custom_parameters.', ''), String(value))
  issue.updatedAt = Date.now()
  return { status: 200, text: 'OK', headers: { 'content-type': 'text/plain' } }
}

const momentOf = (ms: number): string => new Date(ms + 10_800_000).toISOString().replace('Z', '+03:00')
const named = (code: string, all: readonly { code: string; name: string }[]) => all.find(each => each.code === code)

const viewOf = (issue: FakeIssue) => ({
  id: issue.id,
  title: issue.title,
  description: issue.description,
  created_at: momentOf(issue.updatedAt),
  // Stays when an issue is opened again.
  completed_at: issue.status === 'opened' ? null : momentOf(issue.updatedAt),
  updated_at: momentOf(issue.updatedAt),
  company_id: issue.companyId,
  equipment_ids: issue.equipmentIds,
  attachments: [],
  parameters: LISTED_ATTRIBUTES.map(each => ({ ...each, value: issue.attributes.get(each.code) ?? null })),
  comments: { count: issue.comments.length, last_at: momentOf(issue.updatedAt) },
  type: { code: issue.type, name: issue.type },
  priority: named(issue.priority, PRIORITIES),
  status: named(issue.status, STATUSES),
  rate: issue.rate === null ? null : { id: 1, value: issue.rate },
  assignee: issue.assignee === null ? null : { id: 4, name: issue.assignee },
  author: { id: AUTHOR, name: 'Tillwatch' },
})

const commentsOf = (fake: FakeOkdesk, issue: FakeIssue) =>
  issue.comments
    .map(({ content, isPublic, files }, index) => ({
      id: index + 1,
      content,
      public: isPublic,
      published_at: momentOf(issue.updatedAt),
      author: { id: AUTHOR, name: 'Tillwatch', type: 'employee' },
      attachments: files.map(name => ({
        id: index,
        attachment_file_name: fake.renamesFiles ? name.replaceAll('-', '_') : name,
      })),
    }))
    .reverse()
