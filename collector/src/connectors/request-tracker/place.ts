import { delivered, type Outcome, type Placement, rejected } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { whatIsWrong } from '../probing.ts'
import { listPath } from './api.ts'
import type { RequestTrackerConfig } from './config.ts'
import { foundNames, ids, type Queue, queueSchema } from './mapping.ts'

/** Where a new ticket goes: fields of its draft, and the number of the key field. */
export interface Place {
  readonly queueId: string
  readonly keyField: string
  readonly fields: Readonly<Record<string, unknown>>
  /** Values of custom fields by their numbers. */
  readonly customFields: Readonly<Record<string, string>>
}

/** Finds places, each once. */
export interface Places {
  /** As the installation has it now. */
  look(placement: Placement, signal: AbortSignal): Promise<Outcome<Place>>
  of(placement: Placement, signal: AbortSignal): Promise<Outcome<Place>>
}

/** The places of one installation: a queue, an owner, a group that is told, custom fields. */
export function createPlaces(config: RequestTrackerConfig, api: DeskApi): Places {
  const known = new Map<string, Place>()
  return {
    look: (placement, signal) => lookUpPlace(config, api, placement, signal),
    of: async (placement, signal) => {
      const name = JSON.stringify(placement)
      const before = known.get(name)
      if (before) return delivered(before)
      const found = await lookUpPlace(config, api, placement, signal)
      // Fields may hold a value of the incident itself: such places would never end.
      if (found.kind === 'delivered' && known.size < PLACES_MAX) known.set(name, found.value)
      return found
    },
  }
}

const PLACES_MAX = 500

/** A queue by its name; a wrong one is told with those that the account can see. */
export async function queueOf(api: DeskApi, name: string, signal: AbortSignal): Promise<Outcome<Queue>> {
  const found = await api.get(`/queue/${encodeURIComponent(name)}`, queueSchema, signal)
  // One that is not there and one that the account may not see look alike.
  if (found.kind !== 'rejected' || !['forbidden', 'not_found'].includes(found.reason)) return found
  const all = await api.get('/queues/all?fields=Name&per_page=100', foundNames, signal)
  if (all.kind !== 'delivered') return all
  const names = all.value.items.map(each => each.Name).join(', ')
  return rejected('misconfigured', `no queue “${name}” that the account can see; there are: ${names}`)
}

/** A custom field of a queue by its name or number. */
export function fieldIn(queue: Queue, wanted: string): Outcome<string> {
  const found = queue.TicketCustomFields.find(field => field.name === wanted || field.id === wanted)
  if (found) return delivered(found.id)
  const names = queue.TicketCustomFields.map(field => field.name).join(', ')
  const advice = 'apply it to the queue and give the account the right SeeCustomField'
  return rejected(
    'misconfigured',
    `no field “${wanted}” in queue ${queue.Name}; there are: ${names || 'none'}; ${advice}`,
  )
}

async function lookUpPlace(
  config: RequestTrackerConfig,
  api: DeskApi,
  placement: Placement,
  signal: AbortSignal,
): Promise<Outcome<Place>> {
  const { category, type, assignee, team } = placement
  const unfit =
    category === null && type === null
      ? delivered(null)
      : rejected('misconfigured', 'Request Tracker has neither categories nor types: use a queue or a field')
  const queue = await queueOf(api, placement.project ?? config.queue, signal)
  const people = [await ownerOf(api, assignee, signal), await groupOf(api, team, signal)]
  if (queue.kind !== 'delivered') return whatIsWrong([unfit, queue, ...people]) ?? queue
  const keyField = await sameField(config, api, queue.value, signal)
  const fields = Object.entries(placement.fields).map(([name, value]): Outcome<readonly [string, string]> => {
    const field = fieldIn(queue.value, name)
    return field.kind === 'delivered' ? delivered([field.value, value]) : field
  })
  const wrong = whatIsWrong([unfit, keyField, ...fields, ...people])
  if (wrong) return wrong
  if (keyField.kind !== 'delivered') return keyField
  return delivered({
    ...{ queueId: queue.value.id, keyField: keyField.value },
    fields: {
      ...(assignee === null ? {} : { Owner: assignee }),
      ...(team === null ? {} : { AdminCc: [`group:${team}`] }),
    },
    customFields: Object.fromEntries(fields.flatMap(field => (field.kind === 'delivered' ? [field.value] : []))),
  })
}

/** The key field of a queue; another one of the same name would never be searched. */
async function sameField(
  config: RequestTrackerConfig,
  api: DeskApi,
  queue: Queue,
  signal: AbortSignal,
): Promise<Outcome<string>> {
  const field = fieldIn(queue, config.key_field)
  if (field.kind !== 'delivered' || queue.Name === config.queue) return field
  const usual = await queueOf(api, config.queue, signal)
  if (usual.kind !== 'delivered') return usual
  const searched = fieldIn(usual.value, config.key_field)
  if (searched.kind !== 'delivered' || searched.value === field.value) return searched
  const advice = `apply the field of queue ${config.queue} (${searched.value}) to it`
  return rejected('misconfigured', `queue ${queue.Name} has another field of that name (${field.value}): ${advice}`)
}

/** Unknown people are dropped by the desk without a word, so they are looked up before. */
async function ownerOf(api: DeskApi, login: string | null, signal: AbortSignal): Promise<Outcome<unknown>> {
  if (login === null) return delivered(null)
  const user = await api.call({ method: 'GET', path: `/user/${encodeURIComponent(login)}` }, signal)
  const isStranger = user.kind === 'rejected' && user.reason === 'not_found'
  return isStranger ? rejected('misconfigured', `no user “${login}”: give the login`) : user
}

async function groupOf(api: DeskApi, name: string | null, signal: AbortSignal): Promise<Outcome<unknown>> {
  if (name === null) return delivered(null)
  const group = await api.get(listPath('/groups', [{ field: 'Name', value: name }], {}), ids, signal)
  if (group.kind !== 'delivered' || group.value.items.length > 0) return group
  return rejected('misconfigured', `no group “${name}” that the account can see: does it have the right SeeGroup?`)
}
