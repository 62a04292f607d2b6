import { z } from 'zod'
import type { FoundTicket } from '../connector.ts'

const named = z.object({ id: z.number().int(), name: z.string() })

/** The parts of an issue that matter here (Redmine REST API, Issues). */
export const issueSchema = z.object({
  id: z.number().int(),
  status: named.extend({ is_closed: z.boolean().optional() }),
  priority: named,
  custom_fields: z.array(z.object({ id: z.number().int(), value: z.unknown() })).default([]),
  journals: z.array(z.object({ notes: z.string().nullable().optional() })).default([]),
  allowed_statuses: z.array(named).optional(),
})
export type Issue = z.infer<typeof issueSchema>

export const oneIssue = z.object({ issue: issueSchema })
export const manyIssues = z.object({ issues: z.array(issueSchema), total_count: z.number().int() })
export const namedList = {
  statuses: z.object({ issue_statuses: z.array(named.extend({ is_closed: z.boolean().default(false) })) }),
  priorities: z.object({ issue_priorities: z.array(named) }),
  project: z.object({
    project: z.object({ id: z.number().int(), name: z.string(), trackers: z.array(named).default([]) }),
  }),
}
export const problems = z.object({ errors: z.array(z.string()) })

export interface StatusName {
  readonly id: number
  readonly name: string
  readonly isClosed: boolean
}

/** The installation's numbers for the names in the settings. */
export interface Vocabulary {
  readonly projectId: number
  readonly trackerId: number
  readonly solved: StatusName
  readonly reopened: StatusName
  readonly closedIds: ReadonlySet<number>
  readonly priorities: Readonly<Record<1 | 2 | 3 | 4, number>>
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
  issue.journals.some(journal => journal.notes?.includes(`[${eventId}]`))

export const ticketOf = (issue: Issue, url: string, words: Vocabulary): FoundTicket => ({
  id: String(issue.id),
  number: String(issue.id),
  url: `${url}/issues/${issue.id}`,
  open: !isDone(issue, words),
  written: { priorityId: issue.priority.id, statusId: issue.status.id },
})
