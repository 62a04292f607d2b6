import { expect, test } from 'vitest'
import { isStale, itemTitle } from './item-facts.ts'

const NOON = Date.parse('2026-11-22T12:00:00Z')
const HOUR = 3_600_000

test('a service is called by the name of its program, else by its place', () => {
  const place = { kind: 'service', slot: 'pos-iikofront', identity: null }
  const fact = (value: string) => ({ value, at: NOON, receivedAt: NOON, source: 'host' as const })
  expect(itemTitle(place, { facts: { 'pos.app.name': fact('iikoFront') } })).toBe('iikoFront')
  expect(itemTitle(place, { facts: { 'host.service.name': fact('Transport') } })).toBe('Transport')
  expect(itemTitle({ ...place, slot: 'egais-utm-8080' }, { facts: {} })).toBe('egais-utm-8080')
})

test('a state grows stale within hours, a version or a date within days', () => {
  const stale = (name: string) => isStale(name, NOON - 5 * HOUR, NOON)
  expect(['egais.utm.link', 'chz.lm.status', 'pos.app.running', 'ofd.server.reach'].filter(stale)).toHaveLength(4)
  const lasting = ['egais.utm.gost_valid_until', 'pos.app.version', 'chz.piot.fn_serial', 'host.antivirus_updated_on']
  expect(lasting.filter(stale)).toEqual([])
})
