import type { AgreementEntry, ContractRow, ResponsiblesView } from '@tillwatch/shared/api'
import { both, HOUR, iso } from './mock-call.ts'

const DAY = 24 * HOUR
const day = (ms: number) => iso(ms).slice(0, 10)

/** One contract in force with services, one to come, one that is over. */
export const contractsAtFirst = (now: number): ContractRow[] => [
  {
    ...{ number: '17-2026', client: 'vkusno', clientName: 'Кафе «Вкусно и рядом»', policy: 'outsourcing-24x7' },
    ...{ from: '2026-01-01', until: day(now + 39 * DAY) },
    services: [
      {
        ...{ name: 'Касса не бьёт чеки', reaction: '15m', solution: '4h', responsible: 'Первая линия' },
        causes: ['ofd', 'fn_state', 'register_error'],
      },
      { name: 'Всё остальное', reaction: '2h', solution: '3d', responsible: 'Вторая линия', causes: [] },
    ],
  },
  {
    ...{ number: '18-2027', client: 'stroydvor', clientName: 'Строительный двор «Мастер»', policy: 'silver' },
    ...{ from: day(now + 40 * DAY), until: null, services: [] },
  },
  {
    ...{ number: '4-2024', client: 'apteka-zdorovo', clientName: 'Аптеки «Здорово»', policy: null },
    ...{ from: '2024-02-01', until: '2025-01-31', services: [] },
  },
]

type Role = ResponsiblesView['roles'][number]['role']
const HEAD = both('руководитель поддержки', 'head of support')
const ROLES: readonly (readonly [Role, string, string, ResponsiblesView['roles'][number]['standIn']])[] = [
  ['line1_lead', 'старший первой линии', 'lead of the first line', HEAD],
  ['line2', 'вторая линия', 'second line', HEAD],
  ['line3', 'третья линия', 'third line', HEAD],
  ['head', HEAD.ru, HEAD.en, both('руководство', 'management')],
  ['account_manager', 'наш менеджер клиента', 'our account manager', HEAD],
  [
    'client_account_manager',
    'менеджер со стороны клиента',
    'account manager of the client',
    both('наш менеджер клиента', 'our account manager'),
  ],
  ['duty', 'дежурные по массовым сбоям', 'duty list for mass incidents', HEAD],
  ['manager', 'руководство', 'management', null],
  ['client_contact', 'контакт клиента', 'contact of the client', null],
]

/** Some roles held, some not. */
export const peopleAtFirst = (): ResponsiblesView => {
  const common = { timezone: 'Europe/Moscow', language: 'ru' as const, clientName: null }
  const all = { kind: 'all' as const }
  return {
    roles: ROLES.map(([role, ru, en, standIn]) => ({ role, title: both(ru, en), standIn })),
    people: [
      { ...common, code: 'anna', role: 'head', scope: all, name: 'Анна', email: 'anna@example.test' },
      { ...common, code: 'line2', role: 'line2', scope: all, name: 'Вторая линия', email: 'line2@example.test' },
      {
        ...{ ...common, code: 'petr', role: 'account_manager', name: 'Пётр', email: 'petr@example.test' },
        ...{ scope: { kind: 'client', client: 'vkusno' }, clientName: 'Кафе «Вкусно и рядом»' },
      },
      {
        ...{ ...common, code: 'cafe', role: 'client_contact', name: 'Управляющий сети', email: 'cafe@example.test' },
        ...{ scope: { kind: 'contract', contract: '17-2026' }, clientName: 'Кафе «Вкусно и рядом»' },
      },
    ],
  }
}

/** Who changed what. */
export const historyAtFirst = (now: number): AgreementEntry[] => [
  {
    ...{ id: '2', at: iso(now - 30 * HOUR), actor: 'Анна', kind: 'contract', code: '17-2026' },
    text: both('последний день: нет → 2026-12-31', 'last day: none → 2026-12-31'),
  },
  {
    ...{ id: '1', at: iso(now - 60 * DAY), actor: 'Пётр', kind: 'person', code: 'anna' },
    text: both(
      'добавлен: Анна <anna@example.test>, руководитель поддержки, все клиенты',
      'added: Анна <anna@example.test>, head of support, all clients',
    ),
  },
]
