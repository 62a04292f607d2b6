import {
  type AgreementEntry,
  agreementEntry,
  agreementsView,
  type ContractDraft,
  contractDraft,
  contractRow,
  contractTerms,
  noticeRow,
  type PersonDraft,
  page,
  personDraft,
  personTerms,
  responsiblesView,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { contractsAtFirst, historyAtFirst, peopleAtFirst } from './mock-agreements.ts'
import { both, iso, paged, Refusal, type Routes } from './mock-call.ts'
import { mockAgreements, mockNotices } from './mock-sla.ts'
import type { MockState } from './mock-state.ts'

/** Service levels, contracts, who is told, and messages to people. */
export function agreementRoutes(state: MockState): Routes {
  const contracts = contractsAtFirst(state.now)
  const view = peopleAtFirst()
  const history = historyAtFirst(state.now)
  const clientName = (code: string) => state.fleet.directory.clients.find(each => each.code === code)?.name ?? code
  const note = (kind: AgreementEntry['kind'], code: string, ru: string, en: string) =>
    history.unshift({
      ...{ id: String(history.length + 1), at: iso(state.now), actor: state.person.name, kind, code },
      text: both(ru, en),
    })
  const keepContract = (draft: ContractDraft, at: number) => {
    contracts[at] = { ...draft, clientName: clientName(draft.client) }
    note('contract', draft.number, 'записан', 'saved')
    return null
  }
  const keepPerson = (draft: PersonDraft, at: number) => {
    view.people[at] = { ...draft, clientName: draft.scope.kind === 'client' ? clientName(draft.scope.client) : null }
    note('person', draft.code, 'записан', 'saved')
    return null
  }
  const placeIn = (index: number, code: string) => {
    if (index < 0) throw new Refusal(404, code, '')
    return index
  }
  const contractAt = (number = '') => contracts.findIndex(each => each.number === number)
  const personAt = (code = '') => view.people.findIndex(each => each.code === code)
  return {
    'GET agreements': () => [agreementsView, mockAgreements(state.now)],
    'GET agreements/*': () => [z.array(agreementEntry), history],
    'POST agreements/*': () => [agreementsView, mockAgreements(state.now)],
    'GET notices': ({ url }) => [page(noticeRow), paged(mockNotices(state.now), url)],
    'GET contracts': () => [z.array(contractRow), contracts],
    'POST contracts': ({ body }) => {
      const draft = contractDraft.parse(body)
      if (contractAt(draft.number) >= 0) throw new Refusal(409, 'contract.exists', '')
      return keepContract(draft, contracts.length)
    },
    'PUT contracts/*': ({ parts, body }) => {
      const at = placeIn(contractAt(parts[1]), 'contract.unknown')
      return keepContract({ number: parts[1] ?? '', ...contractTerms.parse(body) }, at)
    },
    'GET responsibles': () => [responsiblesView, view],
    'POST responsibles': ({ body }) => keepPerson(personDraft.parse(body), view.people.length),
    'PUT responsibles/*': ({ parts, body }) => {
      const at = placeIn(personAt(parts[1]), 'person.unknown')
      return keepPerson({ code: parts[1] ?? '', ...personTerms.parse(body) }, at)
    },
    'DELETE responsibles/*': ({ parts }) => {
      view.people.splice(placeIn(personAt(parts[1]), 'person.unknown'), 1)
      note('person', parts[1] ?? '', 'убран', 'removed')
      return null
    },
  }
}
