import {
  type DeskMessage,
  delivered,
  type Failure,
  type FoundTicket,
  type Outcome,
  rejected,
  shortened,
} from '../connector.ts'
import { parseJson } from '../desk-api.ts'
import { madeAnyway } from '../making.ts'
import { type CreatioApi, literal, mayHaveHappened } from './api.ts'
import { BODY_MAX, type CaseWriter } from './case-writer.ts'
import type { CreatioConfig } from './config.ts'
import { anyRow, caseRow, columnOf, ticketOf, type Vocabulary } from './mapping.ts'
import { uuidOf } from './uuid.ts'
import type { Place } from './vocabulary.ts'

/** Looks for cases by our key and makes new ones. */
export interface CaseOpening {
  find(words: Vocabulary, key: string, signal: AbortSignal): Promise<Outcome<readonly FoundTicket[]>>
  create(words: Vocabulary, place: Place, message: DeskMessage, signal: AbortSignal): Promise<Outcome<FoundTicket>>
}

/**
 * The way to new cases of one installation. A case gets an identifier that follows from its key: a second create of the same one hits the
 * primary key, and what is there under it is taken. Whether that happened is decided by looking, not by the code of the answer.
 */
export function createCaseOpening(config: CreatioConfig, api: CreatioApi, writer: CaseWriter): CaseOpening {
  const { key_column: key } = config

  /** The identifier under which the case is now. */
  const post = async (row: object, id: string, signal: AbortSignal): Promise<Outcome<string>> => {
    const sent = await api.write('POST', 'Case', row, signal)
    // An installation may give an identifier of its own.
    if (sent.kind === 'delivered') return delivered(anyRow.safeParse(parseJson(sent.value.text)).data?.Id ?? id)
    if (!mayHaveHappened(sent)) return sent
    const there = await writer.read(id, signal)
    return there.kind === 'delivered' && there.value ? delivered(id) : sent
  }

  /** Such a case could never be found again: it is not left behind open. */
  const disown = async (id: string, words: Vocabulary, message: DeskMessage, signal: AbortSignal) => {
    await writer.tell(id, { ...message, text: `Tillwatch: no value in ${key}` }, signal)
    await api.write('PATCH', `Case(${id})`, { StatusId: words.solved.id }, signal)
    return rejected(
      'misconfigured',
      `case ${id} was created without a value in ${key}: add the column to the object Case`,
    )
  }

  return {
    find: async (words, wanted, signal) => {
      const select = ['Id', 'Number', 'StatusId', 'PriorityId', key]
      const query = { select, filter: `${key} eq ${literal(wanted)}`, orderby: 'CreatedOn,Id' }
      const found = await api.allRows('Case', query, caseRow, signal)
      if (found.kind !== 'delivered') return found
      // A column that is not there yields nothing or everything: that says nothing about our case.
      if (found.value.some(row => columnOf(row, key) !== wanted)) {
        return rejected('misconfigured', `the search by ${key} returns other cases: is the column still there?`)
      }
      return delivered(found.value.map(row => ticketOf(row, config, words)))
    },
    create: async (words, place, message, signal) => {
      const { subject, insteadOf } = message
      const id = uuidOf(['case', subject.key, subject.episode, insteadOf].filter(Boolean).join(' '))
      const [whole, bare] = draftsOf(config, words, place, message)
      // A value that it does not take may be an error of the server, too; one that comes again is taken for that.
      const isRefused = (failure: Failure) =>
        message.mayHaveArrived && failure.kind === 'unknown' && / answered 5\d\d/.test(failure.message)
      const made = await madeAnyway({ Id: id, ...whole }, { Id: id, ...bare }, row => post(row, id, signal), isRefused)
      if (made.kind !== 'delivered') return made
      // The number is given by the server, and "created" is only what it says.
      const there = await writer.read(made.value, signal)
      if (there.kind !== 'delivered' || !there.value) {
        const why = there.kind === 'delivered' ? 'it is not there' : there.message
        return { kind: 'unknown', message: `case ${made.value} was created, and a look at it failed: ${why}` }
      }
      if (columnOf(there.value, key) !== message.subject.key) return disown(made.value, words, message, signal)
      return delivered(ticketOf(there.value, config, words), made.warning)
    },
  }
}

/** With everything, and with what a case must have. */
function draftsOf(
  config: CreatioConfig,
  words: Vocabulary,
  place: Place,
  message: DeskMessage,
): readonly [whole: object, bare: object] {
  const { serial_column: serial, fields, key_column: key } = config
  const symptoms = message.link === null ? message.text : `${message.text}\n${message.link}`
  const text = {
    Subject: shortened(message.title, config.title_max),
    Symptoms: shortened(symptoms, BODY_MAX),
    PriorityId: words.priorities[message.priority],
    StatusId: words.opened.id,
  }
  const keyed = { [key]: message.subject.key }
  const kept = ['CategoryId', 'ServiceItemId'].flatMap(column => {
    const value = place[column]
    return value === undefined ? [] : [[column, value]]
  })
  const device = serial === undefined ? {} : { [serial]: message.subject.ci }
  return [
    { ...text, ...place, ...device, ...keyed },
    { ...text, ...fields, ...Object.fromEntries(kept), ...keyed },
  ]
}
