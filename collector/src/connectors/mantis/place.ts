import { delivered, type Outcome, type Placement, rejected } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { chosen } from '../probing.ts'
import type { MantisConfig } from './config.ts'
import { handlers, type Project, projects } from './mapping.ts'

/** The installation's numbers for a placement: the parts of a new issue that say where it goes. */
export interface Place {
  readonly project: { readonly id: number }
  readonly category: { readonly id: number }
  readonly handler?: { readonly id: number }
  readonly custom_fields: readonly { readonly field: { readonly id: number }; readonly value: string }[]
}

/** Finds the numbers of placements, each once. */
export interface Places {
  of(placement: Placement, signal: AbortSignal): Promise<Outcome<Place>>
}

/** The places of one installation. */
export function createPlaces(config: MantisConfig, api: DeskApi): Places {
  const known = new Map<string, Place>()
  return {
    of: async (placement, signal) => {
      const name = JSON.stringify(placement)
      const before = known.get(name)
      if (before) return delivered(before)
      const found = await lookUpPlace(config, api, placement, signal)
      if (found.kind === 'delivered' && found.warning === undefined) known.set(name, found.value)
      return found
    },
  }
}

async function lookUpPlace(
  config: MantisConfig,
  api: DeskApi,
  placement: Placement,
  signal: AbortSignal,
): Promise<Outcome<Place>> {
  if (placement.type !== null) return rejected('misconfigured', `MantisBT has no types: leave out “${placement.type}”`)
  if (placement.team !== null) return rejected('misconfigured', `MantisBT has no teams: leave out “${placement.team}”`)
  const answer = await api.get('/projects', projects, signal)
  if (answer.kind !== 'delivered') return answer
  const wanted = placement.project ?? config.project
  const all = answer.value.projects
  const numbered = all.find(each => String(each.id) === wanted)
  const project = numbered ? delivered(numbered) : chosen(wanted, all, 'MantisBT')
  if (project.kind !== 'delivered') return project
  const category = chosen(placement.category ?? config.category, project.value.categories, project.value.name)
  if (category.kind !== 'delivered') return category
  const keyed = keyFieldOf(project.value, config)
  if (keyed.kind !== 'delivered') return keyed
  const fields = fieldsOf(project.value, placement)
  if (fields.kind !== 'delivered') return fields
  const place = {
    project: { id: project.value.id },
    category: { id: category.value.id },
    custom_fields: fields.value,
  }
  const serial = config.ci_field === undefined ? delivered(null) : linked(project.value, config.ci_field)
  const warning = serial.kind === 'delivered' ? undefined : serial.message
  if (placement.assignee === null) return delivered(place, warning)
  const handler = await handlerOf(api, project.value, placement.assignee, signal)
  return handler.kind === 'delivered' ? delivered({ ...place, handler: { id: handler.value } }, warning) : handler
}

function linked(project: Project, id: number): Outcome<null> {
  if (project.custom_fields.some(field => field.id === id)) return delivered(null)
  const known = project.custom_fields.map(field => `${field.id} ${field.name}`).join(', ') || 'none'
  return rejected('misconfigured', `project ${project.name} has no custom field ${id}; linked to it: ${known}`)
}

function keyFieldOf(project: Project, config: MantisConfig): Outcome<null> {
  const there = linked(project, config.key_field)
  if (there.kind !== 'delivered') return there
  const type = project.custom_fields.find(field => field.id === config.key_field)?.type
  if (type === undefined || type === 'string') return delivered(null)
  return rejected('misconfigured', `custom field ${config.key_field} is of type ${type}: the key needs a string`)
}

function fieldsOf(project: Project, { fields }: Placement): Outcome<Place['custom_fields']> {
  const values: { field: { id: number }; value: string }[] = []
  for (const [wanted, value] of Object.entries(fields)) {
    const numbered = project.custom_fields.find(each => String(each.id) === wanted)
    const found = numbered ? delivered(numbered) : chosen(wanted, project.custom_fields, project.name)
    if (found.kind !== 'delivered') return found
    values.push({ field: { id: found.value.id }, value })
  }
  return delivered(values)
}

/** A login that MantisBT does not know would leave the issue with nobody, without a word. */
async function handlerOf(
  api: DeskApi,
  project: Project,
  wanted: string,
  signal: AbortSignal,
): Promise<Outcome<number>> {
  const answer = await api.get(`/projects/${project.id}/handlers`, handlers, signal)
  if (answer.kind !== 'delivered') return answer
  const found = answer.value.users.find(each => each.name === wanted || each.real_name === wanted)
  if (found) return delivered(found.id)
  const known = answer.value.users.map(each => each.name).join(', ')
  return rejected('misconfigured', `nobody “${wanted}” may handle issues of ${project.name}; there are: ${known}`)
}
