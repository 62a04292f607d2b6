import type { Clock } from '@tillwatch/shared'
import {
  type Connector,
  type DeskMessage,
  delivered,
  type FoundTicket,
  type Outcome,
  type Placement,
  type ProbeStep,
  rejected,
  shortened,
  type Ticket,
} from '../connector.ts'
import { unlessAway } from '../desk-api.ts'
import { hintsAt } from '../desk-hints.ts'
import type { HttpClient } from '../http-client.ts'
import { madeAnyway, madeSomewhere } from '../making.ts'
import { createFindings, whatIsWrong, withPlaces } from '../probing.ts'
import { levelOf } from '../ticket-state.ts'
import { createItiliumApi, type ItiliumApi } from './api.ts'
import type { ItiliumConfig } from './config.ts'
import { createIncidentList, type IncidentList } from './incident-list.ts'
import { BODY_MAX, commentOf, createIncidentWriter, type IncidentWriter } from './incident-writer.ts'
import { carries, type DeskIncident, isRecord, keyTag, stateOf, ticketOf } from './mapping.ts'

/**
 * 1C:ITILIUM by the HTTP service that its vendor sells. Nothing of it is the same everywhere, so that names of methods and members are
 * settings; there is no field for a key, so that it stands in the topic and in the description.
 */
export function createItiliumConnector(config: ItiliumConfig, http: HttpClient, clock: Pick<Clock, 'now'>): Connector {
  const api = createItiliumApi(config, http)
  const writer = createIncidentWriter(config, api)
  const list = createIncidentList(config, api, clock)

  const find = async (key: string, signal: AbortSignal): Promise<Outcome<readonly FoundTicket[]>> => {
    const recent = await list.recent(config.search_days, signal)
    if (recent.kind !== 'delivered') return recent
    const own = recent.value.filter(each => carries(each, key)).toSorted((one, two) => one.date - two.date)
    return delivered(own.map(each => ticketOf(each, config)))
  }
  const reading = async <T>(
    ticket: Ticket,
    signal: AbortSignal,
    work: (before: DeskIncident) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    const before = await writer.read(ticket.id, signal)
    if (before.kind !== 'delivered') return before
    return before.value ? work(before.value) : rejected('not_found', 'the incident is there no more')
  }
  const told = async (ticket: Ticket, message: DeskMessage, signal: AbortSignal): Promise<Outcome<Ticket>> => {
    const sent = await writer.tell(ticket.id, ...commentOf(message), message.mayHaveArrived, signal)
    return sent.kind === 'delivered' ? delivered(ticket) : sent
  }

  const make = async (message: DeskMessage, signal: AbortSignal): Promise<Outcome<Ticket>> => {
    const [whole, bare] = draftsOf(config, message)
    const made = await madeAnyway(whole, bare, draft => api.act(config.actions.create, draft, signal))
    if (made.kind !== 'delivered') return made
    const uuid = uuidIn(made.value, config) ?? (await found(find, message.subject.key, signal))
    if (uuid === null) return { kind: 'unknown', message: 'the answer does not say which incident was made' }
    const there = await writer.read(uuid, signal)
    if (there.kind !== 'delivered' || !there.value) {
      const why = there.kind === 'delivered' ? 'it is not there' : there.message
      return { kind: 'unknown', message: `incident ${uuid} was created, and a look at it failed: ${why}` }
    }
    if (carries(there.value, message.subject.key)) return delivered(ticketOf(there.value, config), made.warning)
    return disown(config, writer, there.value, message, signal)
  }

  return {
    kind: 'itilium',
    name: config.name,
    language: config.language,
    capabilities: {
      keySearch: true,
      internalComment: false,
      titleMax: config.title_max,
      bodyMax: BODY_MAX,
      fileMax: config.file_max,
    },
    probe: (signal, placements = []) => probe(config, api, list, writer, placements, signal),
    find,
    create: (message, signal) =>
      madeSomewhere(
        message,
        async placement => fits(placement),
        (_, placed) => make(placed, signal),
      ),
    comment: told,
    setStatus: (ticket, to, message, signal) =>
      reading(ticket, signal, async before => {
        const said = await told(ticket, message, signal)
        if (said.kind !== 'delivered') return said
        const after = await writer.move(before, to, signal)
        if (after.kind !== 'delivered') return after
        return delivered({ ...ticket, written: { ...ticket.written, state: after.value.state } })
      }),
    setPriority: (ticket, message, signal) => {
      const { priorities, actions } = config
      if (!priorities || actions.priority === null) return told(ticket, message, signal)
      return reading(ticket, signal, async before => {
        const wanted = priorities[message.priority]
        const present = before.priority === null ? null : levelOf(before.priority, priorities)
        const byPerson = (before.priority ?? '') !== ticket.written['priority']
        const ours = { ...ticket, written: { ...ticket.written, priority: wanted } }
        // What is there already is ours too: an attempt whose answer was lost wrote it, or a person thought as we do.
        if (before.priority === wanted) return told(ours, message, signal)
        if (byPerson || (present !== null && present < message.priority)) return told(ticket, message, signal)
        const after = await writer.setPriority(ticket.id, wanted, signal)
        if (after.kind !== 'delivered') return after
        if (after.value.priority === wanted) return told(ours, message, signal)
        return rejected('change_refused', `ITILIUM keeps the priority “${after.value.priority ?? ''}”`)
      })
    },
    attach: (ticket, file, signal) => writer.attach(ticket, file, signal),
    read: async (ticket, signal) => {
      // The words of "gone" are anybody's: another service at this address says that it finds nothing, too.
      const incident = await unlessAway(await writer.read(ticket.id, signal), () => list.newest(signal))
      if (incident.kind !== 'delivered') return incident
      return delivered(incident.value ? stateOf(incident.value, config) : null)
    },
    changedSince: (cursor, signal) => list.changedSince(cursor, signal),
    hintsOf: hintsAt('uuid', 'id', 'number'),
  }
}

/** Such an incident could never be found again: it is not left behind open. */
async function disown(
  config: ItiliumConfig,
  writer: IncidentWriter,
  made: DeskIncident,
  message: DeskMessage,
  signal: AbortSignal,
): Promise<Outcome<never>> {
  const text = 'Tillwatch: the key was lost from the topic and the description'
  await writer.tell(made.uuid, text, commentOf(message)[1], false, signal)
  await writer.move(made, 'solved', signal)
  const name = made.number ?? made.uuid
  const members = `${config.request.topic} and ${config.request.description}`
  return rejected(
    'misconfigured',
    `incident ${name} was created without its key: check that ${members} are kept as sent`,
  )
}

const found = async (
  find: (key: string, signal: AbortSignal) => Promise<Outcome<readonly FoundTicket[]>>,
  key: string,
  signal: AbortSignal,
): Promise<string | null> => {
  const all = await find(key, signal)
  return all.kind === 'delivered' ? (all.value[0]?.id ?? null) : null
}

/** The uuid in the answer to a create, whichever of the known members holds it. */
function uuidIn(value: unknown, { answer, request }: ItiliumConfig): string | null {
  if (!isRecord(value)) return null
  const told = [answer.uuid, request.target, request.uuid].map(member => value[member])
  return told.find((each): each is string => typeof each === 'string' && each !== '')?.toLowerCase() ?? null
}

const fits = ({ team, assignee }: Placement): Outcome<null> =>
  team === null && assignee === null
    ? delivered(null)
    : rejected(
        'misconfigured',
        'the service takes no team and no assignee: the desk’s own rules choose them, or a member in `fields`',
      )

/** With everything, and with what an incident must have. */
function draftsOf(config: ItiliumConfig, message: DeskMessage): readonly [whole: object, bare: object] {
  const { request } = config
  const { subject, placement } = message
  const tag = keyTag(subject.key)
  const text = message.link === null ? message.text : `${message.text}\n${message.link}`
  const given = (members: Readonly<Record<string, string | undefined>>) =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
  const optional = given({
    [request.type]: placement.type ?? config.type,
    [request.priority]: config.priorities?.[message.priority],
  })
  const must = {
    [request.initiator]: config.initiator,
    ...given({
      [request.client]: config.client,
      [request.service]: placement.project ?? config.service,
      [request.composition]: placement.category ?? config.composition,
    }),
    // The tag comes first, since the end of a topic may be cut.
    [request.topic]: `${tag} ${shortened(message.title, config.title_max - tag.length - 1)}`,
    [request.description]: `${shortened(text, BODY_MAX - tag.length - 2)}\n\n${tag}`,
    Files: [],
  }
  return [
    { ...config.fields, ...placement.fields, ...optional, ...must },
    { ...config.fields, ...must },
  ]
}

async function probe(
  config: ItiliumConfig,
  api: ItiliumApi,
  list: IncidentList,
  writer: IncidentWriter,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<readonly ProbeStep[]> {
  const { steps, note } = createFindings()
  const newest = note('list', await list.newest(signal), all => `${all.length} incidents of the initiator`)
  if (!newest) return steps
  const [sample] = newest
  if (sample) note('details', await writer.read(sample.uuid, signal), () => `of ${sample.number ?? sample.uuid}`)
  const known = new Set(newest.flatMap(each => [each.state, ...each.offered.map(state => state.name)]))
  for (const state of ['solved', 'reopened'] as const) {
    // An installation shows its states only on incidents: one that was not seen yet is proved by the test ticket.
    const wanted = config.states[state]
    const message = known.has(wanted)
      ? wanted
      : `“${wanted}” was not seen yet; seen: ${[...known].join(', ') || 'none'}`
    note(`state ${state}`, delivered(message), words => words)
  }
  const look = async (placement: Placement) => {
    const { components } = config.methods
    const service = placement.project ?? config.service
    if (components === null || service === undefined) return fits(placement)
    const known = await api.ask(components, { [config.request.components_service]: service }, signal)
    const isStrange = known.kind === 'rejected' && known.reason !== 'unauthorised'
    const told = isStrange
      ? rejected('misconfigured', `no service ${service} that the desk knows: ${known.message}`)
      : known
    return whatIsWrong([told, fits(placement)]) ?? delivered(null)
  }
  const usual = { project: config.service ?? null, category: config.composition ?? null, type: config.type ?? null }
  return withPlaces(steps, placements, usual, look, 'the service is known; the rest is proved by the first incident')
}
