import { machineTokenRow, machineTokenSecret, newMachineToken } from '@tillwatch/shared/api'
import { z } from 'zod'
import { createRowId, createToken } from '../../accounts/token.ts'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const tokenId = z.object({ id: z.string().max(64) })

/** Tokens of machines, for the administrators of a tenant. */
export function registerTokens(app: ApiApp, { inbound, clock }: RouteContext): void {
  app.get(
    '/api/tokens',
    {
      config: { access: 'administrator' },
      schema: { tags: ['tokens'], summary: 'All tokens of machines', response: { 200: z.array(machineTokenRow) } },
    },
    async request => [...(await inbound.tokens(identityOf(request).tenantId))],
  )
  app.post(
    '/api/tokens',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['tokens'],
        summary: 'A new token; its secret is shown this once',
        body: newMachineToken,
        response: { 200: machineTokenSecret },
      },
    },
    async (request, reply) => {
      const { tenantId, name: createdBy } = identityOf(request)
      const id = createRowId()
      const { secret, hash } = createToken()
      await inbound.addToken({ id, tenantId, ...request.body, hash, createdBy }, clock.now())
      return reply.header('cache-control', 'no-store').send({ id, secret })
    },
  )
  app.delete(
    '/api/tokens/:id',
    {
      config: { access: 'administrator' },
      schema: { tags: ['tokens'], summary: 'Revoke a token', params: tokenId, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await inbound.revokeToken(identityOf(request).tenantId, request.params.id, clock.now())
      return reply.code(204).send(null)
    },
  )
}
