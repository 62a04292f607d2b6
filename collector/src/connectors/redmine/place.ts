import { delivered, type Outcome, type Placement, rejected } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { chosen, whatIsWrong } from '../probing.ts'
import type { RedmineConfig } from './config.ts'
import { manyIssues, namedList } from './mapping.ts'

/** The installation's numbers for a placement: the fields of a new issue that say where it goes. */
export interface Place {
  readonly project_id: number
  readonly tracker_id: number
  readonly category_id?: number
  readonly assigned_to_id?: number
}

/** Finds the numbers of placements, each once. */
export interface Places {
  /** As the installation has it now, and whether its issues have the fields. */
  look(placement: Placement, signal: AbortSignal): Promise<Outcome<unknown>>
  of(placement: Placement, signal: AbortSignal): Promise<Outcome<Place>>
}

/** The places of one installation. Names are those of the project: its trackers, categories, members and groups. */
export function createPlaces(config: RedmineConfig, api: DeskApi): Places {
  const known = new Map<string, Place>()
  return {
    look: async (placement, signal) => {
      const place = await lookUpPlace(config, api, placement, signal)
      return place.kind === 'delivered' ? fieldsOf(api, place.value, placement, signal) : place
    },
    of: async (placement, signal) => {
      const name = JSON.stringify([
        placement.project,
        placement.type,
        placement.category,
        placement.assignee,
        placement.team,
      ])
      const before = known.get(name)
      if (before) return delivered(before)
      const found = await lookUpPlace(config, api, placement, signal)
      if (found.kind === 'delivered') known.set(name, found.value)
      return found
    },
  }
}

async function lookUpPlace(
  config: RedmineConfig,
  api: DeskApi,
  placement: Placement,
  signal: AbortSignal,
): Promise<Outcome<Place>> {
  const path = `/projects/${encodeURIComponent(placement.project ?? config.project)}`
  const answer = await api.get(`${path}.json?include=trackers,issue_categories`, namedList.project, signal)
  if (answer.kind !== 'delivered') return answer
  const { project } = answer.value
  const tracker = chosen(placement.type ?? config.tracker, project.trackers, project.name, 'type')
  const category =
    placement.category === null
      ? delivered(null)
      : chosen(placement.category, project.issue_categories, project.name, 'category')
  const assignee = await memberOf(api, path, 'user', placement.assignee, signal)
  const team = await memberOf(api, path, 'group', placement.team, signal)
  const wrong = whatIsWrong([tracker, category, assignee, team])
  if (wrong) return wrong
  if (tracker.kind !== 'delivered') return tracker
  // Redmine gives an issue to one: to the person rather than to the group.
  const [holder = null] = [assignee, team].flatMap(each => (each.kind === 'delivered' ? (each.value ?? []) : []))
  return delivered({
    project_id: project.id,
    tracker_id: tracker.value.id,
    ...(category.kind === 'delivered' && category.value ? { category_id: category.value.id } : {}),
    ...(holder === null ? {} : { assigned_to_id: holder }),
  })
}

/** Whether issues of this place have these fields. Redmine tells it on an issue; where there is none yet, a new ticket proves it. */
async function fieldsOf(
  api: DeskApi,
  place: Place,
  { fields }: Placement,
  signal: AbortSignal,
): Promise<Outcome<unknown>> {
  if (Object.keys(fields).length === 0) return delivered(null)
  const query = `project_id=${place.project_id}&tracker_id=${place.tracker_id}&status_id=*&limit=1`
  const found = await api.get(`/issues.json?${query}`, manyIssues, signal)
  if (found.kind !== 'delivered') return found
  const all = found.value.issues.at(0)?.custom_fields
  if (!all) return delivered(null)
  const known = all.map(({ id, name = '' }) => `${id} ${name}`.trim()).join(', ') || 'none'
  const wrong = Object.keys(fields).flatMap(wanted =>
    all.some(({ id }) => String(id) === wanted)
      ? []
      : [
          rejected(
            'misconfigured',
            `no field “${wanted}” on issues of the place: give its number; there are: ${known}`,
          ),
        ],
  )
  return whatIsWrong(wrong) ?? delivered(null)
}

const MEMBERS = 100

/** The number of a person or a group among the members of a project. */
async function memberOf(
  api: DeskApi,
  project: string,
  sort: 'user' | 'group',
  wanted: string | null,
  signal: AbortSignal,
): Promise<Outcome<number | null>> {
  if (wanted === null) return delivered(null)
  for (let offset = 0; ; offset += MEMBERS) {
    const path = `${project}/memberships.json?limit=${MEMBERS}&offset=${offset}`
    const answer = await api.get(path, namedList.members, signal)
    if (answer.kind !== 'delivered') return answer
    const { memberships } = answer.value
    const found = memberships.map(each => each[sort]).find(each => each?.name === wanted)
    if (found) return delivered(found.id)
    if (memberships.length === MEMBERS) continue
    const words =
      sort === 'user'
        ? `no assignee “${wanted}” among the members of the project: give the name as Redmine shows it`
        : `no team “${wanted}” among the groups of the project: give the name as Redmine shows it`
    return rejected('misconfigured', words)
  }
}
