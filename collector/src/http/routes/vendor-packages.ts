import { AppError } from '@tillwatch/shared'
import { incidentView, restoredWith, vendorPackageQuery, vendorSent } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const incidentParams = z.object({ id: z.string().max(64) })
const tags = ['incidents']
const TYPES = {
  markdown: 'text/markdown; charset=utf-8',
  json: 'application/json; charset=utf-8',
  zip: 'application/zip',
} as const

const unknownIncident = () =>
  new AppError('incident.unknown', 'there is no such incident', { nextStep: 'Open it from the list.' })

/** What leaves the house with an incident, and the word that people can work again. */
export function registerVendorPackages(app: ApiApp, { reads, problems, live, clock }: RouteContext): void {
  const viewOf = async (tenantId: string, id: string) => {
    live.publish({ topic: 'incident', id })
    const view = await reads.incident(tenantId, id, clock.now())
    if (!view) throw unknownIncident()
    return view
  }
  app.get(
    '/api/incidents/:id/vendor-package',
    {
      // Redacted; still, it holds logs, and those are not for everybody who looks.
      config: { access: 'support' },
      schema: {
        tags,
        summary: 'Everything that a vendor needs about an incident, redacted',
        params: incidentParams,
        querystring: vendorPackageQuery,
      },
    },
    async (request, reply) => {
      const { format, lang } = request.query
      const file = await reads.vendorFile(identityOf(request).tenantId, request.params.id, format, lang, clock.now())
      if (!file) throw unknownIncident()
      return reply
        .type(TYPES[format])
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .send(Buffer.from(file.bytes))
    },
  )
  app.post(
    '/api/incidents/:id/vendor-package/sent',
    {
      config: { access: 'support' },
      schema: {
        tags,
        summary: 'A person has sent the package to a vendor',
        params: incidentParams,
        body: vendorSent,
        response: { 200: incidentView },
      },
    },
    async request => {
      const { tenantId, name } = identityOf(request)
      await problems.markSent(tenantId, request.params.id, request.body, name, clock.now())
      return viewOf(tenantId, request.params.id)
    },
  )
  app.post(
    '/api/incidents/:id/restored',
    {
      config: { access: 'support' },
      schema: {
        tags,
        summary: 'A workaround was accepted: people can work again',
        params: incidentParams,
        body: restoredWith,
        response: { 200: incidentView },
      },
    },
    async request => {
      const { tenantId, name } = identityOf(request)
      await problems.restore(tenantId, request.params.id, request.body.text, name, clock.now())
      return viewOf(tenantId, request.params.id)
    },
  )
}
