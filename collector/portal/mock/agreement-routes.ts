import { agreementsView, noticeRow, page } from '@tillwatch/shared/api'
import { paged, type Routes } from './mock-call.ts'
import { mockAgreements, mockNotices } from './mock-sla.ts'
import type { MockState } from './mock-state.ts'

/** Service levels and messages to people. */
export function agreementRoutes(state: MockState): Routes {
  return {
    'GET agreements': () => [agreementsView, mockAgreements(state.now)],
    'POST agreements/*': () => [agreementsView, mockAgreements(state.now)],
    'GET notices': ({ url }) => [page(noticeRow), paged(mockNotices(state.now), url)],
  }
}
