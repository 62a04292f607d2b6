import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiApp, RouteContext } from '../http-options.ts'

const BEARER = /^Bearer (\S{1,300})$/i
const PLACE = '/api/inbound/desks/:name'

/** The server bounds their lengths; one that is too long for a name is as wrong as any other. */
const params = z.object({ name: z.string(), secret: z.string().optional() })

/**
 * Calls of service desks: something happened to a ticket there. The secret comes in a header, or as the last part of the address from desks
 * that set no headers; it is looked at before the body is read.
 */
export function registerDeskCalls(app: ApiApp, { deskCalls, limits }: RouteContext): void {
  const config = {
    access: 'machine' as const,
    // Guessing is bounded by address, and so is a desk that calls without end.
    rateLimit: { max: limits.inboundPerMinute, timeWindow: 60_000, groupId: 'desk-calls' },
  }
  const admit = async (request: FastifyRequest) => {
    const { name, secret } = params.parse(request.params)
    const bearer = BEARER.exec(request.headers.authorization ?? '')?.[1]
    const shown = [secret, bearer].filter(each => each !== undefined)
    deskCalls.admit({ name, address: request.ip, shown })
  }
  void app.register((scope: FastifyInstance, _options, done) => {
    // What a desk signed are the letters of the body.
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, parsed) =>
      parsed(null, body),
    )
    for (const url of [PLACE, `${PLACE}/:secret`]) {
      const schema = { tags: ['inbound'], security: [{ machine: [] }] }
      scope.post(
        url,
        { config, preParsing: admit, schema: { ...schema, summary: 'Something happened to a ticket in a desk' } },
        async (request, reply) => {
          const { name } = params.parse(request.params)
          const outcome = await deskCalls.take(name, { headers: request.headers, body: String(request.body ?? '') })
          return reply.code(outcome === 'looking' ? 202 : 204).send()
        },
      )
      // Who tries the right address in a browser learns that it is.
      scope.route({
        ...{ method: ['GET', 'PUT', 'PATCH', 'DELETE'], url, config, preParsing: admit, schema: { hide: true } },
        handler: async (_request, reply) => {
          void reply.header('allow', 'POST')
          throw Object.assign(new Error('calls are posted'), { statusCode: 405 })
        },
      })
    }
    done()
  })
}
