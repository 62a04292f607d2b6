import {
  type DeskFile,
  type DeskMessage,
  delivered,
  type Outcome,
  rejected,
  shortened,
  type Ticket,
} from '../connector.ts'
import { htmlOf } from '../html.ts'
import { EXPOSED, eventMark } from '../ticket-state.ts'
import { type CreatioApi, literal, mayHaveHappened } from './api.ts'
import type { CreatioConfig } from './config.ts'
import { anyRow, type Case, caseRow, columnOf, type Message, markedBy, messageRow } from './mapping.ts'
import { uuidOf } from './uuid.ts'

/** Longest text that is sent; columns without a limit take more, people do not. */
export const BODY_MAX = 60_000
const FILE_COLUMNS = ['Id', 'Name']

/** A change of one case and how its success is seen. */
export interface Change {
  readonly columns: object
  readonly isTrue: (found: Case) => boolean
}

/** Reads cases, and changes them in the only way that proves anything: write, then read back. */
export interface CaseWriter {
  /** Null when there is no such case. */
  read(id: string, signal: AbortSignal): Promise<Outcome<Case | null>>
  /** The feed, oldest first. */
  messages(id: string, signal: AbortSignal): Promise<Outcome<readonly Message[]>>
  /** The case afterwards; `isTrue` says whether it took the change. A refusal in the desk's words only when it did not. */
  change(id: string, wanted: Change, signal: AbortSignal): Promise<Outcome<Case>>
  /** Puts a message into the feed unless it is there. */
  tell(id: string, message: DeskMessage, signal: AbortSignal): Promise<Outcome<null>>
  attach(ticket: Ticket, file: DeskFile, signal: AbortSignal): Promise<Outcome<Ticket>>
  /** False when the inventory does not know the serial. */
  link(id: string, serial: string, signal: AbortSignal): Promise<Outcome<boolean>>
}

/** The writer of one installation. */
export function createCaseWriter(config: CreatioConfig, api: CreatioApi): CaseWriter {
  const { key_column: key, solution_column: solution, item, internal_column: internal, rating } = config
  const columns = ['Id', 'Number', 'StatusId', 'PriorityId', 'ModifiedOn', key]
  const select = [...columns, ...[solution, item?.case_column, rating?.case_column].filter(each => each !== undefined)]

  const read: CaseWriter['read'] = async (id, signal) => {
    // A list that is empty says "gone"; 404 would say that of a wrong address too.
    const query = { select, filter: `Id eq ${id}`, expand: 'Owner($select=Name)', top: 1 }
    const found = await api.rows('Case', query, caseRow, signal)
    if (found.kind !== 'delivered') return found
    const [row] = found.value
    if (row && row.Id !== id.toLowerCase()) return rejected('misconfigured', 'the search by Id returns other cases')
    return delivered(row ?? null)
  }

  const messages: CaseWriter['messages'] = (id, signal) => {
    const wanted = ['Id', 'Message', 'CreatedOn', ...(internal ? [internal] : [])]
    const query = { select: wanted, filter: `EntityId eq ${id}`, orderby: 'CreatedOn,Id' }
    return api.allRows('SocialMessage', { ...query, expand: 'CreatedBy($select=Name)' }, messageRow, signal)
  }

  const change: CaseWriter['change'] = async (id, wanted, signal) => {
    const written = await api.write('PATCH', `Case(${id})`, wanted.columns, signal)
    if (written.kind !== 'delivered' && !mayHaveHappened(written)) return written
    const after = await read(id, signal)
    if (after.kind === 'retry') return { kind: 'unknown', message: after.message }
    if (after.kind !== 'delivered') return after
    if (!after.value) return rejected('not_found', 'the case is there no more')
    if (written.kind === 'delivered' || wanted.isTrue(after.value)) return delivered(after.value)
    return written
  }

  const tell: CaseWriter['tell'] = async (id, message, signal) => {
    const look = async (): Promise<Outcome<Message | null>> => {
      const all = await messages(id, signal)
      return all.kind === 'delivered' ? delivered(markedBy(all.value, message.eventId)) : all
    }
    const isInternal = internal !== undefined && message.visibility === 'internal'
    if (message.mayHaveArrived) {
      const before = await look()
      if (before.kind !== 'delivered') return before
      if (before.value) return delivered(null)
    }
    const row = {
      Id: uuidOf(`message ${id} ${message.eventId}`),
      Message: htmlOf(`${shortened(message.text, BODY_MAX)}\n\n${eventMark(message.eventId)}`),
      EntityId: id,
      EntitySchemaUId: config.case_schema,
      ...(isInternal ? { [internal]: true } : {}),
    }
    const sent = await api.write('POST', 'SocialMessage', row, signal)
    if (sent.kind !== 'delivered' && !mayHaveHappened(sent)) return sent
    const after = await look()
    if (after.kind === 'delivered' && after.value) {
      return delivered(null, isInternal && after.value[internal] !== true ? EXPOSED : undefined)
    }
    if (sent.kind !== 'delivered') return sent
    return after.kind === 'delivered'
      ? rejected('change_refused', 'the comment was accepted but is not there')
      : { kind: 'unknown', message: after.message }
  }

  const names = async (id: string, signal: AbortSignal): Promise<Outcome<readonly (string | null)[]>> => {
    const files = await api.allRows('CaseFile', { select: FILE_COLUMNS, filter: `Case/Id eq ${id}` }, anyRow, signal)
    return files.kind === 'delivered' ? delivered(files.value.map(row => columnOf(row, 'Name'))) : files
  }

  return {
    read,
    messages,
    change,
    tell,
    attach: async (ticket, file, signal) => {
      const before = await names(ticket.id, signal)
      if (before.kind !== 'delivered') return before
      if (before.value.includes(file.name)) return delivered(ticket)
      const sent = await upload(config, api, ticket.id, file, signal)
      if (sent.kind !== 'delivered') return sent
      const after = await names(ticket.id, signal)
      if (after.kind !== 'delivered') return { kind: 'unknown', message: after.message }
      if (after.value.includes(file.name)) return delivered(ticket)
      return rejected('change_refused', `the file ${file.name} was accepted but is not there`)
    },
    link: async (id, serial, signal) => {
      if (!item) return delivered(false)
      const { object, serial_column: column, case_column: tie } = item
      const filter = `${column} eq ${literal(serial)}`
      const found = await api.rows(object, { select: ['Id', column], filter, top: 2 }, anyRow, signal)
      if (found.kind !== 'delivered') return found
      const [own, second] = found.value.filter(row => columnOf(row, column) === serial)
      if (!own) return delivered(false)
      if (second) return rejected('invalid', `${object} has the serial ${serial} more than once`)
      const before = await read(id, signal)
      if (before.kind !== 'delivered') return before
      const isTrue = (row: Case) => columnOf(row, tie)?.toLowerCase() === own.Id
      if (before.value && isTrue(before.value)) return delivered(true)
      const after = await change(id, { columns: { [tie]: own.Id }, isTrue }, signal)
      if (after.kind !== 'delivered') return after
      return isTrue(after.value) ? delivered(true) : rejected('change_refused', `Creatio keeps ${tie} as it was`)
    },
  }
}

async function upload(
  config: CreatioConfig,
  api: CreatioApi,
  caseId: string,
  file: DeskFile,
  signal: AbortSignal,
): Promise<Outcome<unknown>> {
  const id = uuidOf(`file ${caseId} ${file.name}`)
  if (config.files === 'odata') {
    const made = await api.write('POST', 'CaseFile', { Id: id, Name: file.name, CaseId: caseId }, signal)
    if (made.kind !== 'delivered') return made
    const data = { method: 'PUT', path: `/odata/CaseFile(${id})/Data`, body: file.bytes } as const
    return api.call({ ...data, type: 'application/octet-stream' }, signal)
  }
  const { length } = file.bytes
  const query = new URLSearchParams({
    fileId: id,
    totalFileLength: String(length),
    mimeType: file.type,
    fileName: file.name,
    columnName: 'Data',
    entitySchemaName: 'CaseFile',
    parentColumnName: 'Case',
    parentColumnValue: caseId,
  })
  const headers = { 'content-range': `bytes 0-${length - 1}/${length}` }
  const path = `${config.file_service}?${query}`
  return api.call({ method: 'POST', path, body: file.bytes, type: 'application/octet-stream', headers }, signal)
}
