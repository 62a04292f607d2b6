import type { FactView, TerminalView } from '@tillwatch/shared/api'
import { describe, expect, it } from 'vitest'
import { besideState, placeOfService, serviceState } from './service-state.ts'

const fact = (name: string, value: FactView['value'], more: Partial<FactView> = {}): FactView => ({
  name,
  value,
  source: 'host',
  at: '2026-11-22T09:00:00Z',
  stale: false,
  ...more,
})
const service = (
  facts: readonly FactView[],
  health: TerminalView['items'][number]['health'] = 'green',
): Parameters<typeof serviceState>[0] => ({ facts: [...facts], health })

describe('how a service is', () => {
  it('is told by the first fact that is not as it should be', () => {
    const well = [fact('egais.utm.link', 'ok'), fact('egais.utm.rsa_error', null), fact('egais.utm.license', false)]
    expect(serviceState(service(well))).toMatchObject({ tone: 'green', fact: { name: 'egais.utm.link' } })
    expect(serviceState(service([...well, fact('egais.utm.owner_matches', false)]))).toMatchObject({
      tone: 'yellow',
      fact: { name: 'egais.utm.owner_matches' },
    })
    expect(serviceState(service([fact('egais.utm.link', 'refused'), fact('egais.utm.rsa_error', 'x')]))).toMatchObject({
      tone: 'yellow',
      fact: { name: 'egais.utm.link' },
    })
  })

  it('is told of an ESM by its own word, and a stopped one is not well', () => {
    const instance = (state: string) => service([fact('chz.piot.state', state), fact('chz.lm.status', 'ready')])
    expect(serviceState(instance('Работает'))).toMatchObject({ tone: 'green', fact: { value: 'Работает' } })
    expect(serviceState(instance('Остановлено'))).toMatchObject({ tone: 'yellow', fact: { value: 'Остановлено' } })
  })

  it('asks for attention a month before a certificate ends, and after a day without the server', () => {
    const utm = (until: string) => service([fact('egais.utm.link', 'ok'), fact('egais.utm.gost_valid_until', until)])
    expect(serviceState(utm('2026-12-23')).tone).toBe('green')
    expect(serviceState(utm('2026-12-21'))).toMatchObject({
      tone: 'yellow',
      fact: { name: 'egais.utm.gost_valid_until' },
    })
    const alone = (hours: number) => service([fact('chz.lm.link', 'ok'), fact('chz.lm.sync_age_hours', hours)])
    expect(serviceState(alone(23.9)).tone).toBe('green')
    expect(serviceState(alone(24))).toMatchObject({ tone: 'yellow', fact: { name: 'chz.lm.sync_age_hours' } })
  })

  it('is red or yellow where a rule says so, whatever its facts are', () => {
    expect(serviceState(service([fact('chz.lm.link', 'ok')], 'red')).tone).toBe('red')
    expect(serviceState(service([], 'yellow')).tone).toBe('yellow')
  })

  it('is not known by facts that are old or could not be read', () => {
    expect(serviceState(service([fact('pos.app.running', true, { stale: true })])).tone).toBe('grey')
    expect(serviceState(service([fact('pos.app.running', null, { reason: 'no_rights' })]))).toEqual({
      tone: 'grey',
      fact: null,
    })
  })
})

describe('what stands beside it', () => {
  it('is a date and a version, at most two, and nothing that is not known', () => {
    const facts = [
      fact('chz.lm.sync_age_hours', 0.3),
      fact('egais.utm.version', '4.2.0'),
      fact('egais.utm.rsa_valid_until', '2027-02-03'),
      fact('egais.utm.gost_valid_until', null, { reason: 'not_told' }),
    ]
    const names = (state: FactView | null) => besideState(facts, state).map(({ name }) => name)
    expect(names(null)).toEqual(['egais.utm.rsa_valid_until', 'egais.utm.version'])
    expect(names(facts[2] ?? null)).toEqual(['egais.utm.version'])
  })

  it('is its kind and address, where it has no name of its own', () => {
    expect(placeOfService('egais-utm-8081')).toEqual({ kind: 'egais', where: '8081' })
    expect(placeOfService('ofd-ofd.example:7777')).toEqual({ kind: 'ofd', where: 'ofd.example:7777' })
    expect(placeOfService('pos-iikofront')).toBeNull()
  })
})
