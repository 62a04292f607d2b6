import {
  analysisRow,
  incidentView,
  knowledgeView,
  measureView,
  monthlyAnalysis,
  type ProblemView,
  page,
  problemAction,
  problemRow,
  problemView,
  vendorSent,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { both, includes, iso, paged, Refusal, type Routes } from './mock-call.ts'
import type { MockState } from './mock-state.ts'

const ACTIVE = new Set(['proposed', 'open', 'root_cause_known', 'fix_planned'])

/** Problems, measures, months and the knowledge base. */
export function problemRoutes(state: MockState): Routes {
  const problemBy = (id: string | undefined): ProblemView => {
    const problem = state.problems.find(each => each.id === id)
    if (!problem) throw new Refusal(404, 'problem.unknown', 'There is no such problem')
    return problem
  }
  const incidentBy = (id: string | undefined) => {
    const incident = state.incidents.find(each => each.id === id)
    if (!incident) throw new Refusal(404, 'incident.unknown', 'There is no such incident')
    return incident
  }
  return {
    'GET problems': ({ url }) => {
      const status = url.searchParams.get('status') ?? 'active'
      const rows = state.problems.filter(
        row =>
          (status === 'all' || (status === 'active' ? ACTIVE.has(row.status) : row.status === status)) &&
          (url.searchParams.get('known') !== 'true' || row.knownError) &&
          includes([row.number, row.title.ru, row.title.en, row.rootCause], url),
      )
      return [page(problemRow), paged(rows, url)]
    },
    'POST problems': () => [problemView, problemBy('problem-2')],
    'GET problems/*': ({ parts }) => [problemView, problemBy(parts[1])],
    'POST problems/*/actions': ({ parts, body }) => {
      const problem = problemBy(parts[1])
      const action = problemAction.parse(body)
      if (action.action === 'move') Object.assign(problem, { status: action.status })
      if (action.action === 'finish_measure') {
        const measure = problem.measures.find(each => each.id === action.measureId)
        if (measure) Object.assign(measure, { doneAt: action.done ? iso(state.now) : null, doneBy: 'Анна' })
      }
      return [problemView, problem]
    },
    'GET measures': ({ url }) => {
      const chosen = url.searchParams.get('state')
      const all = state.problems.flatMap(problem => problem.measures)
      return [z.array(measureView), all.filter(each => (each.doneAt !== null) === (chosen === 'done'))]
    },
    'GET analyses': () => [
      z.array(analysisRow),
      [{ month: '2026-10', issuedAt: iso(state.now), total: 84, raised: 1 }],
    ],
    'GET analyses/*': () => [
      monthlyAnalysis,
      {
        ...{ month: '2026-10', issuedAt: iso(state.now), total: 84 },
        raised: [
          {
            ...{ client: 'Кафе «Вкусно и рядом»', kind: 'operation', count: 31, usual: 9.3 },
            what: both('ofd.queue_age', 'ofd.queue_age'),
            text: both(
              '31 за месяц, обычно 9.3 (среднее за 3 мес.)',
              '31 in the month, usually 9.3 (the mean of 3 months)',
            ),
          },
        ],
        clients: [
          {
            ...{ client: 'Кафе «Вкусно и рядом»', total: 44 },
            types: [
              {
                ...{ title: both('Чеки не уходят в ОФД', 'Receipts do not reach the OFD'), check: 'ofd.queue_age' },
                ...{ causeClass: 'ofd', model: 'АТОЛ 30Ф', firmware: '5.8.15', errorCode: null, count: 31, items: 12 },
                numbers: [1040, 1041, 1042],
              },
            ],
          },
        ],
      },
    ],
    'GET knowledge': ({ url }) => [
      knowledgeView,
      {
        errors: state.problems
          .filter(problem => problem.knownError && includes([problem.title.ru, problem.rootCause], url))
          .map(problem => ({ ...problem, problemId: problem.id, checks: problem.signature?.checks ?? [] })),
        articles: [
          {
            name: 'ofd.queue_age',
            title: both('Документы не уходят в ОФД', 'Documents do not reach the OFD'),
            excerpt: both(
              'Проверьте интернет на рабочем месте и адрес ОФД в кассе.',
              'Check the line and the OFD address.',
            ),
          },
        ],
      },
    ],
    'POST incidents/*/vendor-package/sent': ({ parts, body }) => {
      const incident = incidentBy(parts[1])
      incident.vendorPackages.push({ at: iso(state.now), by: 'Анна', ...vendorSent.parse(body) })
      return [incidentView, incident]
    },
    'POST incidents/*/restored': ({ parts }) => [incidentView, incidentBy(parts[1])],
  }
}
