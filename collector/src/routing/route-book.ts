import { type PackProblem, type PackSource, type Priority, readSource, type SourceFile } from '@tillwatch/rules'
import type { IncidentCategory, IncidentKind, IncidentSource } from '@tillwatch/shared/api'
import { type Placement, USUAL_PLACE } from '../connectors/connector.ts'
import { problemOfFieldValue } from '../templates/field-values.ts'
import { type Route, routesSchema } from './route-schema.ts'

/** A desk as routes see it. */
export interface RoutableDesk {
  readonly name: string
  /** Whose incidents it may hear. */
  readonly tenants: readonly string[]
  /** In which values that are taken from the incident are said; Russian when left out. */
  readonly language?: 'ru' | 'en'
  /** Its installation, in which a ticket's number means one ticket; unknown when left out. */
  readonly place?: string
  /** It shows how an incident stands, whoever brought that about. */
  readonly shows?: boolean
  /** It is told the record of an incident as structured data. */
  readonly records?: boolean
}

/** What routes ask of an incident; codes are those of the directory, null while it does not know the place. */
export interface RouteFacts {
  readonly tenantId: string
  readonly client: string | null
  readonly site: string | null
  readonly priority: Priority
  readonly causeClass: string
  readonly category: IncidentCategory
  readonly kind: IncidentKind
  readonly source: IncidentSource
}

/** One desk that is to hear of an incident. */
export interface Target {
  /** The route that chose it; null where no routes are given and every desk of the tenant hears. */
  readonly route: string | null
  readonly desk: string
  readonly placement: Placement
  readonly dryRun: boolean
}

/** Routes in force. */
export interface RouteBook {
  /** By tenant, in the order in which they are asked. */
  readonly routes: ReadonlyMap<string, readonly Route[]>
  /** Desks that are to hear of an incident, each once. */
  targetsOf(facts: RouteFacts): readonly Target[]
}

/** What came of reading files of routes: the book, or everything that is wrong with them. */
export type RouteReading =
  | { readonly book: RouteBook; readonly problems: null }
  | { readonly book: null; readonly problems: readonly PackProblem[] }

/** Reads files of routes against the desks that there are. Several files of one tenant follow one another. */
export function readRoutes(sources: readonly PackSource[], desks: readonly RoutableDesk[]): RouteReading {
  const files = sources.map(source => readSource(source, routesSchema))
  const problems = files.flatMap(file => [...file.problems, ...wrongDesks(file, desks), ...wrongValues(file)])
  problems.push(...sameNames(files))
  if (problems.length > 0) return { book: null, problems }
  const routes = new Map<string, Route[]>()
  for (const { content } of files) {
    if (content) routes.set(content.tenant, [...(routes.get(content.tenant) ?? []), ...content.routes])
  }
  return { book: bookOf(routes, desks), problems: null }
}

type RouteFile = SourceFile<ReturnType<typeof routesSchema.parse>>

/** A desk must exist, and a tenant's incidents go to no desk of another. */
function wrongDesks({ content, problemAt }: RouteFile, desks: readonly RoutableDesk[]): readonly PackProblem[] {
  if (!content) return []
  const own = desks.filter(desk => desk.tenants.includes(content.tenant)).map(desk => desk.name)
  const known = own.join(', ') || 'none'
  return content.routes.flatMap((route, index) =>
    own.includes(route.desk)
      ? []
      : problemAt(
          ['routes', index, 'desk'],
          `no desk “${route.desk}” hears tenant ${content.tenant}; there are: ${known}`,
          0,
          `служба «${route.desk}» не слышит организацию ${content.tenant}; слышат: ${own.join(', ') || 'никто'}`,
        ),
  )
}

/** A value that takes something from the incident must be one that can be filled in. */
const wrongValues = ({ content, problemAt }: RouteFile): readonly PackProblem[] =>
  (content?.routes ?? []).flatMap(({ place }, index) =>
    Object.entries(place.fields).flatMap(([name, value]) => {
      const reason = problemOfFieldValue(value)
      return reason === null ? [] : problemAt(['routes', index, 'place', 'fields', name], reason.en, 0, reason.ru)
    }),
  )

function sameNames(files: readonly RouteFile[]): readonly PackProblem[] {
  const seen = new Set<string>()
  return files.flatMap(({ content, problemAt }) =>
    (content?.routes ?? []).flatMap(({ name }, index) => {
      const full = `${content?.tenant} ${name}`
      if (seen.has(full))
        return problemAt(['routes', index, 'name'], `there is another route “${name}”`, 0, `маршрут «${name}» уже есть`)
      seen.add(full)
      return []
    }),
  )
}

/** Nothing goes anywhere: there should be routes, and which is not known. */
export const SILENT_BOOK: RouteBook = { routes: new Map(), targetsOf: () => [] }

function bookOf(routes: ReadonlyMap<string, readonly Route[]>, desks: readonly RoutableDesk[]): RouteBook {
  return {
    routes,
    targetsOf: facts => {
      const own = routes.get(facts.tenantId)
      if (own) return chosenOf(own, facts)
      return desks
        .filter(desk => desk.tenants.includes(facts.tenantId))
        .map(({ name }) => ({ route: null, desk: name, placement: USUAL_PLACE, dryRun: false }))
    },
  }
}

/** A trial takes nothing from anybody: the routes after it are asked, and a desk that hears in earnest has no trial of the same incident. */
function chosenOf(routes: readonly Route[], facts: RouteFacts): readonly Target[] {
  const targets = new Map<string, Target>()
  for (const route of routes) {
    if (!takes(route, facts)) continue
    const { name, desk, place, dry_run: dryRun } = route
    const before = targets.get(desk)
    if (!before || (before.dryRun && !dryRun)) targets.set(desk, { route: name, desk, placement: place, dryRun })
    if (!route.continue && !dryRun) break
  }
  return [...targets.values()]
}

const takes = ({ for: wanted }: Route, facts: RouteFacts): boolean =>
  fits(wanted.client, facts.client) &&
  fits(wanted.site, facts.site) &&
  fits(wanted.priority, facts.priority) &&
  fits(wanted.cause, facts.causeClass) &&
  fits(wanted.category, facts.category) &&
  fits(wanted.kind, facts.kind) &&
  fits(wanted.source, facts.source)

const fits = <T>(wanted: readonly T[] | undefined, value: T | null): boolean =>
  wanted === undefined || (value !== null && wanted.includes(value))
