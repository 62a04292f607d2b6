import { criticalSettings, criticalView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

/** What makes an incident critical, as agreed with clients. */
export function registerCritical(app: ApiApp, { reads, critical, clock }: RouteContext): void {
  app.get(
    '/api/critical-criteria',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['critical'],
        summary: 'Criteria of critical incidents and the marked sites',
        response: { 200: criticalView },
      },
    },
    async request => reads.critical(identityOf(request).tenantId),
  )
  app.put(
    '/api/critical-criteria',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['critical'],
        summary: 'Replace the criteria and the marks',
        body: criticalSettings,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, name } = identityOf(request)
      await critical.replace(tenantId, request.body, name, clock.now())
      return reply.code(204).send(null)
    },
  )
}
