import { keepPreviousData, useQuery } from '@tanstack/react-query'
import {
  type TemplateKind,
  type TemplateLanguage,
  type TemplatePreviewRequest,
  templateHistory,
  templatePreview,
  ticketTemplatesView,
} from '@tillwatch/shared/api'
import { nothing, request } from './api-client.ts'

const PATH = '/api/ticket-templates'

/** Saves a text; with null the shipped one is in force again. */
export const saveTemplate = (kind: TemplateKind, language: TemplateLanguage, text: string | null) =>
  request(nothing, `${PATH}/${kind}/${language}`, { method: 'PUT', body: { text } })

export const useTicketTemplates = (enabled: boolean) =>
  useQuery({
    queryKey: ['ticketTemplates'],
    queryFn: ({ signal }) => request(ticketTemplatesView, PATH, { signal }),
    enabled,
  })
export const useTemplateHistory = (kind: TemplateKind, language: TemplateLanguage) =>
  useQuery({
    queryKey: ['ticketTemplates', 'history', kind, language],
    queryFn: ({ signal }) => request(templateHistory, `${PATH}/${kind}/${language}/history`, { signal }),
  })
/** What a draft would make of an incident; the last answer stays while the next is on its way. */
export const useTemplatePreview = (draft: TemplatePreviewRequest) =>
  useQuery({
    queryKey: ['ticketTemplates', 'preview', draft],
    queryFn: ({ signal }) => request(templatePreview, `${PATH}/preview`, { method: 'POST', body: draft, signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
