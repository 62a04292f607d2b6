import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { dailyView, launchView } from '@tillwatch/shared/api'
import { nothing, request } from './api-client.ts'

/** The day of the whole fleet: a large question, so it is asked once a minute rather than at every reading. */
export const useDaily = () =>
  useQuery({
    queryKey: ['daily'],
    queryFn: ({ signal }) => request(dailyView, '/api/daily', { signal }),
    refetchInterval: 60_000,
  })
/** New outlets and what was found in their settings. */
export const useLaunches = () =>
  useQuery({
    queryKey: ['launches'],
    queryFn: ({ signal }) => request(launchView, '/api/launches', { signal }),
    refetchInterval: 60_000,
  })

interface Setting {
  readonly itemId: string
  readonly fact: string
}

/** Accepts what a register has although its profile says otherwise. */
export function useAcceptSetting(onDone: () => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ itemId, fact }: Setting) =>
      request(nothing, `/api/items/${encodeURIComponent(itemId)}/accepted`, { method: 'POST', body: { fact } }),
    onSuccess: () => {
      for (const key of ['launches', 'terminal', 'incident']) void queryClient.invalidateQueries({ queryKey: [key] })
      onDone()
    },
  })
}
