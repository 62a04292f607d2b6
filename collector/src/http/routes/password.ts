import { changePassword } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf, setSession, userAgentOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'
import { LOGIN_WINDOW_MS } from '../limits.ts'

/** One's own password. */
export function registerPassword(app: ApiApp, context: RouteContext): void {
  const { accounts, clock, limits } = context
  app.post(
    '/api/password',
    {
      config: {
        access: 'viewer',
        // Whoever sits down at an open page must not be able to guess on.
        rateLimit: {
          max: limits.loginsPerUser,
          timeWindow: LOGIN_WINDOW_MS,
          groupId: 'password',
          hook: 'preHandler',
          keyGenerator: request => `user ${request.identity?.userId}`,
        },
      },
      schema: {
        tags: ['session'],
        summary: 'Change the password; every other session ends, and this one gets a new cookie',
        body: changePassword,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const change = { ...request.body, userAgent: userAgentOf(request) }
      const opened = await accounts.changePassword(identityOf(request), change, clock.now())
      setSession(reply, opened.secret, context)
      return reply.code(204).send(null)
    },
  )
}
