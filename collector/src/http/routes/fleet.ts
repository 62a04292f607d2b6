import { AppError } from '@tillwatch/shared'
import { fleetQuery, fleetRow, fleetSummary, page, terminalView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { instant } from '../../reads/item-facts.ts'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

/** The fleet as a list, as counts, and one PC of it. */
export function registerFleet(app: ApiApp, { reads, clock, version, startedAt }: RouteContext): void {
  app.get(
    '/api/summary',
    {
      config: { access: 'viewer' },
      schema: { tags: ['fleet'], summary: 'Counts', response: { 200: fleetSummary } },
    },
    async request => ({
      ...(await reads.summary(identityOf(request).tenantId, clock.now())),
      collector: { version, startedAt: instant(startedAt) },
    }),
  )
  app.get(
    '/api/fleet',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['fleet'],
        summary: 'Registers by time to stop',
        querystring: fleetQuery,
        response: { 200: page(fleetRow) },
      },
    },
    async request => reads.fleet(identityOf(request).tenantId, request.query, clock.now()),
  )
  app.get(
    '/api/terminals/:agentId',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['fleet'],
        summary: 'One PC with everything on it',
        params: z.object({ agentId: z.string().max(64) }),
        response: { 200: terminalView },
      },
    },
    async request => {
      const view = await reads.terminal(identityOf(request).tenantId, request.params.agentId, clock.now())
      if (!view)
        throw new AppError('terminal.unknown', 'there is no such terminal', { nextStep: 'Open it from the list.' })
      return view
    },
  )
}
