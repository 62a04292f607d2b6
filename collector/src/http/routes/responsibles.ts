import { personDraft, personTerms, responsiblesView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const tags = ['agreements']
const personParams = z.object({ code: z.string().max(64) })
const done = { 204: z.null() }

/** People who are told. */
export function registerResponsibles(app: ApiApp, { agreementBook, reads, clock }: RouteContext): void {
  app.get(
    '/api/responsibles',
    {
      config: { access: 'support' },
      schema: { tags, summary: 'Who is told of what, and who stands in', response: { 200: responsiblesView } },
    },
    async request => reads.responsibles(identityOf(request).tenantId),
  )
  app.post(
    '/api/responsibles',
    {
      config: { access: 'administrator' },
      schema: { tags, summary: 'Somebody new who is told', body: personDraft, response: done },
    },
    async (request, reply) => {
      const { tenantId, name } = identityOf(request)
      await agreementBook.addPerson(tenantId, request.body, name, clock.now())
      return reply.code(204).send(null)
    },
  )
  app.put(
    '/api/responsibles/:code',
    {
      config: { access: 'administrator' },
      schema: { tags, summary: 'Change who is told', params: personParams, body: personTerms, response: done },
    },
    async (request, reply) => {
      const { tenantId, name } = identityOf(request)
      await agreementBook.replacePerson(tenantId, request.params.code, request.body, name, clock.now())
      return reply.code(204).send(null)
    },
  )
  app.delete(
    '/api/responsibles/:code',
    {
      config: { access: 'administrator' },
      schema: { tags, summary: 'Somebody is told no more', params: personParams, response: done },
    },
    async (request, reply) => {
      const { tenantId, name } = identityOf(request)
      await agreementBook.removePerson(tenantId, request.params.code, name, clock.now())
      return reply.code(204).send(null)
    },
  )
}
