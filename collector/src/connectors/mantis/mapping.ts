import type { Priority } from '@tillwatch/rules'
import { z } from 'zod'
import type { FoundTicket } from '../connector.ts'
import { changedEntry } from '../newest-first.ts'
import { deskMoment, eventMark, isOurs, levelOf, phaseOf, type TicketPhase, type TicketState } from '../ticket-state.ts'
import type { MantisConfig } from './config.ts'

const word = z.object({ id: z.number().int(), name: z.string().default(''), label: z.string().optional() })
export type Word = z.infer<typeof word>
const person = z.object({ name: z.string().default(''), real_name: z.string().optional() })
const field = z.object({ id: z.number().int() })

/** The parts of an issue that matter here (MantisBT REST API, issues). A list gives only those that it was asked for. */
export const issueSchema = z.object({
  id: z.number().int(),
  status: word,
  resolution: word.optional(),
  priority: word,
  handler: person.optional(),
  updated_at: deskMoment.optional(),
  custom_fields: z.array(z.object({ field, value: z.unknown() })).default([]),
  notes: z
    .array(
      z.object({
        id: z.number().int(),
        reporter: person.optional(),
        text: z.string().default(''),
        view_state: z.object({ id: z.number().int() }).optional(),
        created_at: deskMoment.optional(),
      }),
    )
    .default([]),
  attachments: z.array(z.object({ filename: z.string() })).default([]),
  relationships: z.array(z.object({ type: field, issue: field })).default([]),
})
export type Issue = z.infer<typeof issueSchema>

export const oneIssue = z.object({ issue: issueSchema })
export const manyIssues = z.object({ issues: z.array(issueSchema) })
export const changedIssues = z.object({ issues: z.array(changedEntry) })
export const account = z.object({ id: z.number().int(), name: z.string(), access_level: word.optional() })
export const configs = z.object({ configs: z.array(z.object({ option: z.string(), value: z.unknown() })) })
export const words = z.array(word)
export const projects = z.object({
  projects: z.array(
    z.object({
      id: z.number().int(),
      name: z.string(),
      categories: z.array(z.object({ id: z.number().int(), name: z.string() })).default([]),
      custom_fields: z
        .array(z.object({ id: z.number().int(), name: z.string(), type: z.string().optional() }))
        .default([]),
    }),
  ),
})
export type Project = z.infer<typeof projects>['projects'][number]
export const handlers = z.object({ users: z.array(person.extend({ id: z.number().int() })) })

/** View states of notes: constants of MantisBT that no installation can rename. */
export const VIEW_STATE = { public: { id: 10 }, private: { id: 50 } } as const
const DUPLICATE_OF = 0

/** The installation's numbers for the words in the settings. */
export interface Vocabulary {
  /** Login of the account whose token we use. */
  readonly user: string
  readonly solved: Word
  readonly reopened: Word
  /** Statuses on the way to these. */
  readonly through: Readonly<Record<'solved' | 'reopened', readonly Word[]>>
  /** Issues with this status or a higher one are done. */
  readonly doneFrom: number
  readonly ended: Word
  readonly begunAgain: Word
  readonly priorities: Readonly<Record<Priority, number>>
  readonly severities: Readonly<Record<Priority, number>>
}

/** The value of a custom field as text; an absent or emptied field is null. */
export function fieldOf(issue: Issue, fieldId: number): string | null {
  const value = issue.custom_fields.find(each => each.field.id === fieldId)?.value
  return typeof value === 'string' && value !== '' ? value : null
}

/** Resolved by us, or closed by a person: both mean that nobody works on it. */
export const isDone = (issue: Issue, { doneFrom }: Vocabulary): boolean => issue.status.id >= doneFrom

export const hasNote = (issue: Issue, eventId: string): boolean =>
  issue.notes.some(note => note.text.includes(eventMark(eventId)))

export const ticketOf = (issue: Issue, url: string, vocabulary: Vocabulary): FoundTicket => ({
  id: String(issue.id),
  number: String(issue.id),
  url: `${url}/view.php?id=${issue.id}`,
  open: !isDone(issue, vocabulary),
  written: { priorityId: issue.priority.id, statusId: issue.status.id },
})

/** What the installation shows people for it. */
export const shownAs = ({ name, label }: Word): string => label ?? name

function phase(issue: Issue, config: MantisConfig, vocabulary: Vocabulary): TicketPhase {
  const { status, resolution } = issue
  const done = isDone(issue, vocabulary)
  const refused = config.resolutions.rejected
  if (done && resolution && (refused.includes(resolution.name) || refused.includes(shownAs(resolution)))) {
    return 'rejected'
  }
  const named = phaseOf(status.name, config.statuses, done)
  return named === 'open' || named === 'closed' ? phaseOf(shownAs(status), config.statuses, done) : named
}

/** The issue as people left it. */
export function stateOf(issue: Issue, config: MantisConfig, vocabulary: Vocabulary): TicketState {
  const updatedAt = issue.updated_at ?? 0
  const duplicate = issue.relationships.find(each => each.type.id === DUPLICATE_OF)
  return {
    ticket: ticketOf(issue, config.url, vocabulary),
    status: shownAs(issue.status),
    phase: phase(issue, config, vocabulary),
    priority: levelOf(issue.priority.id, vocabulary.priorities),
    assignee: issue.handler ? issue.handler.real_name || issue.handler.name : null,
    comments: issue.notes
      .filter(note => note.text !== '')
      .map(note => ({
        id: String(note.id),
        at: note.created_at ?? updatedAt,
        author: note.reporter?.real_name || note.reporter?.name || '',
        text: note.text,
        internal: note.view_state?.id === VIEW_STATE.private.id,
        ours: isOurs(note.text),
      })),
    rating: null,
    updatedAt,
    mergedInto: duplicate ? String(duplicate.issue.id) : null,
  }
}
