import { replacementPlan, replacementQuery } from '@tillwatch/shared/api'
import { instant } from '../../reads/item-facts.ts'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'
import { plainJson } from '../plain-json.ts'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** The plan of drive replacements, as data and as a workbook. */
export function registerReplacements(app: ApiApp, { reads, clock, limits }: RouteContext): void {
  app.get(
    '/api/replacements',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['replacements'],
        summary: 'Registers by the month in which their drive ends',
        querystring: replacementQuery,
        response: { 200: replacementPlan },
      },
      serializerCompiler: plainJson,
    },
    async request => reads.replacements(identityOf(request).tenantId, request.query.months, clock.now()),
  )
  app.get(
    '/api/replacements.xlsx',
    {
      config: {
        access: 'viewer',
        rateLimit: { max: limits.workbooksPerMinute, timeWindow: 60_000, groupId: 'workbook' },
      },
      schema: {
        tags: ['replacements'],
        summary: 'The same as a workbook',
        querystring: replacementQuery,
        produces: [XLSX],
      },
    },
    async (request, reply) => {
      const now = clock.now()
      const { months, lang } = request.query
      const file = Buffer.from(await reads.replacementSheet(identityOf(request).tenantId, months, lang, now))
      // The name holds the day and nothing that anybody sent.
      const name = `fn-replacements-${instant(now).slice(0, 10)}.xlsx`
      return reply.type(XLSX).header('content-disposition', `attachment; filename="${name}"`).send(file)
    },
  )
}
