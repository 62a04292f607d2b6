import { deskTest, deskView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

/** The service desks that incidents are delivered to. */
export function registerDesks(app: ApiApp, { desks }: RouteContext): void {
  app.get(
    '/api/desks',
    {
      config: { access: 'viewer' },
      schema: { tags: ['desks'], summary: 'All desks', response: { 200: z.array(deskView) } },
    },
    async () => desks.list(),
  )
  app.post(
    '/api/desks/:name/test',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['desks'],
        summary: 'Make and find a test ticket',
        params: z.object({ name: z.string().max(64) }),
        response: { 200: deskTest },
      },
    },
    async request => desks.test(request.params.name, identityOf(request).name),
  )
  app.post(
    '/api/desks/:name/retry',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['desks'],
        summary: 'Send again what the desk refused, and end its pause',
        params: z.object({ name: z.string().max(64) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await desks.retry(request.params.name)
      return reply.code(204).send(null)
    },
  )
}
