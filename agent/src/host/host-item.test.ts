import { wireItem } from '@tillwatch/shared'
import { expect, test } from 'vitest'
import { mergeItems, pcItem, serviceItem, told } from './host-item.ts'

const NOON = Date.parse('2026-11-22T12:00:00Z')

test('what two probes tell of the PC is one item, and the older facts keep their own time', () => {
  const system = { ...pcItem(NOON, { 'host.name': 'kassa', 'host.os': { value: null, reason: 'no' } }), id: 'pc-1' }
  const clock = pcItem(NOON + 60_000, { 'host.clock.synchronised': true })
  const utm = serviceItem('egais-utm-8080', NOON, { 'egais.utm.link': 'ok' })
  expect(mergeItems([system, utm, clock])).toEqual([
    {
      kind: 'pc',
      slot: 'pc',
      id: 'pc-1',
      at: '2026-11-22T12:01:00.000Z',
      source: 'host',
      facts: {
        'host.name': { value: 'kassa', at: '2026-11-22T12:00:00.000Z' },
        'host.os': { value: null, reason: 'no', at: '2026-11-22T12:00:00.000Z' },
        'host.clock.synchronised': true,
      },
    },
    utm,
  ])
})

test('what a service gives fits the wire, however long it is', () => {
  const item = serviceItem(`ofd-${'a'.repeat(200)}:7777`, NOON, {
    'egais.utm.check_info': told('x'.repeat(5_000)),
    'egais.utm.version': told('', 'y'.repeat(500)),
    'egais.utm.contour': told(undefined),
  })
  expect(wireItem.safeParse(item).error).toBeUndefined()
  expect(item.facts['egais.utm.contour']).toEqual({ value: null, reason: 'not_told' })
})

test('places with long names stay apart by their ends, and are told by their beginnings', () => {
  const instance = (serial: string) =>
    serviceItem(`ts-piot-kassa-server.shop-12.retail.example-50401-${serial}`, NOON, {}).slot
  expect(instance('0000000000301234')).not.toBe(instance('0000000000301235'))
  expect(instance('0000000000301234')).toMatch(/^ts-piot-.*-0000000000301234$/)
})
