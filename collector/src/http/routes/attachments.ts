import { AppError } from '@tillwatch/shared'
import { attachmentView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const incidentParams = z.object({ id: z.string().max(64) })
const fileParams = incidentParams.extend({ name: z.string().max(128) })
const tags = ['incidents']

/** What was gathered for an incident: charts and logs. */
export function registerAttachments(app: ApiApp, { reads }: RouteContext): void {
  app.get(
    '/api/incidents/:id/attachments',
    {
      // Redacted; still, there are logs among them, and those are not for everybody who looks.
      config: { access: 'support' },
      schema: {
        tags,
        summary: 'Charts and logs that go with an incident',
        params: incidentParams,
        response: { 200: z.array(attachmentView) },
      },
    },
    async request => {
      const rows = await reads.attachments(identityOf(request).tenantId, request.params.id)
      if (!rows) {
        throw new AppError('incident.unknown', 'there is no such incident', { nextStep: 'Open it from the list.' })
      }
      return rows
    },
  )
  app.get(
    '/api/incidents/:id/attachments/:name',
    {
      config: { access: 'support' },
      schema: { tags, summary: 'One file of an incident', params: fileParams },
    },
    async (request, reply) => {
      const { id, name } = request.params
      const file = await reads.attachment(identityOf(request).tenantId, id, name)
      if (!file) {
        throw new AppError('attachment.unknown', 'this incident has no such file', {
          nextStep: 'Open the incident anew: old files are deleted.',
        })
      }
      return reply
        .type(file.type === 'text/plain' ? 'text/plain; charset=utf-8' : file.type)
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .send(Buffer.from(file.bytes))
    },
  )
}
