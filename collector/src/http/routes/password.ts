import { changePassword } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'
import { LOGIN_WINDOW_MS } from '../limits.ts'

/** One's own password. */
export function registerPassword(app: ApiApp, { accounts, limits }: RouteContext): void {
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
        summary: 'Change the password; other sessions end',
        body: changePassword,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await accounts.changePassword(identityOf(request), request.body)
      return reply.code(204).send(null)
    },
  )
}
