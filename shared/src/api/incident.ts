import { z } from 'zod'
import { COMMENT_LENGTH_MAX } from '../limits.ts'
import { apiInstant, bilingual, pageQuery } from './problem.ts'

/** Открыт, В работе, Ожидает информации от пользователя, Решён, Закрыт. */
export const INCIDENT_STATUSES = ['open', 'in_work', 'waiting', 'solved', 'closed'] as const
export const incidentStatus = z.enum(INCIDENT_STATUSES)
export type IncidentStatus = z.infer<typeof incidentStatus>

export const priority = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])

/** GET /api/incidents?status=&priority=&search=&assignee=&after=&limit= — status `active` (open, in_work, waiting) by default; ordered by priority, then registration. */
export const incidentQuery = pageQuery.extend({
  status: z.enum(['active', 'solved', 'closed', 'all']).default('active'),
  priority: z.coerce.number().int().min(1).max(4).optional(),
  search: z.string().trim().max(200).optional(),
  assignee: z.string().trim().max(64).optional(),
})
export type IncidentQuery = z.infer<typeof incidentQuery>

export const incidentRow = z.object({
  id: z.string(),
  number: z.number().int(),
  title: bilingual,
  status: incidentStatus,
  priority,
  causeClass: z.string(),
  client: z.string().nullable(),
  site: z.object({ code: z.string(), name: z.string() }).nullable(),
  agentId: z.string().nullable(),
  assignee: z.string().nullable(),
  openedAt: apiInstant,
  changedAt: apiInstant,
  solvedAt: apiInstant.nullable(),
  silencedUntil: apiInstant.nullable(),
  reopens: z.number().int(),
})
export type IncidentRow = z.infer<typeof incidentRow>

export const TIMELINE_KINDS = [
  'opened',
  'worsened',
  'eased',
  'note',
  'priority',
  'taken',
  'comment',
  'waiting',
  'silenced',
  'solved',
  'reopened',
  'closed',
  'ticket',
  'delivery_failed',
] as const
export const timelineEntry = z.object({
  id: z.string(),
  at: apiInstant,
  kind: z.enum(TIMELINE_KINDS),
  /** Name of the person, `tillwatch`, or the desk. */
  actor: z.string(),
  text: bilingual,
})

export const DELIVERY_STATES = ['waiting', 'unknown', 'delivered', 'failed', 'skipped'] as const
export const ticketView = z.object({
  desk: z.string(),
  number: z.string().nullable(),
  url: z.string().nullable(),
  state: z.enum(DELIVERY_STATES),
  lastError: z.string().nullable(),
})

/** GET /api/incidents/{id} */
export const incidentView = incidentRow.extend({
  itemId: z.string(),
  itemTitle: z.string(),
  address: z.string().nullable(),
  component: bilingual,
  explanation: bilingual,
  expected: bilingual,
  priorityReason: bilingual,
  priorityManual: z.boolean(),
  runbook: z.string(),
  onsetAt: apiInstant,
  timeToStop: z.object({ at: apiInstant, text: bilingual }).nullable(),
  /** Mandatory fields of the record that nobody has filled in the directory yet (hours, site …). */
  gaps: z.array(bilingual),
  chart: z.object({ itemId: z.string(), fact: z.string() }).nullable(),
  conditions: z.array(
    z.object({ rule: z.string(), level: z.string(), since: apiInstant, title: bilingual, explanation: bilingual }),
  ),
  timeline: z.array(timelineEntry),
  tickets: z.array(ticketView),
})
export type IncidentView = z.infer<typeof incidentView>

/** POST /api/incidents/{id}/actions answers with the new `incidentView`. */
export const incidentAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('take') }),
  z.object({ action: z.literal('comment'), text: z.string().trim().min(1).max(COMMENT_LENGTH_MAX) }),
  z.object({ action: z.literal('solve'), text: z.string().trim().max(COMMENT_LENGTH_MAX).default('') }),
  z.object({ action: z.literal('reopen'), text: z.string().trim().max(COMMENT_LENGTH_MAX).default('') }),
  z.object({
    action: z.literal('silence'),
    until: apiInstant,
    reason: z.string().trim().min(1).max(COMMENT_LENGTH_MAX),
  }),
  z.object({ action: z.literal('unsilence') }),
  z.object({ action: z.literal('priority'), priority, reason: z.string().trim().min(1).max(COMMENT_LENGTH_MAX) }),
])
export type IncidentAction = z.infer<typeof incidentAction>

/** GET /api/runbooks/{name}: what to do, as the `runbook` of an incident names it. Markdown; the Russian part comes first, each part begins with its heading. */
export const runbook = z.object({ markdown: z.string() })

/** GET /api/desks (an array), POST /api/desks/{name}/test (answers with `deskTest`) and POST /api/desks/{name}/retry (204: sends again what the desk refused). */
export const deskView = z.object({
  name: z.string(),
  kind: z.enum(['redmine', 'webhook', 'email']),
  /** True when the desk can be searched by our key: exactly one ticket. Otherwise at least one message with a stable id. */
  searchable: z.boolean(),
  state: z.enum(['ready', 'failing', 'paused']),
  problem: z.string().nullable(),
  waiting: z.number().int(),
  delivered: z.number().int(),
  failed: z.number().int(),
})
export type DeskView = z.infer<typeof deskView>
export const deskTest = z.object({
  ok: z.boolean(),
  steps: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string() })),
  url: z.string().nullable(),
})
export type DeskTest = z.infer<typeof deskTest>
