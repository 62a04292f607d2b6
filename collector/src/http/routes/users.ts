import { invitationLink, inviteUser, updateUser, userRow } from '@tillwatch/shared/api'
import { z } from 'zod'
import { instantOrNull } from '../../reads/item-facts.ts'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const userId = z.object({ id: z.string().max(64) })

/** The users of a tenant, for its administrators. */
export function registerUsers(app: ApiApp, { accounts, accountStore, clock }: RouteContext): void {
  app.get(
    '/api/users',
    {
      config: { access: 'administrator' },
      schema: { tags: ['users'], summary: 'All users', response: { 200: z.array(userRow) } },
    },
    async request => {
      const users = await accountStore.users(identityOf(request).tenantId)
      return users.map(user => ({ ...user, lastSeenAt: instantOrNull(user.lastSeenAt) }))
    },
  )
  app.post(
    '/api/users',
    {
      config: { access: 'administrator' },
      schema: { tags: ['users'], summary: 'Invite a user', body: inviteUser, response: { 200: invitationLink } },
    },
    async request => {
      const { tenantId } = identityOf(request)
      return { url: await accounts.invite({ ...request.body, tenantId }, clock.now()) }
    },
  )
  app.post(
    '/api/users/:id/invitation',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['users'],
        summary: 'A new one-time link for a user',
        params: userId,
        response: { 200: invitationLink },
      },
    },
    async request => {
      const { tenantId } = identityOf(request)
      return { url: await accounts.renewInvitation({ tenantId, userId: request.params.id }, clock.now()) }
    },
  )
  app.patch(
    '/api/users/:id',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['users'],
        summary: 'Change the role, disable or enable',
        params: userId,
        body: updateUser,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await accountStore.updateUser(identityOf(request).tenantId, request.params.id, request.body, clock.now())
      return reply.code(204).send(null)
    },
  )
}
