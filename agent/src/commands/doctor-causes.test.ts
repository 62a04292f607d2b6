import type { WireFact, WireItem } from '@tillwatch/shared'
import { expect, test } from 'vitest'
import { causesOf } from './doctor-causes.ts'
import type { Check } from './doctor-check.ts'
import { HELD_STEP } from './doctor-ports.ts'

/** Noon of the till's own zone, whatever that is where the test runs. */
const NOW = Date.parse('2026-11-22T12:00:00')

const item = (kind: WireItem['kind'], facts: Record<string, WireFact>, slot = 'front'): WireItem => ({
  kind,
  slot,
  id: null,
  at: new Date(NOW).toISOString(),
  source: 'register',
  facts,
})
const told = (kind: WireItem['kind'], facts: Record<string, WireFact>) =>
  causesOf([item(kind, facts)], [], NOW).map(({ text }) => text.ru)

test.each<[string, WireItem['kind'], Record<string, WireFact>, RegExp]>([
  [
    'a drive near its end',
    'register',
    { 'fiscal.fn.valid_until': '2026-12-04' },
    /front: ФН заканчивается через 12 дн\./,
  ],
  ['a drive on its last day', 'register', { 'fiscal.fn.valid_until': '2026-11-22' }, /через 0 дн\./],
  ['a drive past its end', 'register', { 'fiscal.fn.valid_until': '2026-11-21' }, /срок ФН истёк 2026-11-21/],
  ['a drive that is not at work', 'register', { 'fiscal.fn.phase': 'post_fiscal' }, /не в рабочей фазе: архив закрыт/],
  ['a warning of the drive', 'register', { 'fiscal.fn.flags': ['ofd_timeout'] }, /предупреждение ФН: ОФД не отвечает/],
  [
    'a queue of days',
    'register',
    {
      'fiscal.ofd.unsent_documents': 12,
      'fiscal.ofd.first_unsent_at': '2026-11-19T11:00',
      'fiscal.ofd.error': 'нет связи',
    },
    /не переданы документы: 12, первый ждёт 3 дн\. \(нет связи\); через 27 дн\. ФН заблокирует продажи/,
  ],
  [
    'a queue that stops sales',
    'register',
    { 'fiscal.ofd.unsent_documents': 12, 'fiscal.ofd.first_unsent_at': '2026-10-19T11:00' },
    /ФН уже блокирует продажи/,
  ],
  ['a shift over its time', 'register', { 'fiscal.shift.state': 'expired' }, /смена открыта больше 24 часов/],
  ['no paper', 'register', { 'fiscal.register.paper': 'absent' }, /нет бумаги/],
  [
    'a wrong clock',
    'register',
    { 'fiscal.register.clock_at': '2026-11-22T12:07:00' },
    /расходятся на 7 мин\.; проверьте/,
  ],
  [
    'a wrong zone',
    'register',
    { 'fiscal.register.clock_at': '2026-11-22T10:01:00' },
    /на -119 мин\.; похоже на неверный часовой пояс/,
  ],
  [
    'an OFD that is not reached',
    'service',
    { 'ofd.server.reach': 'timeout', 'ofd.server.host': 'ofd.example', 'ofd.server.port': 7790 },
    /Сервер ОФД ofd\.example с этого ПК недоступен, порт 7790: не отвечает/,
  ],
  ['a full disk', 'volume', { 'host.disk.free_bytes': 2 ** 31, 'host.disk.total_bytes': 2 ** 36 }, /свободно 2\.0 ГБ/],
  ['a clock of the PC', 'pc', { 'host.clock.ntp_offset_ms': -180_000 }, /расходятся с сервером времени на -3 мин/],
  [
    'a service that should run',
    'service',
    { 'host.service.name': 'ComProxy', 'host.service.state': 'stopped', 'host.service.start': 'automatic' },
    /Служба ComProxy остановлена/,
  ],
  ['a UTM that is silent', 'service', { 'egais.utm.link': 'refused' }, /УТМ ЕГАИС: не запущен/],
  [
    'a key near its end',
    'service',
    { 'egais.utm.gost_key_valid_until': '2026-12-01' },
    /Ключ ГОСТ в УТМ заканчивается/,
  ],
])('%s', (_title, kind, facts, expected) => {
  const causes = told(kind, facts)
  expect(causes).toHaveLength(1)
  expect(causes[0]).toMatch(expected)
})

test.each<[string, WireItem['kind'], Record<string, WireFact>]>([
  [
    'a healthy register',
    'register',
    {
      'fiscal.fn.valid_until': '2027-11-22',
      'fiscal.fn.phase': 'fiscal',
      'fiscal.fn.flags': [],
      'fiscal.ofd.unsent_documents': 3,
      'fiscal.ofd.first_unsent_at': '2026-11-22T09:00',
      'fiscal.register.clock_at': '2026-11-22T12:00:40',
      'fiscal.register.error': 'none',
      'fiscal.shift.state': 'open',
    },
  ],
  ['a register that tells nothing', 'register', { 'fiscal.fn.valid_until': { value: null, reason: 'not supported' } }],
  ['a service that is stopped by hand', 'service', { 'host.service.state': 'stopped', 'host.service.start': 'manual' }],
])('%s gives no cause', (_title, kind, facts) => {
  expect(told(kind, facts)).toEqual([])
})

test('a held port and a program that runs: who probably holds it, and the way around it', () => {
  const held: Check = { id: 'place:COM3', status: 'warn', text: HELD_STEP, nextStep: HELD_STEP }
  const program = item('service', { 'pos.app.running': true, 'pos.app.name': 'iikoFront' })
  expect(causesOf([program], [held], NOW)).toMatchObject([
    { id: 'cause:port', text: { ru: expect.stringContaining('вероятно, держит iikoFront') }, nextStep: HELD_STEP },
  ])
  expect(causesOf([program], [], NOW)).toEqual([])
})
