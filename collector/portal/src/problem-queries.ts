import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import {
  analysisRow,
  knowledgeView,
  type MeasureQuery,
  measureView,
  monthlyAnalysis,
  type ProblemAction,
  type ProblemDraft,
  page,
  problemRow,
  problemView,
  type VendorSent,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { address, nothing, request } from './api-client.ts'

const PAGE_ROWS = 50
const id = encodeURIComponent
const problemPage = page(problemRow)

export interface ProblemFilter {
  readonly status: string
  readonly known: boolean
  readonly search: string
}

export const useProblems = (filter: ProblemFilter) =>
  useInfiniteQuery({
    queryKey: ['problems', filter],
    queryFn: ({ pageParam, signal }) =>
      request(problemPage, address('/api/problems', { ...filter, after: pageParam, limit: PAGE_ROWS }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: last => last.next,
    placeholderData: keepPreviousData,
  })
export const useProblem = (problemId: string) =>
  useQuery({
    queryKey: ['problem', problemId],
    queryFn: ({ signal }) => request(problemView, `/api/problems/${id(problemId)}`, { signal }),
  })
/** What was promised under all problems. */
export const useMeasures = (state: MeasureQuery['state']) =>
  useQuery({
    queryKey: ['measures', state],
    queryFn: ({ signal }) => request(z.array(measureView), address('/api/measures', { state }), { signal }),
  })
export const useAnalyses = () =>
  useQuery({
    queryKey: ['analyses'],
    queryFn: ({ signal }) => request(z.array(analysisRow), '/api/analyses', { signal }),
  })
/** A month as it was issued; asked for once one is chosen. */
export const useAnalysis = (month: string | null) =>
  useQuery({
    queryKey: ['analysis', month],
    queryFn: ({ signal }) => request(monthlyAnalysis, `/api/analyses/${id(month ?? '')}`, { signal }),
    enabled: month !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
export const useKnowledge = (search: string, check: string) =>
  useQuery({
    queryKey: ['knowledge', search, check],
    queryFn: ({ signal }) => request(knowledgeView, address('/api/knowledge', { search, check }), { signal }),
    placeholderData: keepPreviousData,
  })

/** Everything that shows problems asks again. */
const SHOWN_IN = ['problem', 'problems', 'measures', 'knowledge', 'incident']

/** A change of problems; the pages that show them ask again afterwards. */
function useChange<Given, Answer>(change: (given: Given) => Promise<Answer>, onDone: (answer: Answer) => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: answer => {
      for (const key of SHOWN_IN) void queryClient.invalidateQueries({ queryKey: [key] })
      onDone(answer)
    },
  })
}

const ignore = () => undefined

export const useCreateProblem = (onDone: (problemId: string) => void) =>
  useChange(
    (draft: Pick<ProblemDraft, 'title' | 'incidentId'>) =>
      request(problemView, '/api/problems', { method: 'POST', body: draft }),
    problem => onDone(problem.id),
  )
export const useProblemAct = (problemId: string, onDone: () => void = ignore) =>
  useChange(
    (action: ProblemAction) =>
      request(nothing, `/api/problems/${id(problemId)}/actions`, { method: 'POST', body: action }),
    onDone,
  )
export const useVendorSent = (incidentId: string, onDone: () => void) =>
  useChange(
    (body: VendorSent) =>
      request(nothing, `/api/incidents/${id(incidentId)}/vendor-package/sent`, { method: 'POST', body }),
    onDone,
  )
export const useRestored = (incidentId: string, onDone: () => void) =>
  useChange(
    (text: string) => request(nothing, `/api/incidents/${id(incidentId)}/restored`, { method: 'POST', body: { text } }),
    onDone,
  )

/** Address of what a vendor is given. */
export const vendorPackage = (incidentId: string, format: 'markdown' | 'json' | 'zip', lang: string): string =>
  address(`/api/incidents/${id(incidentId)}/vendor-package`, { format, lang })
