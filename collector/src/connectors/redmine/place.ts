import { delivered, type Outcome, type Placement, rejected } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { chosen } from '../probing.ts'
import type { RedmineConfig } from './config.ts'
import { namedList } from './mapping.ts'

/** The installation's numbers for a placement: the fields of a new issue that say where it goes. */
export interface Place {
  readonly project_id: number
  readonly tracker_id: number
  readonly category_id?: number
  readonly assigned_to_id?: number
}

/** Finds the numbers of placements, each once. */
export interface Places {
  of(placement: Placement, signal: AbortSignal): Promise<Outcome<Place>>
}

/** The places of one installation. Names are those of the project: its trackers, categories, members and groups. */
export function createPlaces(config: RedmineConfig, api: DeskApi): Places {
  const known = new Map<string, Place>()
  return {
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
  const tracker = chosen(placement.type ?? config.tracker, project.trackers, 'Redmine')
  if (tracker.kind !== 'delivered') return tracker
  const place = { project_id: project.id, tracker_id: tracker.value.id }
  const category = placement.category === null ? null : chosen(placement.category, project.issue_categories, 'Redmine')
  if (category && category.kind !== 'delivered') return category
  const person = await memberOf(api, path, placement, signal)
  if (person.kind !== 'delivered') return person
  return delivered({
    ...place,
    ...(category ? { category_id: category.value.id } : {}),
    ...(person.value === null ? {} : { assigned_to_id: person.value }),
  })
}

const MEMBERS = 100

async function memberOf(
  api: DeskApi,
  project: string,
  { assignee, team }: Placement,
  signal: AbortSignal,
): Promise<Outcome<number | null>> {
  const wanted = assignee ?? team
  if (wanted === null) return delivered(null)
  for (let offset = 0; ; offset += MEMBERS) {
    const path = `${project}/memberships.json?limit=${MEMBERS}&offset=${offset}`
    const answer = await api.get(path, namedList.members, signal)
    if (answer.kind !== 'delivered') return answer
    const { memberships } = answer.value
    const found = memberships
      .map(each => (assignee === null ? each.group : each.user))
      .find(each => each?.name === wanted)
    if (found) return delivered(found.id)
    if (memberships.length < MEMBERS) {
      return rejected('misconfigured', `no member “${wanted}” in the project: give the name as Redmine shows it`)
    }
  }
}
