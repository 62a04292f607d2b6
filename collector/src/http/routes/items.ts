import { AppError } from '@tillwatch/shared'
import { replacementMark, seriesQuery, seriesView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { instant } from '../../reads/item-facts.ts'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const itemId = z.object({ itemId: z.string().max(300) })

/** One item: its numbers over time, and the mark that its drive is being replaced. */
export function registerItems(app: ApiApp, { lookups, series, incidents, clock }: RouteContext): void {
  app.get(
    '/api/items/:itemId/series',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['fleet'],
        summary: 'A number over time, thinned out',
        params: itemId,
        querystring: seriesQuery,
        response: { 200: seriesView },
      },
    },
    async request => {
      const { fact, points } = request.query
      const from = Date.parse(request.query.from)
      const to = Date.parse(request.query.to)
      if (from >= to) throw new AppError('series.range', '"from" must be before "to"')
      if (!(await lookups.hasItem(identityOf(request).tenantId, request.params.itemId))) {
        throw new AppError('item.unknown', 'there is no such item', { nextStep: 'Open it from the list.' })
      }
      const found = await series.query({ itemId: request.params.itemId, fact, from, to, points })
      return { fact, points: found.map(point => ({ ...point, at: instant(point.at) })) }
    },
  )
  app.post(
    '/api/items/:itemId/replacement',
    {
      config: { access: 'support' },
      schema: {
        tags: ['fleet'],
        summary: 'Replacement in progress until',
        params: itemId,
        body: replacementMark,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, name } = identityOf(request)
      const until = request.body.until === null ? null : Date.parse(request.body.until)
      await incidents.markReplacement(tenantId, request.params.itemId, until, name, clock.now())
      return reply.code(204).send(null)
    },
  )
}
