import {
  fleetRow,
  fleetSummary,
  incidentAction,
  incidentRow,
  incidentView,
  page,
  replacementMark,
  runbook,
  seriesView,
  terminalView,
} from '@tillwatch/shared/api'
import type { z } from 'zod'
import { applyAction } from './mock-actions.ts'
import { includes, iso, paged, Refusal, type Routes } from './mock-call.ts'
import { seeded } from './mock-fleet.ts'
import type { MockState } from './mock-state.ts'

function seriesOf(fact: string, url: URL): z.infer<typeof seriesView> {
  const from = Date.parse(url.searchParams.get('from') ?? '')
  const to = Date.parse(url.searchParams.get('to') ?? '')
  const random = seeded(fact.length * 7919)
  const levels: Record<string, (share: number) => number> = {
    'fiscal.ofd.unsent_documents': share => Math.max(0, Math.round(share * 220 - 30 + random() * 6)),
    'fiscal.fn.last_document': share => Math.round(186_000 + share * 3_400),
    'host.disk.free_bytes': share => (27.5 - share * 2.9 + random() * 0.3) * 1024 ** 3,
    'fiscal.register.clock_skew_ms': share => -share * 180_000,
  }
  const level = levels[fact]
  if (!level) return { fact, points: [] }
  const points = Array.from({ length: 200 }, (_, index) => {
    const mean = level(index / 199)
    return { at: iso(from + ((to - from) * index) / 199), mean, min: mean * 0.995, max: mean * 1.005 }
  })
  return { fact, points }
}

/** Registers, their facts and their curves. */
export function fleetRoutes(state: MockState): Routes {
  return {
    'GET summary': () => {
      const count = (health: string) => state.fleet.rows.filter(row => row.health === health).length
      const open = state.incidents.filter(each => ['open', 'in_work', 'waiting'].includes(each.status))
      const of = (priority: number) => open.filter(each => each.priority === priority).length
      return [
        fleetSummary,
        {
          health: { red: count('red'), yellow: count('yellow'), green: count('green'), grey: count('grey') },
          openIncidents: { p1: of(1), p2: of(2), p3: of(3), p4: of(4) },
          agents: { online: state.fleet.rows.filter(row => row.agentState === 'online').length, offline: 5, never: 1 },
          collector: { version: '0.1.0', startedAt: iso(state.now) },
        },
      ]
    },
    'GET fleet': ({ url }) => {
      const health = url.searchParams.get('health')
      const rows = state.fleet.rows.filter(
        row =>
          (!health || row.health === health) &&
          includes([row.model, row.serial, row.client, row.site?.address, row.site?.name, row.terminal?.name], url),
      )
      return [page(fleetRow), paged(rows, url)]
    },
    'GET terminals/*': ({ parts }) => {
      const view = state.fleet.terminals.get(parts[1] ?? '')
      if (!view) throw new Refusal(404, 'terminal.unknown', 'There is no such terminal')
      return [terminalView, view]
    },
    'GET items/*/series': ({ url }) => [seriesView, seriesOf(url.searchParams.get('fact') ?? '', url)],
    'POST items/*/replacement': ({ parts, body }) => {
      const { until } = replacementMark.parse(body)
      for (const view of state.fleet.terminals.values()) {
        for (const item of view.items) if (item.id === parts[1]) Object.assign(item, { replacementUntil: until })
      }
      return null
    },
  }
}

const incidentBy = (state: MockState, id: string | undefined) => {
  const found = state.incidents.find(each => each.id === id)
  if (!found) throw new Refusal(404, 'incident.unknown', 'There is no such incident')
  return found
}

const RUNBOOK = `# Чеки не уходят в ОФД

Чек, который ОФД не подтвердил за 30 дней, блокирует накопитель.

1. Интернет на объекте работает?
2. Служба \`EthernetOverUSB\` запущена?

# Receipts do not reach the OFD

A receipt that the OFD has not confirmed for 30 days locks the drive.

1. Is the internet of the site up?
2. Does the service \`EthernetOverUSB\` run?
`

/** What people work on. */
export function incidentRoutes(state: MockState): Routes {
  return {
    'GET incidents': ({ url }) => {
      const status = url.searchParams.get('status') ?? 'active'
      const priority = url.searchParams.get('priority')
      const active = (each: (typeof state.incidents)[number]) => !['solved', 'closed'].includes(each.status)
      const rows = state.incidents
        .filter(each => status === 'all' || (status === 'active' ? active(each) : each.status === status))
        .filter(
          each =>
            (!priority || each.priority === Number(priority)) &&
            includes([each.number, each.title.ru, each.title.en, each.client], url),
        )
        .sort((one, other) => one.priority - other.priority || one.openedAt.localeCompare(other.openedAt))
      return [page(incidentRow), paged(rows, url)]
    },
    'GET incidents/*': ({ parts }) => [incidentView, incidentBy(state, parts[1])],
    'POST incidents/*/actions': ({ parts, body }) => {
      const changed = applyAction(
        incidentBy(state, parts[1]),
        incidentAction.parse(body),
        state.person.name,
        state.now + 60_000,
      )
      state.incidents = state.incidents.map(each => (each.id === changed.id ? changed : each))
      return [incidentView, changed]
    },
    'GET runbooks/*': () => [runbook, { markdown: RUNBOOK }],
  }
}
