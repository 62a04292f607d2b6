import { AppError } from '@tillwatch/shared'
import { incidentAction, incidentQuery, incidentRow, incidentView, page } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const incidentId = z.object({ id: z.string().max(64) })

/** What people work on. */
export function registerIncidents(app: ApiApp, { reads, incidents, live, clock }: RouteContext): void {
  const viewOf = async (tenantId: string, id: string) => {
    const view = await reads.incident(tenantId, id)
    if (!view) {
      throw new AppError('incident.unknown', 'there is no such incident', { nextStep: 'Open it from the list.' })
    }
    return view
  }
  app.get(
    '/api/incidents',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['incidents'],
        summary: 'Incidents by priority, then registration',
        querystring: incidentQuery,
        response: { 200: page(incidentRow) },
      },
    },
    async request => reads.incidents(identityOf(request).tenantId, request.query),
  )
  app.get(
    '/api/incidents/:id',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['incidents'],
        summary: 'One incident with its story',
        params: incidentId,
        response: { 200: incidentView },
      },
    },
    async request => viewOf(identityOf(request).tenantId, request.params.id),
  )
  app.post(
    '/api/incidents/:id/actions',
    {
      config: { access: 'support' },
      schema: {
        tags: ['incidents'],
        summary: 'Take, comment, solve, reopen, silence, set the priority',
        params: incidentId,
        body: incidentAction,
        response: { 200: incidentView },
      },
    },
    async request => {
      const { tenantId, name } = identityOf(request)
      await incidents.act(tenantId, request.params.id, request.body, name, clock.now())
      live.publish({ topic: 'incident', id: request.params.id })
      return viewOf(tenantId, request.params.id)
    },
  )
}
