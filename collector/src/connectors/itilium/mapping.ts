import { createHash } from 'node:crypto'
import type { EpochMs } from '@tillwatch/shared'
import { delivered, type FoundTicket, type Outcome, rejected } from '../connector.ts'
import { type DeskComment, isOurs, levelOf, phaseOf, type TicketPhase, type TicketState } from '../ticket-state.ts'
import type { ItiliumConfig } from './config.ts'

/** A value of JSON with members. */
export type JsonRecord = Readonly<Record<string, unknown>>
export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A state that the desk offers now. */
export interface OfferedState {
  readonly name: string
  readonly uuid: string
}

/** The parts of an incident that matter here. */
export interface DeskIncident {
  readonly uuid: string
  readonly number: string | null
  readonly date: EpochMs
  readonly state: string
  readonly topic: string
  readonly description: string
  readonly offered: readonly OfferedState[]
  readonly responsible: string | null
  readonly priority: string | null
  /** Null where they are not told. */
  readonly comments: readonly DeskComment[] | null
}

const textIn = (value: JsonRecord, member: string): string => {
  const found = value[member]
  // References come as text or as a pair of name and uuid.
  if (isRecord(found)) return textIn(found, 'name')
  return typeof found === 'string' || typeof found === 'number' ? String(found).trim() : ''
}
const recordsIn = (value: JsonRecord, member: string): readonly JsonRecord[] => {
  const found = value[member]
  return Array.isArray(found) ? found.filter(isRecord) : []
}

/** A time of 1C: ISO without a zone, or as people write it; 0 for none. */
export function momentOf(text: string, offset: string): EpochMs {
  const written = /^(\d\d)\.(\d\d)\.(\d{4})(?: (\d{1,2}):(\d\d):(\d\d))?$/.exec(text)
  const [, day, month, year, hour = '00', minute = '00', second = '00'] = written ?? []
  const iso = written ? `${year}-${month}-${day}T${hour.padStart(2, '0')}:${minute}:${second}` : text
  const moment = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}${offset}`)
  return Number.isNaN(moment) || moment < 0 ? 0 : moment
}

/** One incident of an answer. A member that must be there and is not is told with those that are. */
export function incidentOf(value: unknown, config: ItiliumConfig): Outcome<DeskIncident> {
  const { answer, utc_offset: offset } = config
  const [first] = isRecord(value) ? recordsIn(value, answer.incidents) : []
  const found = first ?? value
  if (!isRecord(found)) return rejected('misconfigured', 'the answer is no incident')
  const needed = [
    answer.uuid,
    answer.topic,
    answer.state,
    ...(first || answer.comments === null ? [] : [answer.comments]),
  ]
  const missing = needed.filter(member => !(member in found))
  if (missing.length > 0) {
    const known = Object.keys(found).join(', ')
    return rejected('misconfigured', `an incident comes without ${missing.join(', ')}; there are: ${known}`)
  }
  const { comments } = answer
  return delivered({
    uuid: textIn(found, answer.uuid).toLowerCase(),
    number: textIn(found, answer.number) || null,
    date: momentOf(textIn(found, answer.date), offset),
    state: textIn(found, answer.state),
    topic: textIn(found, answer.topic),
    description: textIn(found, answer.description),
    offered: recordsIn(found, answer.states).map(each => ({
      name: textIn(each, answer.state_name),
      uuid: textIn(each, answer.state_uuid),
    })),
    responsible: textIn(found, answer.responsible) || null,
    priority: textIn(found, answer.priority) || null,
    comments:
      comments === null || !(comments in found)
        ? null
        : recordsIn(found, comments).map(each => commentOf(each, config)),
  })
}

function commentOf(value: JsonRecord, { answer, utc_offset: offset }: ItiliumConfig): DeskComment {
  const text = textIn(value, answer.comment_text)
  const author = textIn(value, answer.comment_author)
  const date = textIn(value, answer.comment_date)
  return {
    // Without a name of its own it is known by what it is: all would pass for the first one otherwise.
    id:
      textIn(value, answer.comment_uuid) ||
      createHash('sha256').update(`${date} ${author} ${text}`).digest('hex').slice(0, 16),
    at: momentOf(date, offset),
    author,
    text,
    internal: false,
    ours: isOurs(text),
  }
}

/** The incidents of a page of the list. */
export function incidentsOf(value: unknown, config: ItiliumConfig): Outcome<readonly DeskIncident[]> {
  const { incidents } = config.answer
  const list = isRecord(value) ? value[incidents] : undefined
  if (!Array.isArray(list)) {
    const known = isRecord(value) ? Object.keys(value).join(', ') : 'nothing that can be read'
    return rejected('misconfigured', `the list comes without ${incidents}; there is: ${known}`)
  }
  const all: DeskIncident[] = []
  for (const each of list) {
    const found = incidentOf({ [incidents]: [each] }, config)
    if (found.kind !== 'delivered') return found
    all.push(found.value)
  }
  return delivered(all)
}

/** The mark by which an incident is known, in its topic and at the end of its description. */
export const keyTag = (key: string): string => `[${key}]`

/** True for one that carries the key in either place: people edit topics. */
export const carries = (incident: DeskIncident, key: string): boolean =>
  incident.topic.includes(keyTag(key)) || incident.description.trimEnd().endsWith(keyTag(key))

export const phaseIn = (state: string, { states }: ItiliumConfig): TicketPhase =>
  phaseOf(state, states, states.closed.includes(state))

/** Solved by us or ended by a person: nobody works on it. */
export const isDone = (incident: DeskIncident, config: ItiliumConfig): boolean =>
  ['solved', 'closed', 'rejected'].includes(phaseIn(incident.state, config))

export const ticketOf = (incident: DeskIncident, config: ItiliumConfig): FoundTicket => ({
  id: incident.uuid,
  number: incident.number,
  url: null,
  open: !isDone(incident, config),
  written: { state: incident.state, priority: incident.priority ?? '' },
})

/** The incident as people left it. */
export function stateOf(incident: DeskIncident, config: ItiliumConfig): TicketState {
  const comments = incident.comments ?? []
  return {
    ticket: ticketOf(incident, config),
    status: incident.state,
    phase: phaseIn(incident.state, config),
    priority: config.priorities && incident.priority ? levelOf(incident.priority, config.priorities) : null,
    assignee: incident.responsible,
    comments,
    rating: null,
    updatedAt: Math.max(incident.date, ...comments.map(each => each.at)),
    mergedInto: null,
  }
}
