import {
  type DeliveryRow,
  deliveryRow,
  deskAgreement,
  deskTest,
  deskView,
  page,
  type RoutesView,
  routesView,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { both, HOUR, iso, paged, Refusal, type Routes } from './mock-call.ts'
import type { MockState } from './mock-state.ts'

/** Messages to the desk by mail that fails: one of each state. */
export const deliveriesAtFirst = (now: number): DeliveryRow[] =>
  (
    [
      ['waiting', null, 0],
      ['unknown', 'smtp.example.test: no answer in 30000 ms', 3],
      ['failed', 'invalid: SMTP 550: mailbox unavailable', 1],
      ['dry_run', null, 0],
      ['skipped', 'a later message says more', 0],
      ['delivered', null, 1],
    ] as const
  ).map(([state, lastError, attempts], index) => ({
    id: String(900 - index),
    incident: { id: `incident-${index + 1}`, number: 1040 + index },
    kind: index % 2 === 0 ? 'open' : 'comment',
    title: both('Касса не передаёт чеки в ОФД', 'The register does not send receipts to the OFD'),
    priority: 2,
    ...{ state, lastError, attempts },
    route: index === 1 ? null : 'Пекарни',
    detour: index === 1,
    toldElsewhereAt: null,
    createdAt: iso(now - index * HOUR),
    nextAt: state === 'waiting' || state === 'unknown' ? iso(now + 120_000) : null,
    settledAt: state === 'waiting' || state === 'unknown' ? null : iso(now - index * HOUR),
    text:
      state === 'dry_run'
        ? both('Очередь стоит с четверга.\n\n[tw-1043]', 'The queue stands since Thursday.\n\n[tw-1043]')
        : null,
  }))

const USUAL = { project: null, category: null, type: null, assignee: null, team: null, fields: {} }
const routesInForce = (now: number): RoutesView => ({
  loadedAt: iso(now - HOUR),
  routes: [
    {
      ...{ name: 'Пекарни', desk: 'email', dryRun: true, goesOn: true },
      wanted: { client: ['bakery'], priority: [1, 2], category: ['ofd', 'fiscal_drive'] },
      place: { ...USUAL, project: 'bread', fields: { '12': 'Линия 2' } },
    },
    { name: 'Все остальные', desk: 'redmine', dryRun: false, goesOn: false, wanted: {}, place: USUAL },
  ],
  problems: [
    {
      file: 'routes.yaml',
      line: 7,
      column: 11,
      path: 'routes.2.desk',
      reason: both(
        'служба «okdesk» не слышит организацию main; слышат: redmine, email',
        'no desk “okdesk” hears tenant main; there are: redmine, email',
      ),
    },
  ],
  isSilent: false,
  remarks: [
    { route: 'Пекарни', text: both('в справочнике нет клиента «bakery»', 'the directory has no client “bakery”') },
  ],
})

const settle = (state: MockState, deliveryId: string | undefined, change: Partial<DeliveryRow>): null => {
  const row = state.deliveries.find(each => each.id === deliveryId)
  if (!row) throw new Refusal(404, 'delivery.unknown', 'there is no such message')
  Object.assign(row, change)
  return null
}

/** What is wrong with places of routes. */
const PLACES = [
  { name: 'place tills, Support, route “Все остальные”', ok: true, message: 'is there' },
  {
    name: 'place bread, Сбой, 12: Линия 2, routes “Пекарни”, “Ночная смена пекарен”',
    ok: false,
    message:
      'no type “Сбой” in Хлебозаводы; there are: Bug, Support; no category “Кассы” in Хлебозаводы; there are: none; no field “12” on issues of the place: give its number; there are: 4 Ключ Tillwatch',
  },
]

/** Service desks: one that works and one that does not. */
export function deskRoutes(state: MockState): Routes {
  return {
    'GET desks': () => [z.array(deskView), state.desks],
    'POST desks/*/test': ({ parts }) => {
      const good = parts[1] === 'redmine'
      return [
        deskTest,
        {
          ok: good,
          steps: [
            { name: 'server', ok: true, message: 'desk.example.test:443 accepts us' },
            { name: 'create', ok: good, message: good ? 'a test ticket was created' : 'SMTP 550: mailbox unavailable' },
            ...(good ? [{ name: 'find', ok: true, message: 'it is found by its key' }] : []),
            ...(good ? [] : PLACES),
          ],
          url: good ? 'https://desk.example.test/issues/5600' : null,
        },
      ]
    },
    'GET desks/*/deliveries': ({ parts, url }) => {
      const wanted = url.searchParams.get('state')
      const rows = parts[1] === 'email' ? state.deliveries.filter(row => !wanted || row.state === wanted) : []
      return [page(deliveryRow), paged(rows, url)]
    },
    'POST deliveries/*/retry': ({ parts }) => settle(state, parts[1], { state: 'unknown', nextAt: iso(state.now) }),
    'POST deliveries/*/skip': ({ parts }) =>
      settle(state, parts[1], { state: 'skipped', nextAt: null, lastError: `skipped by ${state.person.name}` }),
    'POST incidents/*/tickets/redmine/anew': ({ parts }) => {
      const tickets = state.incidents.find(({ id }) => id === parts[1])?.tickets ?? []
      const gone = tickets.find(({ desk, mayOpenAnew }) => desk === parts[3] && mayOpenAnew)
      if (!gone) throw new Refusal(404, 'ticket.unknown', 'there is no such ticket')
      Object.assign(gone, { mayOpenAnew: false, state: 'waiting' })
      return null
    },
    'GET desks/*': () => [
      z.array(deskAgreement),
      state.desks.map(({ name }, index) => ({
        ...{ desk: name, comparedAt: iso(state.now - HOUR), repaired: index, leftThere: index * 4 },
        found: index === 0 ? {} : { gone: 1, apart: 2, twins: 1 },
        elsewhere: index === 0 ? 0 : state.elsewhere,
      })),
    ],
    'POST desks/*/confirm': () => {
      state.elsewhere = 0
      return null
    },
    'GET routes': () => [routesView, routesInForce(state.now)],
    'POST desks/*/retry': ({ parts }) => {
      for (const desk of state.desks)
        if (desk.name === parts[1]) Object.assign(desk, { waiting: desk.waiting + desk.failed, failed: 0 })
      return null
    },
  }
}
