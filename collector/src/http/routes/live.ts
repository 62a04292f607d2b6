import { identityOf, lookUpSession } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'
import type { LiveFeed } from '../live-feed.ts'
import { SAFE_METHODS } from '../origin.ts'

/** Server-sent events: what changed, for the pages to ask again. */
export function registerLive(app: ApiApp, context: RouteContext, feed: LiveFeed): void {
  // Whatever somebody changes may end a session: its pages must not hear the next word.
  app.addHook('onResponse', async (request, reply) => {
    if (!SAFE_METHODS.has(request.method) && reply.statusCode < 300) feed.recheck()
  })
  app.get(
    '/api/live',
    {
      exposeHeadRoute: false,
      config: { access: 'viewer' },
      schema: { tags: ['live'], summary: 'Changes as server-sent events' },
    },
    (request, reply) => {
      const { tenantId, userId } = identityOf(request)
      const stream = reply.raw
      let begun = false
      const close = feed.open({
        tenantId,
        userId,
        sink: {
          write: text => {
            if (!begun) {
              begun = true
              reply.hijack()
              stream.writeHead(200, {
                ...headersOf(reply.getHeaders()),
                'content-type': 'text/event-stream; charset=utf-8',
                'x-accel-buffering': 'no',
              })
            }
            stream.write(text)
          },
          get waitingBytes() {
            return stream.writableLength
          },
          end: () => void stream.end(),
        },
        stillSignedIn: async () => (await lookUpSession(request, context)) !== null,
      })
      stream.on('close', close)
      stream.on('error', close)
    },
  )
}

const headersOf = (
  headers: ReturnType<import('fastify').FastifyReply['getHeaders']>,
): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, Array.isArray(value) ? value : String(value)]),
  )
