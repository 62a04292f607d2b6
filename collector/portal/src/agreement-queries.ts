import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import {
  agreementEntry,
  type ContractDraft,
  contractRow,
  type PersonDraft,
  responsiblesView,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { nothing, request } from './api-client.ts'

const id = encodeURIComponent

/** Every contract, also those that are over. */
export const useContracts = () =>
  useQuery({
    queryKey: ['contracts'],
    queryFn: ({ signal }) => request(z.array(contractRow), '/api/contracts', { signal }),
  })
/** Who is told of what, and who stands in. */
export const useResponsibles = () =>
  useQuery({
    queryKey: ['responsibles'],
    queryFn: ({ signal }) => request(responsiblesView, '/api/responsibles', { signal }),
  })
/** Who changed contracts and people. */
export const useAgreementHistory = () =>
  useQuery({
    queryKey: ['agreementHistory'],
    queryFn: ({ signal }) => request(z.array(agreementEntry), '/api/agreements/history', { signal }),
  })

/** Everything that shows contracts or people asks again; `agreements` says what is still missing. */
const SHOWN_IN = ['contracts', 'responsibles', 'agreementHistory', 'agreements', 'directory']

function useChange<Given>(change: (given: Given) => Promise<unknown>, onDone: () => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      for (const key of SHOWN_IN) void queryClient.invalidateQueries({ queryKey: [key] })
      onDone()
    },
  })
}

/** A new contract, or another version of one that is there. */
export const useSaveContract = (isNew: boolean, onDone: () => void) =>
  useChange(
    ({ number, ...terms }: ContractDraft) =>
      isNew
        ? request(nothing, '/api/contracts', { method: 'POST', body: { number, ...terms } })
        : request(nothing, `/api/contracts/${id(number)}`, { method: 'PUT', body: terms }),
    onDone,
  )
/** Somebody new who is told, or another version of somebody. */
export const useSavePerson = (isNew: boolean, onDone: () => void) =>
  useChange(
    ({ code, ...terms }: PersonDraft) =>
      isNew
        ? request(nothing, '/api/responsibles', { method: 'POST', body: { code, ...terms } })
        : request(nothing, `/api/responsibles/${id(code)}`, { method: 'PUT', body: terms }),
    onDone,
  )
export const useRemovePerson = (onDone: () => void) =>
  useChange((code: string) => request(nothing, `/api/responsibles/${id(code)}`, { method: 'DELETE' }), onDone)
