import '@fastify/cookie'
import { AppError } from '@tillwatch/shared'
import type { Role } from '@tillwatch/shared/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Identity } from '../accounts/identity.ts'
import { SESSION_LIFE_MS, SESSION_TOUCH_MS } from '../accounts/session-policy.ts'
import { hashToken } from '../accounts/token.ts'
import type { ApiApp, RouteContext } from './http-options.ts'

/** Who may use a route: anybody, a machine by its token (which the route itself looks at), or a session with at least this role. */
export type Access = 'public' | 'machine' | Role

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    /** Set by the session hook; read it through `identityOf`. */
    identity: Identity | null
  }
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, support: 1, administrator: 2 }

/** The `__Host-` prefix makes browsers refuse a cookie that another host or plain HTTP tries to plant. */
const cookieName = (secure: boolean): string => (secure ? '__Host-tillwatch' : 'tillwatch')

/** Who asks. Only for routes that are not public. */
export function identityOf(request: FastifyRequest): Identity {
  if (!request.identity) throw new AppError('session.required', 'nobody is signed in', { nextStep: 'Sign in.' })
  return request.identity
}

/** What a person recognizes a session by. */
export const userAgentOf = (request: FastifyRequest): string => request.headers['user-agent'] ?? ''

/** The secret goes to the browser, out of reach of scripts and of other sites. */
export const setSession = (reply: FastifyReply, secret: string, { secure }: RouteContext): void =>
  void reply.setCookie(cookieName(secure), secret, { ...cookieScope(secure), maxAge: SESSION_LIFE_MS / 1000 })

export const clearSession = (reply: FastifyReply, { secure }: RouteContext): void =>
  void reply.clearCookie(cookieName(secure), cookieScope(secure))

const cookieScope = (secure: boolean) => ({ path: '/', httpOnly: true, sameSite: 'strict', secure }) as const

/** The identity behind the request's cookie as the database knows it now, or null. */
export async function lookUpSession(
  request: FastifyRequest,
  { lookups, clock, secure }: RouteContext,
): Promise<Identity | null> {
  const secret = request.cookies[cookieName(secure)]
  return secret === undefined || secret.length > 100 ? null : lookups.session(hashToken(secret), clock.now())
}

/** Every route names who may use it; one that does not is a mistake and refuses to be registered. */
export function addAuth(app: ApiApp, context: RouteContext): void {
  const touched = new Set<string>()
  const touch = async ({ sessionId, lastSeenAt }: Identity): Promise<void> => {
    const now = context.clock.now()
    if (now - lastSeenAt < SESSION_TOUCH_MS || touched.has(sessionId)) return
    touched.add(sessionId)
    try {
      await context.accountStore.touchSession(sessionId, now)
    } catch (err) {
      context.log.warn({ err }, 'the last use of a session was not written down')
    } finally {
      touched.delete(sessionId)
    }
  }
  app.decorateRequest('identity', null)
  app.addHook('onRoute', route => {
    if (route.config?.access === undefined)
      throw new Error(`${String(route.method)} ${route.url} does not say who may use it`)
  })
  app.addHook('onRequest', async request => {
    if (request.is404) return
    const access = request.routeOptions.config.access ?? 'administrator'
    if (access === 'public' || access === 'machine') return
    const identity = await lookUpSession(request, context)
    if (!identity) throw new AppError('session.required', 'nobody is signed in', { nextStep: 'Sign in.' })
    if (RANK[identity.role] < RANK[access]) {
      throw new AppError('role.required', `this needs the role ${access}`, { nextStep: 'Ask an administrator.' })
    }
    request.identity = identity
    void touch(identity)
  })
}
