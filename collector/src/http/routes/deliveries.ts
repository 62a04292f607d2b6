import { deliveryQuery, deliveryRow, page, routesView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { routesViewOf } from '../../routing/routes-view.ts'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

/** Messages to desks, what people do with one of them, and which way they take. */
export function registerDeliveries(app: ApiApp, { desks, reads, routing }: RouteContext): void {
  app.get(
    '/api/desks/:name/deliveries',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['desks'],
        summary: 'Messages to a desk, the newest first',
        params: z.object({ name: z.string().max(64) }),
        querystring: deliveryQuery,
        response: { 200: page(deliveryRow) },
      },
    },
    async request => {
      const { tenantId } = identityOf(request)
      desks.mustKnow(tenantId, request.params.name)
      return reads.deliveries(tenantId, request.params.name, request.query)
    },
  )
  for (const [action, summary] of ACTIONS) {
    app.post(
      `/api/deliveries/:id/${action}`,
      {
        config: { access: 'support' },
        schema: {
          tags: ['desks'],
          summary,
          params: z.object({ id: z.coerce.number().int().positive().catch(0) }),
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { tenantId, name: actor } = identityOf(request)
        await desks.act({ tenantId, id: request.params.id, action, actor })
        return reply.code(204).send(null)
      },
    )
  }
  app.post(
    '/api/incidents/:id/tickets/:desk/anew',
    {
      config: { access: 'support' },
      schema: {
        tags: ['desks'],
        summary: 'Open a ticket that was deleted in the desk once more',
        params: z.object({ id: z.string().max(64), desk: z.string().max(64) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, name: actor } = identityOf(request)
      const { id: incidentId, desk } = request.params
      await desks.openAnew({ tenantId, incidentId, desk, actor })
      return reply.code(204).send(null)
    },
  )
  app.get(
    '/api/routes',
    {
      config: { access: 'viewer' },
      schema: { tags: ['desks'], summary: 'Which incidents go to which desk', response: { 200: routesView } },
    },
    async request => routesViewOf(await routing.state(), identityOf(request).tenantId),
  )
}

const ACTIONS = [
  ['retry', 'Send a message that waits or was refused again now'],
  ['skip', 'Never send a message that waits or was refused'],
] as const
