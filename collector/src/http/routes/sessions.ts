import { AppError } from '@tillwatch/shared'
import { sessionRow } from '@tillwatch/shared/api'
import { z } from 'zod'
import { instant } from '../../reads/item-facts.ts'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

/** One's own sessions. */
export function registerSessions(app: ApiApp, { accountStore, clock }: RouteContext): void {
  app.get(
    '/api/sessions',
    {
      config: { access: 'viewer' },
      schema: { tags: ['session'], summary: "One's own sessions", response: { 200: z.array(sessionRow) } },
    },
    async request => {
      const { tenantId, userId, sessionId } = identityOf(request)
      const sessions = await accountStore.sessions(tenantId, userId, clock.now())
      return sessions.map(session => ({
        ...session,
        createdAt: instant(session.createdAt),
        lastSeenAt: instant(session.lastSeenAt),
        current: session.id === sessionId,
      }))
    },
  )
  app.delete(
    '/api/sessions/:id',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['session'],
        summary: 'End one session',
        params: z.object({ id: z.string().max(64) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, userId } = identityOf(request)
      if (!(await accountStore.closeSession(tenantId, userId, request.params.id))) {
        throw new AppError('session.unknown', 'there is no such session')
      }
      return reply.code(204).send(null)
    },
  )
  app.delete(
    '/api/sessions',
    {
      config: { access: 'viewer' },
      schema: { tags: ['session'], summary: 'End all sessions but this one', response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { tenantId, userId, sessionId } = identityOf(request)
      await accountStore.closeSessions(tenantId, userId, sessionId)
      return reply.code(204).send(null)
    },
  )
}
