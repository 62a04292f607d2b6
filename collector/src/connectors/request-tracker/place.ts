import { delivered, type Outcome, type Placement, rejected } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
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
  of(placement: Placement, signal: AbortSignal): Promise<Outcome<Place>>
}

/** The places of one installation: a queue, an owner, a group that is told, custom fields. */
export function createPlaces(config: RequestTrackerConfig, api: DeskApi): Places {
  const known = new Map<string, Place>()
  return {
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
  if (category !== null || type !== null) {
    return rejected('misconfigured', 'Request Tracker has neither categories nor types: use a queue or a field')
  }
  const queue = await queueOf(api, placement.project ?? config.queue, signal)
  if (queue.kind !== 'delivered') return queue
  const keyField = await sameField(config, api, queue.value, signal)
  if (keyField.kind !== 'delivered') return keyField
  const customFields: Record<string, string> = {}
  for (const [name, value] of Object.entries(placement.fields)) {
    const field = fieldIn(queue.value, name)
    if (field.kind !== 'delivered') return field
    customFields[field.value] = value
  }
  const people = await peopleOf(api, assignee, team, signal)
  if (people.kind !== 'delivered') return people
  return delivered({ queueId: queue.value.id, keyField: keyField.value, fields: people.value, customFields })
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
async function peopleOf(
  api: DeskApi,
  assignee: string | null,
  team: string | null,
  signal: AbortSignal,
): Promise<Outcome<Readonly<Record<string, unknown>>>> {
  if (assignee !== null) {
    const user = await api.call({ method: 'GET', path: `/user/${encodeURIComponent(assignee)}` }, signal)
    if (user.kind === 'rejected' && user.reason === 'not_found') {
      return rejected('misconfigured', `no user “${assignee}”: give the login`)
    }
    if (user.kind !== 'delivered') return user
  }
  if (team !== null) {
    const group = await api.get(listPath('/groups', [{ field: 'Name', value: team }], {}), ids, signal)
    if (group.kind !== 'delivered') return group
    if (group.value.items.length === 0) {
      return rejected('misconfigured', `no group “${team}” that the account can see: does it have the right SeeGroup?`)
    }
  }
  return delivered({
    ...(assignee === null ? {} : { Owner: assignee }),
    ...(team === null ? {} : { AdminCc: [`group:${team}`] }),
  })
}
