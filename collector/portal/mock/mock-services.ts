import type { TerminalView } from '@tillwatch/shared/api'
import { HOUR, iso } from './mock-call.ts'

type Item = TerminalView['items'][number]
type Value = Item['facts'][number]['value']

/** What stands around the registers of a shop that sells alcohol and marked goods; `isTroubled`: not all of it works. */
export function serviceItems(agentId: string, isTroubled: boolean, now: number): Item[] {
  const item = (slot: string, title: string, values: Record<string, Value>): Item => ({
    id: `service-${agentId}-${slot}`,
    kind: 'service',
    slot,
    title,
    health: 'green',
    timeToStop: null,
    replacementUntil: null,
    facts: Object.entries(values).map(([name, value]) => ({
      name,
      value,
      source: 'host',
      at: iso(now - 47_000),
      stale: false,
    })),
    conditions: [],
  })
  const syncedAt = now - (isTroubled ? 31 : 0.3) * HOUR
  return [
    item('chz-lm-5995', 'chz-lm-5995', {
      'chz.lm.link': 'ok',
      'chz.lm.status': isTroubled ? 'sync_error' : 'ready',
      'chz.lm.operation_mode': 'active',
      'chz.lm.last_sync_at': iso(syncedAt),
      'chz.lm.sync_age_hours': Math.round((now - syncedAt) / 360_000) / 10,
      'chz.lm.version': '1.5.1-523',
      'chz.lm.inn': '7709990008',
      'chz.lm.requires_download': false,
      'chz.lm.local_documents': 48_211,
      'chz.lm.server_documents': 48_940,
      'chz.lm.errors': isTroubled ? ['1003: сервер не отвечает'] : [],
    }),
    item('egais-utm-8080', 'egais-utm-8080', {
      'egais.utm.link': 'ok',
      'egais.utm.version': '4.2.0',
      'egais.utm.contour': 'prod',
      'egais.utm.owner_id': '030000123456',
      'egais.utm.owner_matches': true,
      'egais.utm.rsa_error': null,
      'egais.utm.gost_valid': true,
      'egais.utm.gost_valid_until': '2027-03-03',
      'egais.utm.rsa_valid': true,
      'egais.utm.rsa_valid_until': '2027-02-03',
      'egais.utm.license': false,
      'egais.utm.in_documents': 0,
      'egais.utm.out_documents': 3,
    }),
    item('ofd-ofd.example:7777', 'ofd-ofd.example:7777', {
      'ofd.server.reach': isTroubled ? 'timeout' : 'ok',
      'ofd.server.host': 'ofd.example',
      'ofd.server.port': 7_777,
      'ofd.server.registers': ['register-1'],
      ...(isTroubled ? {} : { 'ofd.server.connect_ms': 38 }),
    }),
    item('pos-iikofront', 'iikoFront', {
      'pos.app.name': 'iikoFront',
      'pos.app.running': true,
      'pos.app.version': '9.2.6041.0',
    }),
    item('service-transport', 'Transport', {
      'host.service.name': 'Transport',
      'host.service.state': 'running',
      'host.service.start': 'automatic',
    }),
  ]
}
