import { directory, directoryView, importReport } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'
import { plainJson } from '../plain-json.ts'

const importQuery = z.object({ dryRun: z.enum(['0', '1', 'true', 'false']).default('0') })

/** Clients, legal entities, sites, terminals: the form of the portal and the import share one body. */
export function registerDirectory(app: ApiApp, { fleet, reads, limits, clock }: RouteContext): void {
  app.get(
    '/api/directory',
    {
      config: { access: 'viewer' },
      schema: { tags: ['directory'], summary: 'Everything', response: { 200: directoryView } },
      serializerCompiler: plainJson,
    },
    async request => reads.directory(identityOf(request).tenantId),
  )
  app.post(
    '/api/directory',
    {
      config: { access: 'administrator' },
      bodyLimit: limits.directoryBytes,
      schema: {
        tags: ['directory'],
        summary: 'Create and update; nothing is deleted',
        querystring: importQuery,
        body: directory,
        response: { 200: importReport },
      },
    },
    async request => {
      const dryRun = request.query.dryRun === '1' || request.query.dryRun === 'true'
      const { tenantId, name } = identityOf(request)
      return fleet.importDirectory(tenantId, request.body, dryRun, undefined, { name, at: clock.now() })
    },
  )
}
