import {
  type InboundTicket,
  inboundAnswer,
  incidentLinks,
  machineTokenRow,
  machineTokenSecret,
  type TokenScope,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { nothing, request } from './api-client.ts'

const id = encodeURIComponent

/** Calls about what comes from elsewhere. */
export const inboundApi = {
  register: (body: InboundTicket) => request(inboundAnswer, '/api/tickets', { method: 'POST', body }),
  links: (incidentId: string, signal: AbortSignal) =>
    request(incidentLinks, `/api/incidents/${id(incidentId)}/links`, { signal }),
  decideLink: (incidentId: string, body: { otherId: string; decision: 'linked' | 'rejected' }) =>
    request(nothing, `/api/incidents/${id(incidentId)}/links`, { method: 'POST', body }),
  tokens: (signal: AbortSignal) => request(z.array(machineTokenRow), '/api/tokens', { signal }),
  addToken: (body: { name: string; scope: TokenScope }) =>
    request(machineTokenSecret, '/api/tokens', { method: 'POST', body }),
  revokeToken: (tokenId: string) => request(nothing, `/api/tokens/${id(tokenId)}`, { method: 'DELETE' }),
}
