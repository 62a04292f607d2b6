import { deskAgreement, deskTest, deskView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

/** The service desks that incidents are delivered to. */
export function registerDesks(app: ApiApp, { desks }: RouteContext): void {
  app.get(
    '/api/desks',
    {
      config: { access: 'viewer' },
      schema: { tags: ['desks'], summary: 'The desks that hear of incidents', response: { 200: z.array(deskView) } },
    },
    async request => desks.list(identityOf(request).tenantId),
  )
  app.get(
    '/api/desks/agreements',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['desks'],
        summary: 'How tickets in the desks and incidents agree',
        response: { 200: z.array(deskAgreement) },
      },
    },
    async request => desks.agreements(identityOf(request).tenantId),
  )
  app.post(
    '/api/desks/:name/confirm',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['desks'],
        summary: 'Say that a desk kept the numbers of its tickets at its new address',
        params: z.object({ name: z.string().max(64) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, name } = identityOf(request)
      await desks.confirm(tenantId, request.params.name, name)
      return reply.code(204).send(null)
    },
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
    async request => desks.test(identityOf(request).tenantId, request.params.name),
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
      await desks.retry(identityOf(request).tenantId, request.params.name)
      return reply.code(204).send(null)
    },
  )
}
