import { AppError } from '@tillwatch/shared'
import { incidentAction, incidentQuery, incidentRow, incidentView, page } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const incidentId = z.object({ id: z.string().max(64) })

/** What people work on. */
export function registerIncidents(app: ApiApp, { reads, incidents, live, clock }: RouteContext): void {
  const viewOf = async (tenantId: string, id: string) => {
    const view = await reads.incident(tenantId, id, clock.now())
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
        summary: 'Incidents in the order in which they are worked on',
        querystring: incidentQuery,
        response: { 200: page(incidentRow) },
      },
    },
    async request => reads.incidents(identityOf(request).tenantId, request.query, clock.now()),
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
  app.get(
    '/api/assignees',
    {
      config: { access: 'support' },
      schema: {
        tags: ['incidents'],
        summary: 'Names of people to whom an incident can be given',
        response: { 200: z.array(z.string()) },
      },
    },
    async request => reads.assignees(identityOf(request).tenantId),
  )
  app.post(
    '/api/incidents/:id/actions',
    {
      config: { access: 'support' },
      schema: {
        tags: ['incidents'],
        summary: 'Take, ask, pass on, solve, cancel, reopen, mute, set the priority and the rest that people do',
        params: incidentId,
        body: incidentAction,
        response: { 200: incidentView },
      },
    },
    async request => {
      const { tenantId, name } = identityOf(request)
      await incidents.act(tenantId, request.params.id, request.body, { name, side: 'support' }, clock.now())
      live.publish({ topic: 'incident', id: request.params.id })
      return viewOf(tenantId, request.params.id)
    },
  )
}
