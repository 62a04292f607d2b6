import { agreementEntry, contractDraft, contractRow, contractTerms } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const tags = ['agreements']
const contractParams = z.object({ number: z.string().max(64) })
const done = { 204: z.null() }

/** Contracts, and who changed what of the agreements. */
export function registerContracts(app: ApiApp, { agreementBook, reads, clock }: RouteContext): void {
  app.get(
    '/api/contracts',
    {
      config: { access: 'viewer' },
      schema: { tags, summary: 'Every contract, also those that are over', response: { 200: z.array(contractRow) } },
    },
    async request => reads.contracts(identityOf(request).tenantId),
  )
  app.post(
    '/api/contracts',
    {
      config: { access: 'administrator' },
      schema: { tags, summary: 'A new contract', body: contractDraft, response: done },
    },
    async (request, reply) => {
      const { tenantId, name } = identityOf(request)
      await agreementBook.addContract(tenantId, request.body, name, clock.now())
      return reply.code(204).send(null)
    },
  )
  app.put(
    '/api/contracts/:number',
    {
      config: { access: 'administrator' },
      schema: {
        tags,
        summary: 'Change a contract; with a last day it ends',
        params: contractParams,
        body: contractTerms,
        response: done,
      },
    },
    async (request, reply) => {
      const { tenantId, name } = identityOf(request)
      await agreementBook.replaceContract(tenantId, request.params.number, request.body, name, clock.now())
      return reply.code(204).send(null)
    },
  )
  app.get(
    '/api/agreements/history',
    {
      config: { access: 'support' },
      schema: {
        tags,
        summary: 'Who changed contracts and people, the newest first',
        response: { 200: z.array(agreementEntry) },
      },
    },
    async request => reads.agreementHistory(identityOf(request).tenantId),
  )
}
