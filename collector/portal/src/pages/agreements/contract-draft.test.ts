import type { ContractRow } from '@tillwatch/shared/api'
import { describe, expect, it } from 'vitest'
import { type ContractForm, checkContract, formOf, newService, stateOf } from './contract-draft.ts'

const ROW: ContractRow = {
  ...{ number: '17-2026', client: 'vkusno', clientName: 'Кафе', policy: null, from: '2026-01-01', until: null },
  services: [
    { name: 'Касса не бьёт чеки', reaction: '15m', solution: '4h', responsible: 'Первая линия', causes: ['ofd'] },
  ],
}
const faultsOf = (change: Partial<ContractForm>) =>
  Object.fromEntries(checkContract({ ...formOf(ROW), ...change }).faults)

describe('the form of a contract', () => {
  it('asks for what it was given when nothing is changed', () => {
    const { clientName: _, ...terms } = ROW
    expect(checkContract(formOf(ROW)).draft).toEqual(terms)
  })

  it('says what an empty one lacks, by field', () => {
    expect(Object.fromEntries(checkContract(formOf(null)).faults)).toEqual({ number: 'required', client: 'required' })
    const { services } = formOf(ROW)
    expect(faultsOf({ services: [...services, newService(services)] })).toMatchObject({
      'services.1.name': 'required',
      'services.1.responsible': 'required',
    })
  })

  it('says what does not fit together', () => {
    const [service] = formOf(ROW).services
    if (!service) throw new Error('the contract has a service')
    expect(faultsOf({ number: '17/2026' })).toEqual({ number: 'codeWrong' })
    expect(faultsOf({ until: '2025-12-31' })).toEqual({ until: 'endsBefore' })
    expect(faultsOf({ services: [{ ...service, reaction: { amount: 8, unit: 'h' } }] })).toEqual({
      'services.0.reaction': 'reactionLate',
    })
    expect(faultsOf({ services: [{ ...service, solution: { amount: '', unit: 'h' } }] })).toEqual({
      'services.0.solution': 'timeWrong',
    })
    expect(faultsOf({ services: [service, { ...service, causes: [] }] })).toEqual({ services: 'serviceTwice' })
    expect(faultsOf({ services: [service, { ...service, name: 'Другая' }] })).toEqual({ services: 'causeTwice' })
  })

  it('a contract holds on its first day and on its last', () => {
    const dates = { from: '2026-01-01', until: '2026-12-31' }
    expect(['2025-12-31', '2026-01-01', '2026-12-31', '2027-01-01'].map(day => stateOf(dates, day))).toEqual([
      ...['coming', 'on', 'on', 'over'],
    ])
    expect(stateOf({ from: null, until: null }, '2026-06-01')).toBe('on')
  })
})
