import { acceptedSetting, dailyView, launchView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'
import { plainJson } from '../plain-json.ts'

/** The daily check of the fleet, new outlets, and settings that people accept. */
export function registerChecks(app: ApiApp, { reads, fleet, clock }: RouteContext): void {
  app.get(
    '/api/daily',
    {
      config: { access: 'viewer' },
      schema: { tags: ['fleet'], summary: 'Is everything checked today?', response: { 200: dailyView } },
      serializerCompiler: plainJson,
    },
    async request => reads.daily(identityOf(request).tenantId, clock.now()),
  )
  app.get(
    '/api/launches',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['fleet'],
        summary: 'New outlets and the errors of configuration found there',
        response: { 200: launchView },
      },
    },
    async request => reads.launches(identityOf(request).tenantId, clock.now()),
  )
  app.post(
    '/api/items/:itemId/accepted',
    {
      config: { access: 'support' },
      schema: {
        tags: ['fleet'],
        summary: 'What the register has now counts as right',
        params: z.object({ itemId: z.string().max(300) }),
        body: acceptedSetting,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, name } = identityOf(request)
      await fleet.acceptSetting(tenantId, request.params.itemId, { ...request.body, by: name }, clock.now())
      return reply.code(204).send(null)
    },
  )
}
