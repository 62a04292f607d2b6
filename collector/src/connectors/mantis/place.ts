import { delivered, type Outcome, type Placement, rejected } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { chosen, whatIsWrong } from '../probing.ts'
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
  /** As the installation has it now. */
  look(placement: Placement, signal: AbortSignal): Promise<Outcome<Place>>
  of(placement: Placement, signal: AbortSignal): Promise<Outcome<Place>>
}

/** The places of one installation. */
export function createPlaces(config: MantisConfig, api: DeskApi): Places {
  const known = new Map<string, Place>()
  return {
    look: (placement, signal) => lookUpPlace(config, api, placement, signal),
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
  const answer = await api.get('/projects', projects, signal)
  if (answer.kind !== 'delivered') return answer
  const wanted = placement.project ?? config.project
  const all = answer.value.projects
  const numbered = all.find(each => String(each.id) === wanted)
  const project = numbered ? delivered(numbered) : chosen(wanted, all, 'MantisBT', 'project')
  const unfit = unfitFor(placement)
  if (project.kind !== 'delivered') return whatIsWrong([project, ...unfit]) ?? project
  const { name, categories, id } = project.value
  const category = chosen(placement.category ?? config.category, categories, name, 'category')
  const keyed = keyFieldOf(project.value, config)
  const fields = fieldsOf(project.value, placement)
  const handler =
    placement.assignee === null ? delivered(null) : await handlerOf(api, project.value, placement.assignee, signal)
  const wrong = whatIsWrong([...unfit, category, keyed, ...fields, handler])
  if (wrong || category.kind !== 'delivered' || handler.kind !== 'delivered') {
    return wrong ?? rejected('misconfigured', 'there is no place for tickets')
  }
  const place = {
    ...{ project: { id }, category: { id: category.value.id } },
    custom_fields: fields.flatMap(field => (field.kind === 'delivered' ? [field.value] : [])),
    ...(handler.value === null ? {} : { handler: { id: handler.value } }),
  }
  const serial = config.ci_field === undefined ? delivered(null) : linked(project.value, config.ci_field)
  return delivered(place, serial.kind === 'delivered' ? undefined : serial.message)
}

const unfitFor = ({ type, team }: Placement): readonly Outcome<never>[] => [
  ...(type === null ? [] : [rejected('misconfigured', `MantisBT has no types: leave out “${type}”`)]),
  ...(team === null ? [] : [rejected('misconfigured', `MantisBT has no teams: leave out “${team}”`)]),
]

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

const fieldsOf = (project: Project, { fields }: Placement): Outcome<Place['custom_fields'][number]>[] =>
  Object.entries(fields).map(([wanted, value]) => {
    const numbered = project.custom_fields.find(each => String(each.id) === wanted)
    const found = numbered ? delivered(numbered) : chosen(wanted, project.custom_fields, project.name, 'field')
    return found.kind === 'delivered' ? delivered({ field: { id: found.value.id }, value }) : found
  })

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
