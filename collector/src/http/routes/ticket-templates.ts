import {
  templateDraft,
  templateHistory,
  templateKind,
  templateLanguage,
  templatePreview,
  templatePreviewRequest,
  ticketTemplatesView,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const templateParams = z.object({ kind: templateKind, language: templateLanguage })

/** Texts of tickets as administrators write them. */
export function registerTicketTemplates(app: ApiApp, { templates, clock }: RouteContext): void {
  app.get(
    '/api/ticket-templates',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['templates'],
        summary: 'Templates of titles and texts in force, and the fields that they may use',
        response: { 200: ticketTemplatesView },
      },
    },
    async request => templates.view(identityOf(request).tenantId),
  )
  app.get(
    '/api/ticket-templates/:kind/:language/history',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['templates'],
        summary: 'Versions of one template, newest first',
        params: templateParams,
        response: { 200: templateHistory },
      },
    },
    async request => templates.history({ ...request.params, tenantId: identityOf(request).tenantId }),
  )
  app.put(
    '/api/ticket-templates/:kind/:language',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['templates'],
        summary: 'Save a template; null goes back to the shipped one',
        params: templateParams,
        body: templateDraft,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, name } = identityOf(request)
      await templates.save({ ...request.params, tenantId }, request.body.text, name, clock.now())
      return reply.code(204).send(null)
    },
  )
  app.post(
    '/api/ticket-templates/preview',
    {
      config: { access: 'administrator' },
      schema: {
        tags: ['templates'],
        summary: 'What a template would make of an incident or of the sample; nothing is kept',
        body: templatePreviewRequest,
        response: { 200: templatePreview },
      },
    },
    async request => templates.preview(identityOf(request).tenantId, request.body, clock.now()),
  )
}
