import { PRIORITY_METHOD } from '@tillwatch/rules'
import { overrideQuery, overrideReport, priorityMethod } from '@tillwatch/shared/api'
import { overridesCsv } from '../../reads/overrides-csv.ts'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const CSV = 'text/csv; charset=utf-8'

/** How priorities are worked out, and what people have set against it. */
export function registerPriorities(app: ApiApp, { reads }: RouteContext): void {
  app.get(
    '/api/priority-method',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['priorities'],
        summary: 'How a priority is worked out, in words for clients',
        response: { 200: priorityMethod },
      },
    },
    async () => ({
      levels: [...PRIORITY_METHOD.levels],
      sections: PRIORITY_METHOD.sections.map(({ title, lines }) => ({ title, lines: [...lines] })),
    }),
  )
  app.get(
    '/api/reports/priority-overrides',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['priorities'],
        summary: 'Priorities that people set by hand, by check and author',
        querystring: overrideQuery,
        response: { 200: overrideReport },
      },
    },
    async request => reads.overrides(identityOf(request).tenantId, request.query),
  )
  app.get(
    '/api/reports/priority-overrides.csv',
    {
      config: { access: 'viewer' },
      schema: { tags: ['priorities'], summary: 'The same as a table', querystring: overrideQuery, produces: [CSV] },
    },
    async (request, reply) => {
      const report = await reads.overrides(identityOf(request).tenantId, request.query)
      const name = `priority-overrides-${request.query.from.slice(0, 10)}.csv`
      return reply.type(CSV).header('content-disposition', `attachment; filename="${name}"`).send(overridesCsv(report))
    },
  )
}
