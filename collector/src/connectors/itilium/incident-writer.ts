import { createHash } from 'node:crypto'
import {
  type DeskFile,
  type DeskMessage,
  delivered,
  type Outcome,
  rejected,
  shortened,
  type Ticket,
} from '../connector.ts'
import { eventMark } from '../ticket-state.ts'
import type { ItiliumApi } from './api.ts'
import type { ItiliumConfig } from './config.ts'
import { type DeskIncident, incidentOf, isDone } from './mapping.ts'

export const BODY_MAX = 30_000

/** Reads incidents, and changes them in the only way that proves anything: act, then read back. */
export interface IncidentWriter {
  /** Null when there is no such incident. */
  read(uuid: string, signal: AbortSignal): Promise<Outcome<DeskIncident | null>>
  /** Adds a comment unless it is there. */
  tell(uuid: string, text: string, mark: string, mayHaveArrived: boolean, signal: AbortSignal): Promise<Outcome<null>>
  move(before: DeskIncident, to: 'solved' | 'reopened', signal: AbortSignal): Promise<Outcome<DeskIncident>>
  attach(ticket: Ticket, file: DeskFile, signal: AbortSignal): Promise<Outcome<Ticket>>
  setPriority(uuid: string, wanted: string, signal: AbortSignal): Promise<Outcome<DeskIncident>>
}

/** The writer over the service. */
export function createIncidentWriter(config: ItiliumConfig, api: ItiliumApi): IncidentWriter {
  const { actions, answer, request } = config

  const read: IncidentWriter['read'] = async (uuid, signal) => {
    const found = await api.ask(config.methods.read, { [request.uuid]: uuid }, signal)
    if (found.kind === 'rejected' && found.reason === 'invalid' && isGone(found.message)) return delivered(null)
    if (found.kind !== 'delivered') return found
    const incident = incidentOf(found.value, config)
    if (incident.kind === 'delivered' && incident.value.uuid !== uuid.toLowerCase()) {
      return rejected('misconfigured', `${config.methods.read} gives another incident than the one asked for`)
    }
    return incident
  }
  const isGone = (message: string) => answer.gone.some(words => message.toLowerCase().includes(words.toLowerCase()))

  /** After something was done: a look that fails leaves it open what became of it. */
  const reread = async (uuid: string, signal: AbortSignal): Promise<Outcome<DeskIncident>> => {
    const after = await read(uuid, signal)
    if (after.kind === 'retry') return { kind: 'unknown', message: after.message }
    if (after.kind !== 'delivered') return after
    return after.value ? delivered(after.value) : rejected('not_found', 'the incident is there no more')
  }
  const hasMark = (incident: DeskIncident, mark: string) =>
    incident.comments?.some(each => each.text.includes(mark)) === true

  /** A comment by this action with these members, once. */
  const say = async (
    uuid: string,
    action: string,
    members: object,
    mark: string,
    look: boolean,
    signal: AbortSignal,
  ): Promise<Outcome<null>> => {
    if (look && answer.comments !== null) {
      const before = await read(uuid, signal)
      if (before.kind !== 'delivered') return before
      if (!before.value) return rejected('not_found', 'the incident is there no more')
      if (hasMark(before.value, mark)) return delivered(null)
    }
    const sent = await api.act(action, { [request.target]: uuid, ...members }, signal)
    if (sent.kind !== 'delivered' || answer.comments === null) return sent.kind === 'delivered' ? delivered(null) : sent
    const after = await reread(uuid, signal)
    if (after.kind !== 'delivered') return after
    return hasMark(after.value, mark)
      ? delivered(null)
      : rejected('change_refused', 'the comment was accepted but is not there')
  }

  /** Into a state that is offered now; the incident as it is afterwards. Null: it is not offered. */
  const step = async (from: DeskIncident, name: string, signal: AbortSignal): Promise<Outcome<DeskIncident> | null> => {
    const offered = from.offered.find(each => each.name === name)
    if (!offered || actions.state === null) return null
    const members = { [request.target]: from.uuid, [request.state]: offered.uuid }
    const sent = await api.act(actions.state, members, signal)
    return sent.kind === 'delivered' ? reread(from.uuid, signal) : sent
  }

  return {
    read,
    tell: (uuid, text, mark, mayHaveArrived, signal) =>
      say(uuid, actions.comment, { [request.comment]: `${text}\n\n${mark}` }, mark, mayHaveArrived, signal),
    move: async (before, to, signal) => {
      const isTrue = (incident: DeskIncident) => isDone(incident, config) === (to === 'solved')
      if (isTrue(before) || actions.state === null) return delivered(before)
      const wanted = config.states[to]
      let present = before
      for (const name of [wanted, ...config.states.through.filter(each => each !== before.state), wanted]) {
        const after = await step(present, name, signal)
        if (after && after.kind !== 'delivered') return after
        present = after?.value ?? present
        if (isTrue(present)) return delivered(present)
      }
      const offered = present.offered.map(each => each.name).join(', ')
      const message = `ITILIUM keeps “${present.state}” instead of “${wanted}”; it offers: ${offered || 'nothing'}`
      return rejected('change_refused', message)
    },
    attach: async (ticket, file, signal) => {
      // The names of files cannot be read back: the comment that carries the file has a mark made of its name.
      const mark = eventMark(`tw-file-${createHash('sha256').update(file.name).digest('hex').slice(0, 16)}`)
      const members = {
        [request.comment]: `${file.name}\n\n${mark}`,
        Files: [{ Name: file.name, Data: Buffer.from(file.bytes).toString('base64') }],
      }
      const sent = await say(ticket.id, actions.file, members, mark, true, signal)
      return sent.kind === 'delivered' ? delivered(ticket) : sent
    },
    setPriority: async (uuid, wanted, signal) => {
      const members = { [request.target]: uuid, [request.priority]: wanted }
      const sent = await api.act(actions.priority ?? '', members, signal)
      return sent.kind === 'delivered' ? reread(uuid, signal) : sent
    },
  }
}

/** What a message says, and the mark by which it is known. */
export const commentOf = (message: DeskMessage): readonly [text: string, mark: string] => [
  shortened(message.text, BODY_MAX),
  eventMark(message.eventId),
]
