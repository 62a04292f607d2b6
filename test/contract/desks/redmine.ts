import { type DeskOperation, type DeskResponse, type Imitation, startImitation } from './imitation.ts'

interface FakeIssue {
  id: number
  subject: string
  description: string
  statusId: number
  priorityId: number
  assignee: string | null
  updatedAt: number
  fields: Map<number, string>
  notes: string[]
  /** Which notes only the staff sees. */
  privateNotes: Set<number>
  files: string[]
}

/** What an imitation of Redmine holds, and which of the real one's lies it tells. */
export interface RedmineBooks {
  readonly issues: FakeIssue[]
  /** Numbers of statuses that the workflow does not allow: a change to them is answered 204 and not made. */
  forbiddenStatuses: Set<number>
  /** Steps that the workflow does not allow, `from>to`. */
  forbiddenMoves: Set<string>
  /** The account may not set notes as private: they become public. */
  exposesNotes: boolean
  /** The filter by the key field is silently ignored. */
  ignoresFilter: boolean
  /** The desk's own time in a simulated world; null: the time of day. */
  nowMs: number | null
  /** The key field is not on the tracker: its value is silently dropped. */
  dropsField: boolean
}

/** An imitation of Redmine's REST API in memory, with the lies of the real one and faults on demand. */
export type FakeRedmine = RedmineBooks & Imitation

export const emptyRedmine = (): RedmineBooks => ({
  issues: [],
  forbiddenStatuses: new Set(),
  forbiddenMoves: new Set(),
  exposesNotes: false,
  ignoresFilter: false,
  dropsField: false,
  nowMs: null,
})

export const FAKE_KEY_FIELD = 7
/** A field with a list of allowed values, of which ours is none. */
export const FAKE_LIST_FIELD = 8
const STATUSES = [
  { id: 1, name: 'New', is_closed: false },
  { id: 2, name: 'In Progress', is_closed: false },
  { id: 3, name: 'Resolved', is_closed: false },
  { id: 4, name: 'Feedback', is_closed: false },
  { id: 5, name: 'Closed', is_closed: true },
]
const PRIORITIES = [
  { id: 1, name: 'Low' },
  { id: 3, name: 'High' },
  { id: 4, name: 'Urgent' },
  { id: 5, name: 'Immediate' },
]
export const ENGINEER = 'Field Engineer'
const nameIn = (list: readonly { id: number; name: string }[], id: number) => list.find(each => each.id === id)?.name

/** Starts the imitation on loopback. */
export async function startFakeRedmine(): Promise<FakeRedmine> {
  const books = emptyRedmine()
  const imitation = await startImitation({
    operationOf: ({ method, url }) => operationOf(method, url),
    respond: ({ method, url, body }) => respond(fake, method, url, body.toString('utf8')),
    forget: () => void fake.issues.pop(),
  })
  const fake: FakeRedmine = Object.assign(imitation, books)
  return fake
}

const timeOf = (fake: RedmineBooks): number => fake.nowMs ?? Date.now()

function operationOf(method: string, url: URL): DeskOperation | null {
  if (url.pathname === '/uploads.json') return null
  if (method === 'POST') return 'create'
  if (method === 'PUT') return 'change'
  if (url.searchParams.has(`cf_${FAKE_KEY_FIELD}`) && url.searchParams.get('limit') === '100') return 'find'
  return url.pathname.startsWith('/issues/') ? 'read' : null
}

/** What a Redmine with these books answers, and what it then holds. */
export function respond(fake: RedmineBooks, method: string, url: URL, body: string): DeskResponse {
  if (url.pathname === '/issue_statuses.json') return { status: 200, value: { issue_statuses: STATUSES } }
  if (url.pathname === '/enumerations/issue_priorities.json') {
    return { status: 200, value: { issue_priorities: PRIORITIES } }
  }
  if (url.pathname.endsWith('/memberships.json')) {
    return { status: 200, value: { memberships: [{ user: { id: 4, name: ENGINEER } }] } }
  }
  if (url.pathname === '/uploads.json') {
    return { status: 201, value: { upload: { token: url.searchParams.get('filename') } } }
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

/** What an issue begins with besides what its author gives. */
export const emptyIssue = (now: number) => ({
  assignee: null,
  updatedAt: now,
  notes: [],
  privateNotes: new Set<number>(),
  files: [],
})

function create(fake: RedmineBooks, body: string): { status: number; value: unknown } {
  const draft = JSON.parse(body).issue
  if ((draft.custom_fields as { id: number }[]).some(field => field.id === FAKE_LIST_FIELD)) {
    return { status: 422, value: { errors: ['Serial is not included in the list'] } }
  }
  const fields = (draft.custom_fields as { id: number; value: string }[]).filter(
    field => field.id === FAKE_KEY_FIELD && !fake.dropsField,
  )
  const issue: FakeIssue = {
    ...emptyIssue(timeOf(fake)),
    id: (fake.issues.at(-1)?.id ?? 0) + 1,
    subject: draft.subject,
    description: draft.description,
    statusId: 1,
    priorityId: draft.priority_id,
    fields: new Map(fields.map(field => [field.id, field.value])),
  }
  fake.issues.push(issue)
  return { status: 201, value: { issue: viewOf(fake, issue) } }
}

function list(fake: RedmineBooks, url: URL): { status: number; value: unknown } {
  const wanted = url.searchParams.get(`cf_${FAKE_KEY_FIELD}`)
  const all = url.searchParams.get('status_id') === '*'
  const since = Date.parse(url.searchParams.get('updated_on')?.replace('>=', '') ?? '')
  const newestFirst = url.searchParams.get('sort')?.startsWith('updated_on:desc')
  const sorted = url.searchParams.get('sort')?.startsWith('updated_on')
    ? fake.issues.toSorted((one, two) => (one.updatedAt - two.updatedAt) * (newestFirst ? -1 : 1))
    : fake.issues
  const found = sorted
    .filter(issue => Number.isNaN(since) || Math.floor(issue.updatedAt / 1000) * 1000 >= since)
    .filter(issue => all || issue.statusId !== 5)
    .filter(issue => fake.ignoresFilter || wanted === null || issue.fields.get(FAKE_KEY_FIELD) === wanted)
    .map(issue => viewOf(fake, issue))
  const offset = Number(url.searchParams.get('offset') ?? 0)
  const limit = Number(url.searchParams.get('limit') ?? 25)
  return { status: 200, value: { issues: found.slice(offset, offset + limit), total_count: found.length } }
}

function change(fake: RedmineBooks, issue: FakeIssue, fields: Record<string, unknown>): void {
  const { status_id: statusId, priority_id: priorityId, notes, private_notes: isPrivate, uploads } = fields
  issue.updatedAt = timeOf(fake)
  const isAllowed =
    !fake.forbiddenStatuses.has(Number(statusId)) && !fake.forbiddenMoves.has(`${issue.statusId}>${statusId}`)
  if (typeof statusId === 'number' && isAllowed) issue.statusId = statusId
  if (typeof priorityId === 'number') issue.priorityId = priorityId
  if (typeof notes === 'string') issue.notes.push(notes)
  if (typeof notes === 'string' && isPrivate === true && !fake.exposesNotes)
    issue.privateNotes.add(issue.notes.length - 1)
  if (Array.isArray(uploads)) issue.files.push(...uploads.map(({ token }: { token: string }) => token))
}

const viewOf = (fake: RedmineBooks, issue: FakeIssue) => ({
  id: issue.id,
  status: { id: issue.statusId, name: nameIn(STATUSES, issue.statusId) },
  priority: { id: issue.priorityId, name: nameIn(PRIORITIES, issue.priorityId) },
  custom_fields: [...issue.fields].map(([id, value]) => ({ id, value })),
  ...(issue.assignee === null ? {} : { assigned_to: { id: 4, name: issue.assignee } }),
  updated_on: new Date(issue.updatedAt).toISOString().replace(/\.\d+Z$/, 'Z'),
  journals: issue.notes.map((notes, id) => ({ id, notes, private_notes: issue.privateNotes.has(id) })),
  attachments: issue.files.map(filename => ({ filename })),
  allowed_statuses: STATUSES.filter(status => !fake.forbiddenStatuses.has(status.id)),
})
