import { AppError } from '@tillwatch/shared'
import { inboundAnswer, inboundTicket, incidentLinks, linkDecision } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const incidentId = z.object({ id: z.string().max(64) })

/** What people ask for by the hand of support, and which incidents are about one cause. */
export function registerTickets(app: ApiApp, { inbound, reads, live, clock }: RouteContext): void {
  app.post(
    '/api/tickets',
    {
      config: { access: 'support' },
      schema: {
        tags: ['incidents'],
        summary: 'Register what a person asked for',
        body: inboundTicket,
        response: { 200: inboundAnswer },
      },
    },
    async request => {
      const { tenantId, name } = identityOf(request)
      const answer = await inbound.ticket({ tenantId, id: 'portal', name }, request.body, clock.now())
      if (answer.incidentId !== null) live.publish({ topic: 'incident', id: answer.incidentId })
      return answer
    },
  )
  app.get(
    '/api/incidents/:id/links',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['incidents'],
        summary: 'Incidents of the same cause',
        params: incidentId,
        response: { 200: incidentLinks },
      },
    },
    async request => {
      const view = await reads.incidentLinks(identityOf(request).tenantId, request.params.id)
      if (view) return view
      throw new AppError('incident.unknown', 'there is no such incident', { nextStep: 'Open it from the list.' })
    },
  )
  app.post(
    '/api/incidents/:id/links',
    {
      config: { access: 'support' },
      schema: {
        tags: ['incidents'],
        summary: 'Decide a proposed link',
        params: incidentId,
        body: linkDecision,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, name } = identityOf(request)
      const { otherId, decision } = request.body
      await inbound.decideLink(tenantId, [request.params.id, otherId], decision, name, clock.now())
      for (const id of [request.params.id, otherId]) live.publish({ topic: 'incident', id })
      return reply.code(204).send(null)
    },
  )
}
