import { agreementsView, noticeQuery, noticeRow, page } from '@tillwatch/shared/api'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

/** Service levels in force, and messages to people. */
export function registerAgreements(app: ApiApp, { agreements, reads }: RouteContext): void {
  const view = async (tenantId: string) =>
    agreements.view({
      missingRoles: await reads.missingRoles(tenantId),
      namedPolicies: await reads.namedPolicies(tenantId),
    })
  app.get(
    '/api/agreements',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['agreements'],
        summary: 'Policies and calendars in force, and what is to be put right',
        response: { 200: agreementsView },
      },
    },
    async request => view(identityOf(request).tenantId),
  )
  app.post(
    '/api/agreements/reload',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['agreements'],
        summary: 'Read calendars and policies anew; wrong ones are refused and the earlier go on',
        response: { 200: agreementsView },
      },
    },
    async request => {
      await agreements.reload()
      return view(identityOf(request).tenantId)
    },
  )
  app.get(
    '/api/notices',
    {
      config: { access: 'support' },
      schema: {
        tags: ['agreements'],
        summary: 'Messages to people, the newest first',
        querystring: noticeQuery,
        response: { 200: page(noticeRow) },
      },
    },
    async request => reads.notices(identityOf(request).tenantId, request.query),
  )
}
