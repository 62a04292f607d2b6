import {
  type IncidentView,
  type MaintenanceWindowView,
  type MassView,
  maintenanceDraft,
  maintenanceWindow,
  massView,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { HOUR, iso, Refusal, type Routes } from './mock-call.ts'
import type { MockState } from './mock-state.ts'

function firstWindows(state: MockState): MaintenanceWindowView[] {
  const { now } = state
  const [row] = state.fleet.rows.filter(({ site }) => site !== null)
  const common = { check: null, author: 'Анна Смирнова', source: 'person' as const, endedAt: null, endedBy: null }
  return [
    {
      ...common,
      id: '1',
      scope: { kind: 'item', id: `pc:${row?.agentId ?? ''}`, name: row?.terminal?.name ?? '' },
      startsAt: iso(now - HOUR),
      endsAt: iso(now + 2 * HOUR),
      ...{ weekly: null, reason: 'Замена кассового ПК', agreed: true, state: 'on', until: iso(now + 2 * HOUR) },
    },
    {
      ...common,
      id: '2',
      scope: { kind: 'tenant', id: 'main', name: '' },
      startsAt: iso(now - 300 * HOUR),
      endsAt: null,
      weekly: { days: [2, 4], from: '23:00', to: '02:00' },
      ...{ reason: 'Обновление кассовой программы', agreed: false, state: 'waiting', until: iso(now + 9 * HOUR) },
    },
    {
      ...common,
      id: '3',
      scope: { kind: 'site', id: 'x', name: row?.site?.name ?? '' },
      startsAt: iso(now - 50 * HOUR),
      endsAt: iso(now - 46 * HOUR),
      ...{ weekly: null, reason: 'Переезд стойки', agreed: true, state: 'over', until: null },
      endedAt: iso(now - 47 * HOUR),
      endedBy: 'Борис Ким',
    },
  ]
}

function sitesOf(children: readonly IncidentView[]): MassView['sites'] {
  const codes = [...new Set(children.map(({ site }) => site?.code ?? null))]
  return codes.map(code => {
    const own = children.filter(({ site }) => (site?.code ?? null) === code)
    const [first] = own
    const affected = own.filter(({ status }) => status !== 'solved').length
    return {
      ...{ code, name: first?.site?.name ?? null, client: first?.client ?? null, address: first?.address ?? null },
      ...{ affected, children: own.length },
    }
  })
}

/** Maintenance windows, and what a mass incident holds together. */
export function maintenanceRoutes(state: MockState): Routes {
  const windows = firstWindows(state)
  const list = z.array(maintenanceWindow)
  return {
    'GET maintenance': ({ url }) => [
      list,
      windows.filter(window => window.state !== 'over' || url.searchParams.get('all') === 'true'),
    ],
    'POST maintenance': ({ body }) => {
      const { scope, ...draft } = maintenanceDraft.parse(body)
      const id = 'id' in scope ? scope.id : ''
      const made: MaintenanceWindowView = {
        ...draft,
        id: String(windows.length + 1),
        scope: { kind: scope.kind, id, name: id },
        ...{
          author: state.person.name,
          source: 'person',
          endedAt: null,
          endedBy: null,
          state: 'on',
          until: draft.endsAt,
        },
      }
      windows.unshift(made)
      return [maintenanceWindow, made]
    },
    'POST maintenance/*/end': ({ parts }) => {
      const index = windows.findIndex(window => window.id === parts[1])
      const window = windows[index]
      if (!window) throw new Refusal(404, 'maintenance.unknown', '')
      windows[index] = { ...window, state: 'over', endedAt: iso(state.now), endedBy: state.person.name, until: null }
      return null
    },
    'GET terminals/*/maintenance': ({ parts }) => [
      list,
      windows.filter(window => window.state === 'on' && window.scope.id === `pc:${parts[1]}`),
    ],
    'GET incidents/*/mass': ({ parts }) => {
      const incident = state.incidents.find(({ id }) => id === parts[1])
      if (!incident?.itemId.startsWith('mass:')) throw new Refusal(404, 'incident.not_mass', '')
      const children = state.incidents.filter(({ parentId }) => parentId === incident.id)
      return [
        massView,
        {
          key: {
            kind: 'ofd',
            value: '7704358518',
            words: { ru: 'ОФД Платформа (7704358518)', en: 'OFD Platforma (7704358518)' },
          },
          ...{
            memberKind: 'register',
            affected: children.filter(({ status }) => status !== 'solved').length,
            peak: children.length + 3,
            live: 40,
          },
          ...{ belowSince: null, wider: true, childrenTotal: children.length },
          sites: sitesOf(children),
          children: children.map(({ id, number, title, status, priority, site, agentId, openedAt, untold }) => ({
            ...{ id, number, title, status, priority, agentId, openedAt, firing: status !== 'solved' },
            ...{ told: untold === null, site: site?.name ?? null },
          })),
        },
      ]
    },
  }
}
