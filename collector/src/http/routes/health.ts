import { z } from 'zod'
import type { ApiApp, HealthCheck, RouteContext } from '../http-options.ts'

const healthView = z.object({
  /** The process answers. */
  live: z.literal(true),
  /** It can do its work. */
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), reason: z.string().optional() })),
})

/** For load balancers and monitors: 200 when ready, 503 with reasons when not. */
export function registerHealth(app: ApiApp, { reads, accountStore, health, log }: RouteContext): void {
  const works = async (name: string, reason: string, work: () => Promise<unknown>): Promise<HealthCheck> => {
    try {
      await work()
      return { name, ok: true }
    } catch (err) {
      log.warn({ err, check: name }, 'a health check failed')
      return { name, ok: false, reason }
    }
  }
  app.get(
    '/health',
    {
      config: { access: 'public' },
      schema: {
        tags: ['operation'],
        summary: 'Liveness and readiness',
        response: { 200: healthView, 503: healthView },
      },
    },
    async (_request, reply) => {
      const checks = [
        await works('state', 'the database does not answer the writer', () => accountStore.hasAdministrator()),
        await works('reads', 'the database cannot be read', () => reads.ping()),
        ...((await health?.().catch(() => [{ name: 'collector', ok: false, reason: 'the checks failed' }])) ?? []),
      ]
      const ready = checks.every(check => check.ok)
      return reply.code(ready ? 200 : 503).send({ live: true, ready, checks: checks.map(plain) })
    },
  )
  app.get(
    '/health/live',
    {
      config: { access: 'public' },
      schema: {
        tags: ['operation'],
        summary: 'The process answers',
        response: { 200: z.object({ live: z.literal(true) }) },
      },
    },
    async () => ({ live: true }) as const,
  )
}

const plain = ({ name, ok, reason }: HealthCheck) => (reason === undefined ? { name, ok } : { name, ok, reason })
