import type { Priority } from '@tillwatch/rules'
import { z } from 'zod'
import type { FoundTicket } from '../connector.ts'
import { textOfHtml } from '../html.ts'
import { eventMark, isOurs, levelOf, phaseOf, type TicketPhase, type TicketState } from '../ticket-state.ts'
import { appOf } from './api.ts'
import type { CreatioConfig } from './config.ts'

const guid = z.string().transform(text => text.toLowerCase())
const named = z.object({ Name: z.string() })
const flag = z.boolean().nullish()

/** The parts of rows that matter here. Columns of the settings are among them under their own names. */
export const caseRow = z.looseObject({
  Id: guid,
  Number: z.string().nullish(),
  StatusId: guid,
  PriorityId: guid,
  ModifiedOn: z.string().nullish(),
  Owner: named.nullish(),
})
export type Case = z.infer<typeof caseRow>

export const messageRow = z.looseObject({
  Id: guid,
  Message: z.string(),
  CreatedOn: z.string(),
  CreatedBy: named.nullish(),
})
export type Message = z.infer<typeof messageRow>

/** A row of which only the identifier and columns of the settings matter. */
export const anyRow = z.looseObject({ Id: guid })

export const lookupRow = z
  .object({ Id: guid, Name: z.string(), IsFinal: flag, IsResolved: flag, IsPaused: flag })
  .transform(row => ({
    id: row.Id,
    name: row.Name,
    isFinal: row.IsFinal === true,
    isResolved: row.IsResolved === true,
    isPaused: row.IsPaused === true,
  }))
export type LookupValue = z.infer<typeof lookupRow>

/** The installation's identifiers for the names in the settings. */
export interface Vocabulary {
  readonly statuses: ReadonlyMap<string, LookupValue>
  readonly opened: LookupValue
  readonly solved: LookupValue
  readonly reopened: LookupValue
  readonly through: LookupValue
  readonly inWork: readonly string[]
  readonly waiting: readonly string[]
  readonly rejected: readonly string[]
  readonly priorities: Readonly<Record<Priority, string>>
  readonly closureCode: string | null
  /** Points by the identifiers of ratings. */
  readonly ratings: ReadonlyMap<string, number>
}

/** A text column of a row; empty is null. */
export function columnOf(row: Readonly<Record<string, unknown>>, column: string): string | null {
  const value = row[column]
  return typeof value === 'string' && value !== '' ? value : null
}

/** What a status means: as it is named in the settings, then by its flags. */
export function phaseOfStatus(statusId: string, words: Vocabulary): TicketPhase {
  const status = words.statuses.get(statusId)
  const names = {
    solved: words.solved.id,
    in_work: words.inWork,
    waiting: words.waiting,
    rejected: words.rejected,
  }
  const phase = phaseOf(statusId, names, status?.isFinal === true)
  if (phase !== 'open') return phase
  if (status?.isResolved) return 'solved'
  return status?.isPaused ? 'waiting' : 'open'
}

const DONE: ReadonlySet<TicketPhase> = new Set(['solved', 'closed', 'rejected'])

/** Solved by us or ended by a person: nobody works on it. */
export const isDone = (found: Case, words: Vocabulary): boolean => DONE.has(phaseOfStatus(found.StatusId, words))

/** The message that carries the mark of this event. */
export const markedBy = (messages: readonly Message[], eventId: string): Message | null =>
  messages.find(each => textOfHtml(each.Message).includes(eventMark(eventId))) ?? null

export const ticketOf = (found: Case, config: CreatioConfig, words: Vocabulary): FoundTicket => ({
  id: found.Id,
  number: found.Number ?? null,
  url: config.card
    ? `${config.url}${config.card.replace('{id}', found.Id)}`
    : `${appOf(config)}/Nui/ViewModule.aspx#CardModuleV2/CasePage/edit/${found.Id}`,
  open: !isDone(found, words),
  written: { priorityId: found.PriorityId, statusId: found.StatusId },
})

function ratingOf(found: Case, { rating }: CreatioConfig, words: Vocabulary): number | null {
  const given = rating ? columnOf(found, rating.case_column) : null
  const points = given === null ? undefined : words.ratings.get(given.toLowerCase())
  return points !== undefined && points >= 1 && points <= 5 ? points : null
}

/** The case as people left it. */
export function stateOf(
  found: Case,
  messages: readonly Message[],
  config: CreatioConfig,
  words: Vocabulary,
): TicketState {
  const { internal_column: internal } = config
  return {
    ticket: ticketOf(found, config, words),
    status: words.statuses.get(found.StatusId)?.name ?? found.StatusId,
    phase: phaseOfStatus(found.StatusId, words),
    priority: levelOf(found.PriorityId, words.priorities),
    assignee: found.Owner?.Name ?? null,
    comments: messages.map(each => {
      const text = textOfHtml(each.Message)
      return {
        id: each.Id,
        at: Date.parse(each.CreatedOn),
        author: each.CreatedBy?.Name ?? '',
        text,
        internal: internal !== undefined && each[internal] === true,
        ours: isOurs(text),
      }
    }),
    rating: ratingOf(found, config, words),
    updatedAt: found.ModifiedOn ? Date.parse(found.ModifiedOn) : 0,
    mergedInto: null,
  }
}
