import { AppError } from '@tillwatch/shared'
import { acceptInvitation, checkInvitation, invitationView, loginRequest, me } from '@tillwatch/shared/api'
import { z } from 'zod'
import { type Identity, nameKeyOf } from '../../accounts/identity.ts'
import { unknownInvitation } from '../../accounts/unknown-invitation.ts'
import { clearSession, identityOf, setSession, userAgentOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'
import { LOGIN_WINDOW_MS } from '../limits.ts'

const meOf = (identity: Identity) => ({
  id: identity.userId,
  name: identity.name,
  role: identity.role,
  tenant: { id: identity.tenantId, name: identity.tenantName },
})

/** Signing in and out, and the one-time link that makes a password. */
export function registerSession(app: ApiApp, context: RouteContext): void {
  const { accounts, accountStore, clock, limits } = context
  const perAddress = { max: limits.loginsPerAddress, timeWindow: LOGIN_WINDOW_MS, groupId: 'login' }
  // A guessed name can be locked for a while this way; the machine's own `tillwatch login-link` always opens.
  const perUser = app.createRateLimit({
    max: limits.loginsPerUser,
    timeWindow: LOGIN_WINDOW_MS,
    keyGenerator: request => `name ${nameKeyOf((request.body as z.infer<typeof loginRequest>).name)}`,
  })
  app.post(
    '/api/session',
    {
      config: { access: 'public', rateLimit: perAddress },
      schema: { tags: ['session'], summary: 'Sign in', body: loginRequest, response: { 200: me } },
    },
    async (request, reply) => {
      const attempt = await perUser(request)
      if (!attempt.isAllowed && attempt.isExceeded) {
        throw new AppError('rate.limited', 'too many attempts', { nextStep: 'Wait a few minutes and try again.' })
      }
      const opened = await accounts.login({ ...request.body, userAgent: userAgentOf(request) }, clock.now())
      if (!opened) {
        throw new AppError('session.wrong', 'name and password do not belong together', {
          nextStep: 'Try again, or ask an administrator for a new link.',
        })
      }
      setSession(reply, opened.secret, context)
      return meOf(opened.identity)
    },
  )
  app.get(
    '/api/session',
    { config: { access: 'viewer' }, schema: { tags: ['session'], summary: 'Who is signed in', response: { 200: me } } },
    async request => meOf(identityOf(request)),
  )
  app.delete(
    '/api/session',
    {
      config: { access: 'viewer' },
      schema: { tags: ['session'], summary: 'Sign out', response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { tenantId, userId, sessionId } = identityOf(request)
      await accountStore.closeSession(tenantId, userId, sessionId)
      clearSession(reply, context)
      return reply.code(204).send(null)
    },
  )
  app.post(
    '/api/invitation',
    {
      config: { access: 'public', rateLimit: perAddress },
      schema: { tags: ['session'], summary: 'Use a one-time link', body: acceptInvitation, response: { 200: me } },
    },
    async (request, reply) => {
      const accepted = { ...request.body, userAgent: userAgentOf(request) }
      const opened = await accounts.acceptInvitation(accepted, clock.now())
      setSession(reply, opened.secret, context)
      return meOf(opened.identity)
    },
  )
  app.post(
    '/api/invitation/check',
    {
      config: { access: 'public', rateLimit: perAddress },
      schema: {
        tags: ['session'],
        summary: 'Whom a one-time link is for',
        body: checkInvitation,
        response: { 200: invitationView },
      },
    },
    async request => {
      const found = await accounts.checkInvitation(request.body.token, clock.now())
      if (!found) throw unknownInvitation()
      return found
    },
  )
}
