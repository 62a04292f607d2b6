import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query'
import { api, type FleetFilter, type IncidentFilter } from './api.ts'
import { ApiProblem } from './api-client.ts'

/** A refused or malformed request stays so; only silence and server errors are worth asking again. */
const worthRetrying = (failures: number, thrown: Error): boolean =>
  failures < 2 && thrown instanceof ApiProblem && (thrown.status === 0 || thrown.status >= 500)

/** Cache of answers. A 401 anywhere ends the session in the page, which then shows the login. */
export function createQueryClient(): QueryClient {
  const onError = (thrown: Error) => {
    if (thrown instanceof ApiProblem && thrown.status === 401) queryClient.setQueryData(['session'], null)
  }
  const queryClient: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { retry: worthRetrying, staleTime: 10_000 }, mutations: { retry: false } },
  })
  return queryClient
}

export const useSession = () =>
  useQuery({ queryKey: ['session'], queryFn: ({ signal }) => api.session(signal), staleTime: 5 * 60_000 })
export const useInvitation = (token: string) =>
  useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => api.checkInvitation(token, signal),
    enabled: token !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
export const useSummary = () =>
  useQuery({ queryKey: ['summary'], queryFn: ({ signal }) => api.summary(signal), refetchInterval: 60_000 })

export const useFleet = (filter: FleetFilter) =>
  useInfiniteQuery({
    queryKey: ['fleet', filter],
    queryFn: ({ pageParam, signal }) => api.fleet(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: last => last.next,
    placeholderData: keepPreviousData,
  })
export const useIncidents = (filter: IncidentFilter) =>
  useInfiniteQuery({
    queryKey: ['incidents', filter],
    queryFn: ({ pageParam, signal }) => api.incidents(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: last => last.next,
    placeholderData: keepPreviousData,
  })

export const useTerminal = (agentId: string, enabled = true) =>
  useQuery({ queryKey: ['terminal', agentId], queryFn: ({ signal }) => api.terminal(agentId, signal), enabled })
/** What was asked of an agent and what is switched off on it. */
export const useCommands = (agentId: string) =>
  useQuery({ queryKey: ['commands', agentId], queryFn: ({ signal }) => api.commands(agentId, signal) })
export const useIncident = (incidentId: string) =>
  useQuery({ queryKey: ['incident', incidentId], queryFn: ({ signal }) => api.incident(incidentId, signal) })
/** Names of people to whom an incident can be given. */
export const useAssignees = (enabled: boolean) =>
  useQuery({ queryKey: ['assignees'], queryFn: ({ signal }) => api.assignees(signal), enabled, staleTime: 60_000 })
export const usePriorityMethod = () =>
  useQuery({
    queryKey: ['priorityMethod'],
    queryFn: ({ signal }) => api.priorityMethod(signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
/** Priorities set by hand in the days before now, whose instants are told with the answer. */
export const useOverrides = (from: string, before: string) =>
  useQuery({
    queryKey: ['overrides', from, before],
    queryFn: ({ signal }) => api.overrides(from, before, signal),
    placeholderData: keepPreviousData,
  })
export const useCriticalCriteria = () =>
  useQuery({ queryKey: ['criticalCriteria'], queryFn: ({ signal }) => api.criticalCriteria(signal) })
/** Text of a runbook; asked for once it is wanted. */
export const useRunbook = (name: string | null) =>
  useQuery({
    queryKey: ['runbook', name],
    queryFn: ({ signal }) => api.runbook(name ?? '', signal),
    enabled: name !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
/** The plan of replacements: a large question about slow facts, so it is asked once a minute rather than at every reading. */
export const useReplacements = (months: number) =>
  useQuery({
    queryKey: ['replacements', months],
    queryFn: ({ signal }) => api.replacements(months, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })
/** Maintenance windows; asked again each minute, because time alone opens and ends them. */
export const useMaintenance = (all: boolean) =>
  useQuery({
    queryKey: ['maintenance', all],
    queryFn: ({ signal }) => api.maintenance(all, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })
/** What is on at one till. */
export const useMaintenanceAt = (agentId: string) =>
  useQuery({
    queryKey: ['maintenance', 'at', agentId],
    queryFn: ({ signal }) => api.maintenanceAt(agentId, signal),
    enabled: agentId !== '',
    refetchInterval: 60_000,
  })
/** What a mass incident holds together; a move of any incident inside makes it stale. */
export const useMass = (incidentId: string) =>
  useQuery({ queryKey: ['incidents', 'mass', incidentId], queryFn: ({ signal }) => api.mass(incidentId, signal) })
export const useDirectory = () => useQuery({ queryKey: ['directory'], queryFn: ({ signal }) => api.directory(signal) })
/** Service levels in force. */
export const useAgreements = () =>
  useQuery({ queryKey: ['agreements'], queryFn: ({ signal }) => api.agreements(signal) })
/** Messages to people, the newest first. */
export const useNotices = () =>
  useInfiniteQuery({
    queryKey: ['notices'],
    queryFn: ({ pageParam, signal }) => api.notices(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: last => last.next,
  })
export const useDesks = () => useQuery({ queryKey: ['desks'], queryFn: ({ signal }) => api.desks(signal) })
export const useUsers = () => useQuery({ queryKey: ['users'], queryFn: ({ signal }) => api.users(signal) })
export const useSessions = () => useQuery({ queryKey: ['sessions'], queryFn: ({ signal }) => api.sessions(signal) })

/** Points of a fact from `windowMs` ago until now. `now` is read when the question is asked, so that a refetch moves the window. */
export const useSeries = (itemId: string, fact: string, windowMs: number, now: () => number) =>
  useQuery({
    queryKey: ['series', itemId, fact, windowMs],
    queryFn: async ({ signal }) => {
      const toMs = now()
      const from = new Date(toMs - windowMs).toISOString()
      const view = await api.series(itemId, fact, from, new Date(toMs).toISOString(), signal)
      return { ...view, fromMs: toMs - windowMs, toMs }
    },
    staleTime: 30_000,
  })

export const useRules = () => useQuery({ queryKey: ['rules'], queryFn: ({ signal }) => api.rules(signal) })
export const useItemRules = (itemId: string) =>
  useQuery({ queryKey: ['itemRules', itemId], queryFn: ({ signal }) => api.itemRules(itemId, signal) })
/** A trial on the past, asked again every second until it is over. */
export const useBacktest = (id: string) =>
  useQuery({
    queryKey: ['backtest', id],
    queryFn: ({ signal }) => api.backtest(id, signal),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === 'running' ? 1_000 : false),
  })
