import { knowledgeQuery, knowledgeView } from '@tillwatch/shared/api'
import { type Article, readArticles } from '../../problems/articles.ts'
import { searchWords } from '../../reads/search-text.ts'
import { identityOf } from '../auth.ts'
import type { ApiApp, RouteContext } from '../http-options.ts'

const RUNBOOKS = new URL('../../../../docs/runbooks/', import.meta.url)

/** What is known about a check: known errors and runbooks, for whoever wants to help himself (R103). */
export function registerKnowledge(app: ApiApp, { reads }: RouteContext): void {
  // They ship with the program and do not change while it runs.
  let articles: Promise<readonly Article[]> | null = null
  app.get(
    '/api/knowledge',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['problems'],
        summary: 'Known errors and runbooks by words or check',
        querystring: knowledgeQuery,
        response: { 200: knowledgeView },
      },
    },
    async request => {
      const { search, check } = request.query
      articles ??= readArticles(RUNBOOKS)
      const words = searchWords(search).split(' ')
      const found = (await articles).filter(
        ({ name, text }) =>
          (check === undefined || name === check) && words.every(word => searchWords(text).includes(word)),
      )
      return {
        errors: await reads.knownErrors(identityOf(request).tenantId, request.query),
        articles: found.map(({ name, title, excerpt }) => ({ name, title, excerpt })),
      }
    },
  )
}
