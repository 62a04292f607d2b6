import type { DatabaseSync } from 'node:sqlite'
import type { PackProblem } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { RoutedPlacement } from '../connectors/connector.ts'
import type { Incident } from '../incidents/incident.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { createKeptTexts, type KeptText } from '../store/sqlite/kept-texts.ts'
import { fixedFields } from '../templates/field-values.ts'
import type { FileText } from '../watched-files.ts'
import { createOwedOpenings } from './owed-openings.ts'
import {
  type RoutableDesk,
  type RouteBook,
  type RouteReading,
  readRoutes,
  SILENT_BOOK,
  type Target,
} from './route-book.ts'
import { createRouteRemarks, type RouteRemark } from './route-remarks.ts'
import type { Route } from './route-schema.ts'

/** What is in force since when; plain data, because it crosses threads. */
export interface RouteState {
  readonly loadedAt: EpochMs
  /** In the order in which they are asked; a tenant without any is not named. */
  readonly tenants: readonly { readonly tenantId: string; readonly routes: readonly Route[] }[]
  /** What is wrong in the files as they lie on the disk; empty once they are taken. */
  readonly problems: readonly PackProblem[]
  /** There are files, and none was ever taken: nothing goes to any desk until they are put right. */
  readonly isSilent: boolean
  /** What is right and yet takes nothing, by tenant. */
  readonly remarks: readonly RouteRemark[]
}

/** Every place that a tenant's routes to a desk name, once, without what each incident says anew. */
export function placementsIn(
  { tenants }: Pick<RouteState, 'tenants'>,
  tenantId: string,
  desk: string,
): readonly RoutedPlacement[] {
  const places = new Map<string, RoutedPlacement>()
  for (const route of tenants.find(each => each.tenantId === tenantId)?.routes ?? []) {
    if (route.desk !== desk) continue
    const place = { ...route.place, fields: fixedFields(route.place.fields) }
    const name = JSON.stringify(place)
    places.set(name, { ...place, routes: [...(places.get(name)?.routes ?? []), route.name] })
  }
  return [...places.values()]
}

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
  /** Where an opening goes; while nothing goes anywhere, it is noted as owed. Inside the caller's transaction. */
  openingOf(incident: RoutedIncident, now: EpochMs): readonly Target[]
  /** By whom openings that are owed are told, as soon as files are taken. */
  settleBy(tell: (incidentId: string, now: EpochMs) => void): void
}

/**
 * The keeper over a connection of the state thread. Wrong files of which none was ever taken let nothing go out: what was meant for one desk
 * is no business of the others, and cannot be taken back there.
 */
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
    const earlier = stillNamed(next, kept.read())
    book = wanted.book ?? (earlier.length > 0 ? readRoutes(earlier, desks).book : null) ?? SILENT_BOOK
    const tenants = [...book.routes].map(([tenantId, routes]) => ({ tenantId, routes }))
    state = { loadedAt: at, tenants, problems: wanted.problems ?? [], isSilent: book === SILENT_BOOK, remarks: [] }
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
  const owed = createOwedOpenings(database)
  let tell: ((incidentId: string, at: EpochMs) => void) | null = null
  const tellOwed = (at: EpochMs): void => {
    if (tell && !state.isSilent) for (const id of owed.take()) tell(id, at)
  }
  const remarksOf = createRouteRemarks(database)
  const told = (): RouteState => ({ ...state, remarks: remarksOf(state.tenants) })
  return {
    targetsOf,
    openingOf: (incident, at) => {
      if (state.isSilent) owed.add(incident, at)
      return targetsOf(incident)
    },
    settleBy: teller => {
      tell = teller
    },
    service: {
      state: async () => told(),
      load: (next, at) =>
        inTransaction(database, () => {
          take(next, at)
          tellOwed(at)
          return told()
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
    reason === undefined ? [] : { file, line: 1, column: 1, path: '', reason: reason.en, ru: reason.ru },
  )
  return unreadable.length > 0 ? { book: null, problems: unreadable } : readRoutes(texts, desks)
}

/** What was taken of the files that the configuration still names. */
const stillNamed = (texts: readonly FileText[], earlier: readonly KeptText[]): readonly KeptText[] =>
  earlier.filter(({ file }) => texts.some(text => text.file === file))
