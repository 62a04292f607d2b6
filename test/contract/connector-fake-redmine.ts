import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the fake does wrong to the next request that fits; each is used up once. */
interface DeskFault {
  readonly on: 'create' | 'find' | 'read' | 'change'
  readonly how:
    | 'cut_after'
    | 'silent_after'
    | 'cut_before'
    | 'error_after'
    | 'forgotten'
    | 'error'
    | 'wait'
    | 'unreadable'
    | 'forbidden'
}

interface FakeIssue {
  id: number
  subject: string
  description: string
  statusId: number
  priorityId: number
  fields: Map<number, string>
  notes: string[]
}

/** What an imitation of Redmine holds, and which of the real one's lies it tells. */
export interface RedmineBooks {
  readonly issues: FakeIssue[]
  /** Numbers of statuses that the workflow does not allow: a change to them is answered 204 and not made. */
  forbiddenStatuses: Set<number>
  /** The filter by the key field is silently ignored. */
  ignoresFilter: boolean
  /** The key field is not on the tracker: its value is silently dropped. */
  dropsField: boolean
}

/** An imitation of Redmine's REST API in memory, with the lies of the real one and faults on demand. */
export interface FakeRedmine extends RedmineBooks {
  readonly url: string
  readonly requests: string[]
  faults: DeskFault[]
  stop(): Promise<void>
}

export const emptyRedmine = (): RedmineBooks => ({
  issues: [],
  forbiddenStatuses: new Set(),
  ignoresFilter: false,
  dropsField: false,
})

export const FAKE_KEY_FIELD = 7
/** A field with a list of allowed values, of which ours is none. */
export const FAKE_LIST_FIELD = 8
const STATUSES = [
  { id: 1, name: 'New', is_closed: false },
  { id: 2, name: 'In Progress', is_closed: false },
  { id: 3, name: 'Resolved', is_closed: false },
  { id: 5, name: 'Closed', is_closed: true },
]
const PRIORITIES = [
  { id: 1, name: 'Low' },
  { id: 3, name: 'High' },
  { id: 4, name: 'Urgent' },
  { id: 5, name: 'Immediate' },
]
const nameIn = (list: readonly { id: number; name: string }[], id: number) => list.find(each => each.id === id)?.name

/** Starts the imitation on loopback. */
export async function startFakeRedmine(): Promise<FakeRedmine> {
  const desk = { ...emptyRedmine(), requests: [] as string[], faults: [] as DeskFault[] }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => answer(fake, request, response, Buffer.concat(chunks).toString('utf8')))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = () =>
    new Promise<void>(resolve => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  const fake: FakeRedmine = Object.assign(desk, { url, stop })
  return fake
}

function answer(fake: FakeRedmine, request: IncomingMessage, response: ServerResponse, body: string): void {
  const url = new URL(request.url ?? '/', fake.url)
  const operation = operationOf(request.method ?? 'GET', url)
  fake.requests.push(`${request.method} ${url.pathname}`)
  const fault = takeFault(fake, operation)
  if (fault !== null && BEFORE[fault]) {
    BEFORE[fault](request, response)
    return
  }
  const { status, value } = respond(fake, request.method ?? 'GET', url, body)
  if (fault === 'forgotten') fake.issues.pop()
  if (fault === 'cut_after') request.socket.destroy()
  else if (fault === 'silent_after') return
  else if (fault === 'error_after') reply(response, 500)
  else if (fault === 'unreadable') response.writeHead(status).end('<html>')
  else reply(response, status, value)
}

/** Faults that keep the request from doing anything. */
const BEFORE: Partial<Record<DeskFault['how'], (request: IncomingMessage, response: ServerResponse) => void>> = {
  cut_before: request => request.socket.destroy(),
  error: (_request, response) => reply(response, 500),
  forbidden: (_request, response) => reply(response, 403),
  wait: (_request, response) => {
    response.setHeader('retry-after', '60')
    reply(response, 429)
  },
}

function takeFault(fake: FakeRedmine, operation: DeskFault['on'] | null): DeskFault['how'] | null {
  const index = fake.faults.findIndex(fault => fault.on === operation)
  return index < 0 ? null : (fake.faults.splice(index, 1)[0]?.how ?? null)
}

function operationOf(method: string, url: URL): DeskFault['on'] | null {
  if (method === 'POST') return 'create'
  if (method === 'PUT') return 'change'
  if (url.searchParams.get('limit') === '100') return 'find'
  return url.pathname.startsWith('/issues/') ? 'read' : null
}

function reply(response: ServerResponse, status: number, value?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(value === undefined ? '' : JSON.stringify(value))
}

/** What a Redmine with these books answers, and what it then holds. */
export function respond(
  fake: RedmineBooks,
  method: string,
  url: URL,
  body: string,
): { readonly status: number; readonly value?: unknown } {
  if (url.pathname === '/issue_statuses.json') return { status: 200, value: { issue_statuses: STATUSES } }
  if (url.pathname === '/enumerations/issue_priorities.json') {
    return { status: 200, value: { issue_priorities: PRIORITIES } }
  }
  if (url.pathname.startsWith('/projects/')) {
    return { status: 200, value: { project: { id: 1, name: 'Tills', trackers: [{ id: 1, name: 'Bug' }] } } }
  }
  if (url.pathname === '/issues.json') return method === 'POST' ? create(fake, body) : list(fake, url)
  const issue = fake.issues.find(each => url.pathname === `/issues/${each.id}.json`)
  if (!issue) return { status: 404 }
  if (method === 'GET') return { status: 200, value: { issue: viewOf(fake, issue) } }
  change(fake, issue, JSON.parse(body).issue)
  return { status: 204 }
}

function create(fake: RedmineBooks, body: string): { status: number; value: unknown } {
  const draft = JSON.parse(body).issue
  if ((draft.custom_fields as { id: number }[]).some(field => field.id === FAKE_LIST_FIELD)) {
    return { status: 422, value: { errors: ['Serial is not included in the list'] } }
  }
  const fields = (draft.custom_fields as { id: number; value: string }[]).filter(
    field => field.id === FAKE_KEY_FIELD && !fake.dropsField,
  )
  const issue: FakeIssue = {
    id: fake.issues.length + 1,
    subject: draft.subject,
    description: draft.description,
    statusId: 1,
    priorityId: draft.priority_id,
    fields: new Map(fields.map(field => [field.id, field.value])),
    notes: [],
  }
  fake.issues.push(issue)
  return { status: 201, value: { issue: viewOf(fake, issue) } }
}

function list(fake: RedmineBooks, url: URL): { status: number; value: unknown } {
  const wanted = url.searchParams.get(`cf_${FAKE_KEY_FIELD}`)
  const all = url.searchParams.get('status_id') === '*'
  const found = fake.issues
    .filter(issue => all || issue.statusId !== 5)
    .filter(issue => fake.ignoresFilter || wanted === null || issue.fields.get(FAKE_KEY_FIELD) === wanted)
    .map(issue => viewOf(fake, issue))
  return { status: 200, value: { issues: found, total_count: found.length } }
}

function change(fake: RedmineBooks, issue: FakeIssue, fields: Record<string, unknown>): void {
  const { status_id: statusId, priority_id: priorityId, notes } = fields
  if (typeof statusId === 'number' && !fake.forbiddenStatuses.has(statusId)) issue.statusId = statusId
  if (typeof priorityId === 'number') issue.priorityId = priorityId
  if (typeof notes === 'string') issue.notes.push(notes)
}

const viewOf = (fake: RedmineBooks, issue: FakeIssue) => ({
  id: issue.id,
  status: { id: issue.statusId, name: nameIn(STATUSES, issue.statusId) },
  priority: { id: issue.priorityId, name: nameIn(PRIORITIES, issue.priorityId) },
  custom_fields: [...issue.fields].map(([id, value]) => ({ id, value })),
  journals: issue.notes.map(notes => ({ notes })),
  allowed_statuses: STATUSES.filter(status => !fake.forbiddenStatuses.has(status.id)),
})
