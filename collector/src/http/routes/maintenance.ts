import { AppError } from '@tillwatch/shared'
import { maintenanceDraft, maintenanceQuery, maintenanceWindow, massView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const windowId = z.object({ id: z.string().max(16) })
const agentId = z.object({ agentId: z.string().max(64) })
const incidentId = z.object({ id: z.string().max(64) })

/** What is held back and why: maintenance windows, and what a mass incident holds together. */
export function registerMaintenance(app: ApiApp, { reads, maintenance, clock }: RouteContext): void {
  app.get(
    '/api/maintenance',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['maintenance'],
        summary: 'Maintenance windows that are on or still to come; with `all` also the latest that are over',
        querystring: maintenanceQuery,
        response: { 200: z.array(maintenanceWindow) },
      },
    },
    async request => reads.maintenance(identityOf(request).tenantId, request.query.all, clock.now()),
  )
  app.post(
    '/api/maintenance',
    {
      config: { access: 'support' },
      schema: {
        tags: ['maintenance'],
        summary: 'Open a maintenance window, once or every week',
        body: maintenanceDraft,
        response: { 200: maintenanceWindow },
      },
    },
    async request => {
      const { tenantId, name } = identityOf(request)
      const now = clock.now()
      const id = await maintenance.open(tenantId, request.body, name, now)
      const view = (await reads.maintenance(tenantId, true, now)).find(window => window.id === id)
      if (view) return view
      throw new AppError('maintenance.unknown', 'there is no such window', { nextStep: 'Open the list again.' })
    },
  )
  app.post(
    '/api/maintenance/:id/end',
    {
      config: { access: 'support' },
      schema: {
        tags: ['maintenance'],
        summary: 'End a window before its time; what is still bad is raised at once',
        params: windowId,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, name } = identityOf(request)
      await maintenance.end(tenantId, request.params.id, name, clock.now())
      return reply.code(204).send(null)
    },
  )
  app.get(
    '/api/terminals/:agentId/maintenance',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['maintenance'],
        summary: 'Windows that are on at a till now',
        params: agentId,
        response: { 200: z.array(maintenanceWindow) },
      },
    },
    async request => reads.maintenanceAt(identityOf(request).tenantId, request.params.agentId, clock.now()),
  )
  app.get(
    '/api/incidents/:id/mass',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['incidents'],
        summary: 'What a mass incident holds together: sites and children',
        params: incidentId,
        response: { 200: massView },
      },
    },
    async request => {
      const view = await reads.mass(identityOf(request).tenantId, request.params.id)
      if (view) return view
      throw new AppError('incident.not_mass', 'this is no mass incident', { nextStep: 'Open it from the list.' })
    },
  )
}
