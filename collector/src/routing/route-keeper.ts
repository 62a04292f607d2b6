import type { DatabaseSync } from 'node:sqlite'
import type { PackProblem } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { Placement } from '../connectors/connector.ts'
import type { Incident } from '../incidents/incident.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { createKeptTexts, type KeptText } from '../store/sqlite/kept-texts.ts'
import { fixedFields } from '../templates/field-values.ts'
import type { FileText } from '../watched-files.ts'
import { type RoutableDesk, type RouteBook, type RouteReading, readRoutes, type Target } from './route-book.ts'
import type { Route } from './route-schema.ts'

/** What is in force since when; plain data, because it crosses threads. */
export interface RouteState {
  readonly loadedAt: EpochMs
  /** In the order in which they are asked; a tenant without any is not named. */
  readonly tenants: readonly { readonly tenantId: string; readonly routes: readonly Route[] }[]
  /** What is wrong in the files as they lie on the disk; empty once they are taken. */
  readonly problems: readonly PackProblem[]
}

/** Every place that a tenant's routes to a desk name, without what each incident says anew. */
export const placementsIn = ({ tenants }: RouteState, tenantId: string, desk: string): readonly Placement[] =>
  tenants
    .filter(each => each.tenantId === tenantId)
    .flatMap(({ routes }) =>
      routes.flatMap(route => (route.desk === desk ? { ...route.place, fields: fixedFields(route.place.fields) } : [])),
    )

/** What of an incident decides where it goes. */
export type RoutedIncident = Pick<
  Incident,
  'id' | 'tenantId' | 'clientId' | 'siteId' | 'priority' | 'causeClass' | 'category' | 'kind' | 'source'
>

/** Routes in force. Lives in the state thread under the name `routes`. */
export interface RouteKeeping {
  state(): Promise<RouteState>
  /** Takes the files as they are now; while one of them is wrong, those that were taken last go on. */
  load(texts: readonly FileText[], now: EpochMs): Promise<RouteState>
  /** Where an incident would go now, nothing sent; null when the tenant has no such incident. */
  preview(tenantId: string, incidentId: string): Promise<readonly Target[] | null>
}

export interface RouteKeeper {
  readonly service: RouteKeeping
  targetsOf(incident: RoutedIncident): readonly Target[]
}

/** The keeper over a connection of the state thread. Wrong files at the first start mean no routes: a ticket too many harms less than none. */
export function createRouteKeeper(
  database: DatabaseSync,
  { texts, desks }: { readonly texts: readonly FileText[]; readonly desks: readonly RoutableDesk[] },
  incidentOf: (id: string) => Incident | null,
  now: EpochMs,
): RouteKeeper {
  const kept = createKeptTexts(database, 'routes')
  const selectClient = database.prepare('SELECT code FROM clients WHERE id = ? AND tenant_id = ?')
  const selectSite = database.prepare('SELECT code FROM sites WHERE id = ? AND tenant_id = ?')
  let book: RouteBook
  let state: RouteState

  const take = (next: readonly FileText[], at: EpochMs): void => {
    const wanted = readAll(next, desks)
    if (wanted.book) kept.keep(next)
    book = wanted.book ?? readRoutes(stillNamed(next, kept.read()), desks).book ?? noRoutes(desks)
    const tenants = [...book.routes].map(([tenantId, routes]) => ({ tenantId, routes }))
    state = { loadedAt: at, tenants, problems: wanted.problems ?? [] }
  }
  take(texts, now)

  const codeOf = (select: typeof selectClient, id: string | null, tenantId: string): string | null =>
    id === null ? null : ((select.get(id, tenantId) as { code: string } | undefined)?.code ?? null)
  const targetsOf = (incident: RoutedIncident): readonly Target[] =>
    book.targetsOf({
      ...incident,
      client: codeOf(selectClient, incident.clientId, incident.tenantId),
      site: codeOf(selectSite, incident.siteId, incident.tenantId),
    })
  return {
    targetsOf,
    service: {
      state: async () => state,
      load: (next, at) =>
        inTransaction(database, () => {
          take(next, at)
          return state
        }),
      preview: async (tenantId, incidentId) => {
        const incident = incidentOf(incidentId)
        return incident?.tenantId === tenantId ? targetsOf(incident) : null
      },
    },
  }
}

function readAll(texts: readonly FileText[], desks: readonly RoutableDesk[]): RouteReading {
  const unreadable = texts.flatMap(({ file, unreadable: reason }) =>
    reason === undefined ? [] : { file, line: 1, column: 1, path: '', reason },
  )
  return unreadable.length > 0 ? { book: null, problems: unreadable } : readRoutes(texts, desks)
}

/** What was taken of the files that the configuration still names. */
const stillNamed = (texts: readonly FileText[], earlier: readonly KeptText[]): readonly KeptText[] =>
  earlier.filter(({ file }) => texts.some(text => text.file === file))

function noRoutes(desks: readonly RoutableDesk[]): RouteBook {
  const { book } = readRoutes([], desks)
  if (!book) throw new Error('no routes are always right')
  return book
}
