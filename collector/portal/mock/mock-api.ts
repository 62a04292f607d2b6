import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  acceptInvitation,
  changePassword,
  checkInvitation,
  deskTest,
  deskView,
  directory,
  directoryView,
  fleetRow,
  fleetSummary,
  importReport,
  incidentAction,
  incidentRow,
  incidentView,
  invitationLink,
  invitationView,
  inviteUser,
  type LiveEvent,
  loginRequest,
  me,
  page,
  replacementMark,
  replacementPlan,
  seriesView,
  sessionRow,
  terminalView,
  updateUser,
  userRow,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { createMockFleet, seeded } from './mock-fleet.ts'
import { applyAction, createMockIncidents } from './mock-incidents.ts'
import { planOf } from './mock-plan.ts'

const HOUR = 3_600_000
const iso = (ms: number) => new Date(ms).toISOString()

export interface MockOptions {
  readonly startedAtMs: number
  /** Begins with somebody signed in, so that a developer sees pages at once. */
  readonly signedIn: boolean
}
export interface MockApi {
  /** Answers a request of the API; false when it is not one. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Tells open pages that something changed. */
  readonly publish: (event: LiveEvent) => void
  /** Ends the streams, so that a server can close. */
  readonly close: () => void
}

class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** A request with its address taken apart and its body read. */
interface Call {
  readonly url: URL
  readonly parts: readonly string[]
  readonly body: unknown
}
type Answer = readonly [z.ZodType, unknown] | null

function paged<T>(rows: readonly T[], url: URL): { rows: T[]; next: string | null; total: number } {
  const start = Number(url.searchParams.get('after') ?? 0)
  const end = start + Number(url.searchParams.get('limit') ?? 50)
  return { rows: rows.slice(start, end), next: end < rows.length ? String(end) : null, total: rows.length }
}

const includes = (values: readonly unknown[], url: URL): boolean =>
  values
    .join(' ')
    .toLowerCase()
    .includes((url.searchParams.get('search') ?? '').toLowerCase())

function seriesOf(fact: string, url: URL): z.infer<typeof seriesView> {
  const from = Date.parse(url.searchParams.get('from') ?? '')
  const to = Date.parse(url.searchParams.get('to') ?? '')
  const random = seeded(fact.length * 7919)
  const levels: Record<string, (share: number) => number> = {
    'fiscal.ofd.unsent_documents': share => Math.max(0, Math.round(share * 220 - 30 + random() * 6)),
    'fiscal.fn.last_document': share => Math.round(186_000 + share * 3_400),
    'host.disk.free_bytes': share => (27.5 - share * 2.9 + random() * 0.3) * 1024 ** 3,
    'fiscal.register.clock_skew_ms': share => -share * 180_000,
  }
  const level = levels[fact]
  if (!level) return { fact, points: [] }
  const points = Array.from({ length: 200 }, (_, index) => {
    const mean = level(index / 199)
    return { at: iso(from + ((to - from) * index) / 199), mean, min: mean * 0.995, max: mean * 1.005 }
  })
  return { fact, points }
}

function readBody(request: IncomingMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let text = ''
    request.on('data', chunk => {
      text += String(chunk)
    })
    request.on('end', () => resolve(text ? JSON.parse(text) : undefined))
    request.on('error', reject)
  })
}

/** The HTTP contract with invented data behind it; every answer passes the contract's own schema. */
export function createMockApi(options: MockOptions): MockApi {
  const now = options.startedAtMs
  const fleet = createMockFleet(now)
  let incidents = createMockIncidents(now)
  const person = {
    id: 'u1',
    name: 'Анна',
    role: 'administrator' as const,
    tenant: { id: 'main', name: 'Сервис-партнёр' },
  }
  let signedIn = options.signedIn
  const users = [
    { id: 'u1', name: 'Анна', role: 'administrator', disabled: false, lastSeenAt: iso(now) },
    { id: 'u2', name: 'Пётр', role: 'support', disabled: false, lastSeenAt: iso(now - 20 * HOUR) },
    { id: 'u3', name: 'Заказчик', role: 'viewer', disabled: true, lastSeenAt: null },
  ]
  let sessions = [
    {
      id: 's1',
      createdAt: iso(now - 2 * HOUR),
      lastSeenAt: iso(now),
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140',
      current: true,
    },
    {
      id: 's2',
      createdAt: iso(now - 90 * HOUR),
      lastSeenAt: iso(now - 30 * HOUR),
      userAgent: 'Mozilla/5.0 (iPhone) Safari/605',
      current: false,
    },
  ]
  const streams = new Set<ServerResponse>()
  const publish = (event: LiveEvent) => {
    for (const stream of streams) stream.write(`data: ${JSON.stringify(event)}\n\n`)
  }

  const incidentBy = (id: string | undefined) => {
    const found = incidents.find(each => each.id === id)
    if (!found) throw new Refusal(404, 'incident.unknown', 'There is no such incident')
    return found
  }

  const importAnswer = ({ url, body }: Call): Answer => {
    const file = directory.parse(body)
    const dryRun = url.searchParams.get('dryRun') === 'true'
    const site = file.sites[0]
    const known = fleet.directory.sites.some(each => each.code === site?.code)
    const wrongHours = site?.hours !== undefined && !/\d\d:\d\d-\d\d:\d\d|24\/7/.test(site.hours)
    const entry = { kind: 'site', code: site?.code ?? '' }
    if (!dryRun && site && !known) fleet.directory.sites.push(site)
    return [
      importReport,
      {
        dryRun,
        created: known || wrongHours ? [] : [entry],
        updated: known && !wrongHours ? [{ ...entry, fields: ['address', 'hours'] }] : [],
        unchanged: 1,
        problems: wrongHours
          ? [{ where: 'sites[0].hours', message: `Часы «${site?.hours}» не понятны: напишите, например, 10:00-23:00` }]
          : [],
        gaps: site && !site.hours ? [{ where: `sites.${site.code}`, message: 'Часы работы не указаны' }] : [],
      },
    ]
  }

  const deskList = [
    {
      name: 'redmine',
      kind: 'redmine',
      searchable: true,
      state: 'ready',
      problem: null,
      waiting: 0,
      delivered: 214,
      failed: 0,
    },
    {
      name: 'email',
      kind: 'email',
      searchable: false,
      state: 'failing',
      problem: 'SMTP 550: mailbox unavailable. Проверьте адрес получателя в настройках.',
      waiting: 3,
      delivered: 87,
      failed: 2,
    },
  ]

  const routes: Record<string, (call: Call) => Answer> = {
    'POST session': ({ body }) => {
      if (loginRequest.parse(body).password !== 'correct horse') throw new Refusal(401, 'login.refused', '')
      signedIn = true
      return [me, person]
    },
    'DELETE session': () => {
      signedIn = false
      return null
    },
    'POST invitation': ({ body }) => {
      if (acceptInvitation.parse(body).token !== 'once') throw new Refusal(400, 'invitation.unknown', '')
      signedIn = true
      return [me, person]
    },
    'POST invitation/*': ({ parts, body }) => {
      if (parts[1] !== 'check' || checkInvitation.parse(body).token !== 'once')
        throw new Refusal(404, 'invitation.unknown', '')
      return [invitationView, { name: null, role: 'administrator', expiresAt: iso(now + HOUR) }]
    },
    'GET session': () => [me, person],
    'POST password': ({ body }) => {
      changePassword.parse(body)
      return null
    },
    'GET sessions': () => [z.array(sessionRow), sessions],
    'DELETE sessions/*': ({ parts }) => {
      sessions = sessions.filter(session => session.id !== parts[1])
      return null
    },
    'GET users': () => [z.array(userRow), users],
    'POST users': ({ body }) => {
      const invited = inviteUser.parse(body)
      users.push({ id: `u${users.length + 1}`, ...invited, disabled: false, lastSeenAt: null as never })
      return [invitationLink, { url: 'https://till.example.test/invitation#token=once' }]
    },
    'POST users/*/invitation': () => [invitationLink, { url: 'https://till.example.test/invitation#token=once' }],
    'PATCH users/*': ({ parts, body }) => {
      Object.assign(users.find(user => user.id === parts[1]) ?? {}, updateUser.parse(body))
      return null
    },
    'GET summary': () => {
      const count = (health: string) => fleet.rows.filter(row => row.health === health).length
      const open = incidents.filter(each => ['open', 'in_work', 'waiting'].includes(each.status))
      const of = (priority: number) => open.filter(each => each.priority === priority).length
      return [
        fleetSummary,
        {
          health: { red: count('red'), yellow: count('yellow'), green: count('green'), grey: count('grey') },
          openIncidents: { p1: of(1), p2: of(2), p3: of(3), p4: of(4) },
          agents: { online: fleet.rows.filter(row => row.agentState === 'online').length, offline: 5, never: 1 },
          collector: { version: '0.1.0', startedAt: iso(now) },
        },
      ]
    },
    'GET fleet': ({ url }) => {
      const health = url.searchParams.get('health')
      const rows = fleet.rows.filter(
        row =>
          (!health || row.health === health) &&
          includes([row.model, row.serial, row.client, row.site?.address, row.site?.name, row.terminal?.name], url),
      )
      return [page(fleetRow), paged(rows, url)]
    },
    'GET terminals/*': ({ parts }) => {
      const view = fleet.terminals.get(parts[1] ?? '')
      if (!view) throw new Refusal(404, 'terminal.unknown', 'There is no such terminal')
      return [terminalView, view]
    },
    'GET items/*/series': ({ url }) => [seriesView, seriesOf(url.searchParams.get('fact') ?? '', url)],
    'POST items/*/replacement': ({ parts, body }) => {
      const { until } = replacementMark.parse(body)
      for (const view of fleet.terminals.values()) {
        for (const item of view.items) if (item.id === parts[1]) Object.assign(item, { replacementUntil: until })
      }
      return null
    },
    'GET incidents': ({ url }) => {
      const status = url.searchParams.get('status') ?? 'active'
      const priority = url.searchParams.get('priority')
      const active = (each: (typeof incidents)[number]) => !['solved', 'closed'].includes(each.status)
      const rows = incidents
        .filter(each => status === 'all' || (status === 'active' ? active(each) : each.status === status))
        .filter(
          each =>
            (!priority || each.priority === Number(priority)) &&
            includes([each.number, each.title.ru, each.title.en, each.client], url),
        )
        .sort((one, other) => one.priority - other.priority || one.openedAt.localeCompare(other.openedAt))
      return [page(incidentRow), paged(rows, url)]
    },
    'GET incidents/*': ({ parts }) => [incidentView, incidentBy(parts[1])],
    'POST incidents/*/actions': ({ parts, body }) => {
      const changed = applyAction(incidentBy(parts[1]), incidentAction.parse(body), person.name, now + 60_000)
      incidents = incidents.map(each => (each.id === changed.id ? changed : each))
      return [incidentView, changed]
    },
    'GET replacements': ({ url }) => [
      replacementPlan,
      planOf(fleet.rows, now, Number(url.searchParams.get('months') ?? 12)),
    ],
    'GET directory': () => [
      directoryView,
      {
        directory: fleet.directory,
        gaps: [
          { where: 'sites.vkusno-3', message: 'Невский: часы работы не указаны' },
          { where: 'sites.apteka-zdorovo-5', message: 'Академгородок: класс объекта не указан' },
        ],
        agents: fleet.rows.slice(0, 14).map((row, index) => ({
          id: row.agentId,
          site: row.site?.name ?? null,
          terminal: row.terminal?.name ?? null,
          state: row.agentState,
          lastHeardAt: row.heardAt,
          version: '0.1.0',
          revoked: index === 12,
          duplicateIdentity: index === 5,
        })),
        unknownAgents: [
          {
            id: 'agent-old-17',
            address: '203.0.113.24',
            attempts: 41,
            firstAt: iso(now - 40 * HOUR),
            lastAt: iso(now - 60_000),
          },
        ],
      },
    ],
    'POST directory': importAnswer,
    'GET desks': () => [z.array(deskView), deskList],
    'POST desks/*/test': ({ parts }) => {
      const good = parts[1] === 'redmine'
      return [
        deskTest,
        {
          ok: good,
          steps: [
            { name: 'connect', ok: true, message: 'Соединение есть, ключ принят' },
            { name: 'create', ok: good, message: good ? 'Заявка № 5600 создана' : 'SMTP 550: mailbox unavailable' },
            ...(good ? [{ name: 'read back', ok: true, message: 'Заявка найдена по нашему ключу' }] : []),
          ],
          url: good ? 'https://desk.example.test/issues/5600' : null,
        },
      ]
    },
  }

  const answer = async (request: IncomingMessage, response: ServerResponse, url: URL) => {
    const parts = url.pathname.replace('/api/', '').split('/').map(decodeURIComponent)
    const pattern = parts.map((part, index) => (index === 1 ? '*' : part)).join('/')
    const send = (status: number, body?: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(body === undefined ? '' : JSON.stringify(body))
    }
    try {
      const route = routes[`${request.method} ${pattern}`]
      const open = request.method === 'POST' && (pattern === 'session' || parts[0] === 'invitation')
      if (!signedIn && !open) throw new Refusal(401, 'session.missing', '')
      if (!route) throw new Refusal(404, 'route.unknown', 'There is no such address')
      const result = route({ url, parts, body: await readBody(request) })
      if (result) send(200, result[0].parse(result[1]))
      else send(204)
    } catch (thrown) {
      if (thrown instanceof Refusal) send(thrown.status, { code: thrown.code, message: thrown.message })
      else send(thrown instanceof z.ZodError ? 400 : 500, { code: 'mock.failed', message: String(thrown) })
    }
  }

  return {
    publish,
    close: () => {
      for (const stream of streams) stream.end()
    },
    handle: (request, response) => {
      const url = new URL(request.url ?? '/', 'http://mock')
      if (!url.pathname.startsWith('/api/')) return false
      if (url.pathname === '/api/live') {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
        response.write(': open\n\n')
        streams.add(response)
        response.on('close', () => streams.delete(response))
        return true
      }
      void answer(request, response, url)
      return true
    },
  }
}
