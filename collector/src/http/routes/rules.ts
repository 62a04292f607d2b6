import { AppError } from '@tillwatch/shared'
import { backtestRequest, backtestView, itemRulesView, rulesView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

/** The rules in force, why they say what they say, and what others would have said. */
export function registerRules(app: ApiApp, { rules, clock }: RouteContext): void {
  app.get(
    '/api/rules',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['rules'],
        summary: 'Files and rules in force, and files that were refused',
        response: { 200: rulesView },
      },
    },
    async request => rules.reads.list(identityOf(request).tenantId),
  )
  app.post(
    '/api/rules/reload',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['rules'],
        summary: 'Read every file anew; a wrong one is refused and its earlier text goes on',
        response: { 200: rulesView },
      },
    },
    async request => {
      await rules.desk.reload()
      return rules.reads.list(identityOf(request).tenantId)
    },
  )
  app.get(
    '/api/items/:itemId/rules',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['rules'],
        summary: 'Why each rule fired on an item or did not',
        params: z.object({ itemId: z.string().max(300) }),
        response: { 200: itemRulesView },
      },
    },
    async request => {
      const found = await rules.reads.item(identityOf(request).tenantId, request.params.itemId, clock.now())
      if (found) return found
      throw new AppError('item.unknown', 'there is no such item', { nextStep: 'Open it from the list.' })
    },
  )
  app.post(
    '/api/rules/backtest',
    {
      config: { access: 'support' },
      schema: {
        tags: ['rules'],
        summary: 'Try changes of rules on the stored past',
        body: backtestRequest,
        response: { 202: z.object({ id: z.string() }) },
      },
    },
    async (request, reply) => {
      const id = await rules.backtests.start(identityOf(request).tenantId, request.body)
      return reply.code(202).send({ id })
    },
  )
  app.get(
    '/api/rules/backtest/:id',
    {
      config: { access: 'support' },
      schema: {
        tags: ['rules'],
        summary: 'How far a trial is, and what it came to',
        params: z.object({ id: z.string().max(64) }),
        response: { 200: backtestView },
      },
    },
    async request => {
      const view = rules.backtests.view(identityOf(request).tenantId, request.params.id)
      if (view) return view
      throw new AppError('backtest.unknown', 'there is no such trial', { nextStep: 'Start it again.' })
    },
  )
}
