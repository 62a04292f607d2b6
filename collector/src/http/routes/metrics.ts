import { AppError } from '@tillwatch/shared'
import type { FastifyRequest } from 'fastify'
import { isSameSecret } from '../../accounts/token.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'
import { isLoopback } from '../listen-policy.ts'

/** Numbers for Prometheus. The fleet's size is nobody else's business: this machine alone, or a token. */
export function registerMetrics(app: ApiApp, { metrics }: RouteContext): void {
  const mayRead = (request: FastifyRequest): boolean => {
    const shown = /^Bearer (.{1,200})$/.exec(request.headers.authorization ?? '')?.[1]
    if (metrics.token !== undefined && shown !== undefined) return isSameSecret(shown, metrics.token)
    // A proxy makes every request look local, and so does a foreign page whose name was made to point here.
    const forwarded = Object.keys(request.headers).some(name => name === 'forwarded' || name.startsWith('x-forwarded-'))
    return !forwarded && isLoopback(request.socket.remoteAddress ?? '') && isLoopback(request.hostname)
  }
  app.get(
    '/metrics',
    {
      config: { access: 'public' },
      schema: { tags: ['operation'], summary: 'Prometheus metrics', produces: ['text/plain'] },
    },
    async (request, reply) => {
      if (!mayRead(request)) {
        throw new AppError('metrics.forbidden', 'metrics are for this machine, or for who shows the token', {
          nextStep: 'Ask from the machine itself, or send the header Authorization: Bearer with the token.',
        })
      }
      return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
    },
  )
}
