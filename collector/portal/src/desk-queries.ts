import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { deliveryRow, deskAgreement, page, routesView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { address, nothing, request } from './api-client.ts'

/** Messages that the list asks for at a time. */
const PAGE_ROWS = 20
const deliveryPage = page(deliveryRow)

/** Messages to a desk, the newest first; all states when it is empty. */
export const useDeliveries = (desk: string, state: string) =>
  useInfiniteQuery({
    queryKey: ['desks', 'deliveries', desk, state],
    queryFn: ({ pageParam, signal }) =>
      request(
        deliveryPage,
        address(`/api/desks/${encodeURIComponent(desk)}/deliveries`, { state, after: pageParam, limit: PAGE_ROWS }),
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: last => last.next,
  })

/** Sends one message again now, or lets it be. */
export function useDeliveryAct(deliveryId: string, onDone: (action: 'retry' | 'skip') => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (action: 'retry' | 'skip') =>
      request(nothing, `/api/deliveries/${encodeURIComponent(deliveryId)}/${action}`, { method: 'POST', body: {} }),
    onSuccess: (_nothing, action) => onDone(action),
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ['desks'] }),
  })
}

/** Opens a ticket that was deleted in its desk once more. */
export function useOpenAnew(incidentId: string, desk: string, onDone: () => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () =>
      request(nothing, `/api/incidents/${encodeURIComponent(incidentId)}/tickets/${encodeURIComponent(desk)}/anew`, {
        method: 'POST',
        body: {},
      }),
    onSuccess: onDone,
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: ['incident', incidentId] })
      await queryClient.invalidateQueries({ queryKey: ['desks'] })
    },
  })
}

/** How tickets in the desks and incidents agree. */
export const useAgreements = () =>
  useQuery({
    queryKey: ['desks', 'agreements'],
    queryFn: ({ signal }) => request(z.array(deskAgreement), '/api/desks/agreements', { signal }),
  })

/** Says that a desk kept the numbers of its tickets at its new address. */
export function useConfirmDesk(desk: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => request(nothing, `/api/desks/${encodeURIComponent(desk)}/confirm`, { method: 'POST', body: {} }),
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ['desks'] }),
  })
}

/** Which incidents go to which desk. */
export const useRoutes = () =>
  useQuery({ queryKey: ['routes'], queryFn: ({ signal }) => request(routesView, '/api/routes', { signal }) })
