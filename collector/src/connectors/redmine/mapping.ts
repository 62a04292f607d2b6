import type { Priority } from '@tillwatch/rules'
import { z } from 'zod'
import type { FoundTicket } from '../connector.ts'
import { deskMoment, eventMark, isOurs, levelOf, phaseOf, type TicketState } from '../ticket-state.ts'
import type { RedmineConfig } from './config.ts'

const named = z.object({ id: z.number().int(), name: z.string() })

/** The parts of an issue that matter here (Redmine REST API, Issues). */
export const issueSchema = z.object({
  id: z.number().int(),
  status: named.extend({ is_closed: z.boolean().optional() }),
  priority: named,
  assigned_to: named.optional(),
  updated_on: deskMoment.optional(),
  custom_fields: z
    .array(z.object({ id: z.number().int(), name: z.string().optional(), value: z.unknown() }))
    .default([]),
  journals: z
    .array(
      z.object({
        id: z.number().int(),
        user: named.optional(),
        notes: z.string().nullable().optional(),
        created_on: deskMoment.optional(),
        private_notes: z.boolean().optional(),
      }),
    )
    .default([]),
  attachments: z.array(z.object({ filename: z.string() })).default([]),
  allowed_statuses: z.array(named).optional(),
})
export type Issue = z.infer<typeof issueSchema>

export const oneIssue = z.object({ issue: issueSchema })
export const manyIssues = z.object({ issues: z.array(issueSchema), total_count: z.number().int() })
export const namedList = {
  statuses: z.object({ issue_statuses: z.array(named.extend({ is_closed: z.boolean().default(false) })) }),
  priorities: z.object({ issue_priorities: z.array(named) }),
  project: z.object({
    project: z.object({
      id: z.number().int(),
      name: z.string(),
      trackers: z.array(named).default([]),
      issue_categories: z.array(named).default([]),
    }),
  }),
  members: z.object({ memberships: z.array(z.object({ user: named.optional(), group: named.optional() })) }),
}
export const uploaded = z.object({ upload: z.object({ token: z.string() }) })

export interface StatusName {
  readonly id: number
  readonly name: string
  readonly isClosed: boolean
}

/** The installation's numbers for the names in the settings. */
export interface Vocabulary {
  readonly solved: StatusName
  readonly reopened: StatusName
  /** Statuses on the way to these. */
  readonly through: Readonly<Record<'solved' | 'reopened', readonly number[]>>
  readonly closedIds: ReadonlySet<number>
  readonly priorities: Readonly<Record<Priority, number>>
}

/** The value of a custom field as text; an absent or emptied field is null. */
export function fieldOf(issue: Issue, fieldId: number): string | null {
  const value = issue.custom_fields.find(field => field.id === fieldId)?.value
  return typeof value === 'string' && value !== '' ? value : null
}

/** Solved by us or closed by a person: both mean that nobody works on it. */
export const isDone = (issue: Issue, words: Vocabulary): boolean =>
  issue.status.id === words.solved.id || words.closedIds.has(issue.status.id)

export const hasNote = (issue: Issue, eventId: string): boolean =>
  issue.journals.some(journal => journal.notes?.includes(eventMark(eventId)))

export const ticketOf = (issue: Issue, url: string, words: Vocabulary): FoundTicket => ({
  id: String(issue.id),
  number: String(issue.id),
  url: `${url}/issues/${issue.id}`,
  open: !isDone(issue, words),
  written: { priorityId: issue.priority.id, statusId: issue.status.id },
})

/** The issue as people left it. */
export function stateOf(issue: Issue, config: RedmineConfig, words: Vocabulary): TicketState {
  const updatedAt = issue.updated_on ?? 0
  return {
    ticket: ticketOf(issue, config.url, words),
    status: issue.status.name,
    phase: phaseOf(issue.status.name, config.statuses, words.closedIds.has(issue.status.id)),
    priority: levelOf(issue.priority.id, words.priorities),
    assignee: issue.assigned_to?.name ?? null,
    comments: issue.journals.flatMap(({ id, notes, user, created_on, private_notes }) =>
      notes
        ? {
            id: String(id),
            at: created_on ?? updatedAt,
            author: user?.name ?? '',
            text: notes,
            internal: private_notes === true,
            ours: isOurs(notes),
          }
        : [],
    ),
    rating: null,
    updatedAt,
    mergedInto: null,
  }
}
