import { z } from 'zod'
import type { FoundTicket } from '../connector.ts'
import { textOfHtml } from '../html.ts'
import { changedEntry } from '../newest-first.ts'
import { deskMoment, eventMark, isOurs, levelOf, phaseOf, type TicketState } from '../ticket-state.ts'
import type { OkdeskConfig } from './config.ts'

const coded = z.object({ code: z.string(), name: z.string().default('') })
const file = z.object({ attachment_file_name: z.string().nullish() })

/** The parts of an issue that matter here (Okdesk API v1, information on an issue). */
export const issueSchema = z.object({
  id: z.number().int(),
  status: coded,
  priority: coded.nullish(),
  assignee: z.object({ name: z.string().nullish() }).nullish(),
  updated_at: deskMoment.nullish(),
  equipment_ids: z.array(z.number().int()).default([]),
  parameters: z.array(z.object({ code: z.string(), value: z.unknown() })).default([]),
  attachments: z.array(file).default([]),
  rate: z.object({ value: z.string() }).nullish(),
})
export type Issue = z.infer<typeof issueSchema>

export const commentList = z.array(
  z.object({
    id: z.number().int(),
    content: z.string().default(''),
    public: z.boolean().default(true),
    published_at: deskMoment.nullish(),
    author: z.object({ name: z.string().nullish() }).nullish(),
    attachments: z.array(file).default([]),
  }),
)
export type Comments = z.infer<typeof commentList>

export const codedList = z.array(coded)
export const attributeList = z.array(coded.extend({ field_type: z.string().optional() }))
export const idList = z.array(z.number().int())
export const changedList = z.array(changedEntry)
export const created = z.object({ id: z.number().int() })
const device = z.object({ id: z.number().int(), serial_number: z.string().nullish() })
export type Device = z.infer<typeof device>
/** One device, several, or nothing in either of its forms. */
export const devices = z
  .union([z.array(device), device.transform(each => [each]), z.object({}).transform((): Device[] => [])])
  .nullable()

/** An issue with its comments. */
export interface ReadIssue {
  readonly issue: Issue
  readonly comments: Comments
}

/** The value of an attribute as text; an absent or emptied one is null. */
export function attributeOf(issue: Issue, attribute: string): string | null {
  const value = issue.parameters.find(each => each.code === attribute)?.value
  return typeof value === 'string' && value !== '' ? value : null
}

/** Solved by us or closed by a person: both mean that nobody works on it. */
export const isDone = ({ status }: Issue, { statuses }: OkdeskConfig): boolean =>
  [statuses.solved, ...statuses.closed, ...statuses.rejected].includes(status.code)

/** The comment that carries the mark of this event. */
export const commentOf = ({ comments }: ReadIssue, eventId: string): Comments[number] | undefined =>
  comments.find(each => textOfHtml(each.content).includes(eventMark(eventId)))

export const hasComment = (read: ReadIssue, eventId: string): boolean => commentOf(read, eventId) !== undefined

/** The event of a file: Okdesk may write the file's name otherwise, the mark it leaves as it is. */
export const fileEvent = (name: string): string => `tw-file.${name.replace(/[\s\]]/g, '_')}`

export const hasFile = (read: ReadIssue, name: string): boolean =>
  [...read.issue.attachments, ...read.comments.flatMap(each => each.attachments)].some(
    each => each.attachment_file_name === name,
  ) || hasComment(read, fileEvent(name))

export const ticketOf = (issue: Issue, config: OkdeskConfig): FoundTicket => {
  const raised = config.priority_attribute === undefined ? null : attributeOf(issue, config.priority_attribute)
  return {
    id: String(issue.id),
    number: String(issue.id),
    url: `${config.url}/issues/${issue.id}`,
    open: !isDone(issue, config),
    written: {
      status: issue.status.code,
      ...(issue.priority ? { priority: issue.priority.code } : {}),
      ...(raised === null ? {} : { raised }),
    },
  }
}

/** Okdesk knows three grades. */
const RATINGS: Readonly<Record<string, number>> = { bad: 1, normal: 3, good: 5 }

/** The issue as people left it. */
export function stateOf({ issue, comments }: ReadIssue, config: OkdeskConfig): TicketState {
  const updatedAt = issue.updated_at ?? 0
  return {
    ticket: ticketOf(issue, config),
    status: issue.status.name || issue.status.code,
    phase: phaseOf(issue.status.code, config.statuses, isDone(issue, config)),
    priority: levelOf(issue.priority?.code ?? '', config.priorities),
    assignee: issue.assignee?.name ?? null,
    comments: comments
      .map(each => ({ each, text: textOfHtml(each.content) }))
      .filter(({ text }) => text !== '')
      .map(({ each, text }) => ({
        id: String(each.id),
        at: each.published_at ?? updatedAt,
        author: each.author?.name ?? '',
        text,
        internal: !each.public,
        ours: isOurs(text),
      }))
      .sort((one, two) => one.at - two.at || Number(one.id) - Number(two.id)),
    rating: RATINGS[issue.rate?.value ?? ''] ?? null,
    updatedAt,
    mergedInto: null,
  }
}
