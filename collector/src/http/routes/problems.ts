import { AppError } from '@tillwatch/shared'
import {
  analysisRow,
  measureQuery,
  measureView,
  monthlyAnalysis,
  page,
  problemAction,
  problemDraft,
  problemQuery,
  problemRow,
  problemView,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const problemParams = z.object({ id: z.string().max(64) })
const tags = ['problems']

/** Causes behind incidents, what was promised so that they do not return, and what months say of them. */
export function registerProblems(app: ApiApp, { reads, problems, clock }: RouteContext): void {
  const viewOf = async (tenantId: string, id: string) => {
    const view = await reads.problem(tenantId, id, clock.now())
    if (!view) throw new AppError('problem.unknown', 'there is no such problem', { nextStep: 'Open it from the list.' })
    return view
  }
  app.get(
    '/api/problems',
    {
      config: { access: 'viewer' },
      schema: {
        tags,
        summary: 'Problems and known errors, the last changed first',
        querystring: problemQuery,
        response: { 200: page(problemRow) },
      },
    },
    async request => reads.problems(identityOf(request).tenantId, request.query),
  )
  app.post(
    '/api/problems',
    {
      config: { access: 'support' },
      schema: {
        tags,
        summary: 'Create a problem, also from an incident',
        body: problemDraft,
        response: { 200: problemView },
      },
    },
    async request => {
      const { tenantId, name } = identityOf(request)
      return viewOf(tenantId, await problems.create(tenantId, request.body, name, clock.now()))
    },
  )
  app.get(
    '/api/problems/:id',
    {
      config: { access: 'viewer' },
      schema: { tags, summary: 'One problem with its story', params: problemParams, response: { 200: problemView } },
    },
    async request => viewOf(identityOf(request).tenantId, request.params.id),
  )
  app.post(
    '/api/problems/:id/actions',
    {
      config: { access: 'support' },
      schema: {
        tags,
        summary: 'Describe, move, link incidents, promise and finish measures, write a review',
        params: problemParams,
        body: problemAction,
        response: { 200: problemView },
      },
    },
    async request => {
      const { tenantId, name } = identityOf(request)
      await problems.act(tenantId, request.params.id, request.body, name, clock.now())
      return viewOf(tenantId, request.params.id)
    },
  )
  app.get(
    '/api/measures',
    {
      config: { access: 'viewer' },
      schema: {
        tags,
        summary: 'What was promised under all problems',
        querystring: measureQuery,
        response: { 200: z.array(measureView) },
      },
    },
    async request => reads.measures(identityOf(request).tenantId, request.query, clock.now()),
  )
  app.get(
    '/api/analyses',
    {
      config: { access: 'viewer' },
      schema: { tags, summary: 'Months that were analysed', response: { 200: z.array(analysisRow) } },
    },
    async request => {
      const issued = await reads.analyses(identityOf(request).tenantId)
      return issued.map(({ month, issuedAt, total, raised }) => ({ month, issuedAt, total, raised: raised.length }))
    },
  )
  app.get(
    '/api/analyses/:month',
    {
      config: { access: 'viewer' },
      schema: {
        tags,
        summary: 'Same-type incidents of a month and what was raised, as issued',
        params: z.object({ month: z.string().max(10) }),
        response: { 200: monthlyAnalysis },
      },
    },
    async request => {
      const analysis = await reads.analysis(identityOf(request).tenantId, request.params.month)
      if (analysis) return analysis
      throw new AppError('analysis.unknown', 'this month was not analysed', { nextStep: 'Choose one from the list.' })
    },
  )
}
