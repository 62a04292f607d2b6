import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LiveEvent } from '@tillwatch/shared/api'
import { z } from 'zod'
import { sessionRoutes, userRoutes } from './account-routes.ts'
import { agreementRoutes } from './agreement-routes.ts'
import { commandRoutes } from './command-routes.ts'
import { dayRoutes } from './day-routes.ts'
import { deskRoutes } from './desk-routes.ts'
import { directoryRoutes } from './house-routes.ts'
import { inboundRoutes } from './inbound-routes.ts'
import { maintenanceRoutes } from './maintenance-routes.ts'
import { Refusal, type Routes } from './mock-call.ts'
import { createMockState, type MockOptions, type MockState } from './mock-state.ts'
import { priorityRoutes } from './priority-routes.ts'
import { problemRoutes } from './problem-routes.ts'
import { ruleRoutes } from './rule-routes.ts'
import { templateRoutes } from './template-routes.ts'
import { fleetRoutes, incidentRoutes } from './work-routes.ts'

export interface MockApi {
  /** Answers a request of the API; false when it is not one. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Tells open pages that something changed. */
  readonly publish: (event: LiveEvent) => void
  /** Ends the streams, so that a server can close. */
  readonly close: () => void
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

function send(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(body === undefined ? '' : JSON.stringify(body))
}

async function answer(
  routes: Routes,
  state: MockState,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const parts = url.pathname.replace('/api/', '').split('/').map(decodeURIComponent)
  const pattern = parts.map((part, index) => (index === 1 ? '*' : part)).join('/')
  try {
    const route = routes[`${request.method} ${pattern}`]
    const open = request.method === 'POST' && (pattern === 'session' || parts[0] === 'invitation')
    if (!state.signedIn && !open) throw new Refusal(401, 'session.required', '')
    if (!route) throw new Refusal(404, 'route.unknown', 'There is no such address')
    const result = route({ url, parts, body: await readBody(request) })
    if (result) send(response, 200, result[0].parse(result[1]))
    else send(response, 204)
  } catch (thrown) {
    if (thrown instanceof Refusal) send(response, thrown.status, { code: thrown.code, message: thrown.message })
    else send(response, thrown instanceof z.ZodError ? 400 : 500, { code: 'mock.failed', message: String(thrown) })
  }
}

/** The HTTP contract with invented data behind it; every answer passes the contract's own schema. */
export function createMockApi(options: MockOptions): MockApi {
  const state = createMockState(options)
  const routes: Routes = {
    ...sessionRoutes(state),
    ...userRoutes(state),
    ...fleetRoutes(state),
    ...dayRoutes(state),
    ...maintenanceRoutes(state),
    ...commandRoutes(state),
    ...incidentRoutes(state),
    ...priorityRoutes(state),
    ...inboundRoutes(state),
    ...problemRoutes(state),
    ...ruleRoutes(state),
    ...agreementRoutes(state),
    ...directoryRoutes(state),
    ...deskRoutes(state),
    ...templateRoutes(state),
  }
  const streams = new Set<ServerResponse>()
  return {
    publish: event => {
      for (const stream of streams) stream.write(`data: ${JSON.stringify(event)}\n\n`)
    },
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
      } else void answer(routes, state, request, response, url)
      return true
    },
  }
}
