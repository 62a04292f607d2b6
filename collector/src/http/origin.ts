import { AppError } from '@tillwatch/shared'
import type { FastifyRequest } from 'fastify'
import type { ApiApp, RouteContext } from './http-options.ts'
import { isLoopback } from './listen-policy.ts'

/** Methods that change nothing. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * True when the page that sent the request is ours. Browsers always name it in a request that changes something; a program sets the header
 * itself. On loopback the name must be a loopback name too, so that a foreign name that was made to point here is not taken for ours.
 */
function isOwnOrigin(request: FastifyRequest, { publicUrl, listen, secure }: RouteContext): boolean {
  const { origin } = request.headers
  if (origin === undefined || !URL.canParse(origin)) return false
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return true
  if (origin !== `${request.protocol}://${request.host}`) return false
  if (isLoopback(request.hostname)) return true
  return publicUrl === undefined && (secure || !isLoopback(listen.host))
}

/** Refuses every request that could change something and does not come from our own pages. */
export function addOriginCheck(app: ApiApp, context: RouteContext): void {
  app.addHook('onRequest', async request => {
    // No browser adds a machine's token by itself, so no foreign page can borrow it.
    if (request.routeOptions.config.access === 'machine') return
    if (SAFE_METHODS.has(request.method) || isOwnOrigin(request, context)) return
    throw new AppError('origin.foreign', 'the request does not come from a page of this server', {
      nextStep:
        'Open the portal under its own address; set http.public_url when that is another one. A program sends the header Origin.',
    })
  })
}
