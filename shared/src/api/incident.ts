import { z } from 'zod'
import { COMMENT_LENGTH_MAX } from '../limits.ts'
import { incidentHistory } from './incident-history.ts'
import { incidentKnowledge } from './incident-knowledge.ts'
import { apiInstant, bilingual, pageQuery } from './problem.ts'
import { incidentSla } from './sla.ts'

/** Открыт, В работе, Ожидает информации от пользователя, Решён, Закрыт. */
export const INCIDENT_STATUSES = ['open', 'in_work', 'waiting', 'solved', 'closed'] as const
export const incidentStatus = z.enum(INCIDENT_STATUSES)
export type IncidentStatus = z.infer<typeof incidentStatus>

export const priority = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])

/** Something broke, or something agreed in the contract is asked for. */
export const INCIDENT_KINDS = ['incident', 'service_request'] as const
export const incidentKind = z.enum(INCIDENT_KINDS)
export type IncidentKind = z.infer<typeof incidentKind>

/** Consultation, setting, enhancement, failure: the second classifier of a ticket. */
export const INCIDENT_TYPES = ['consultation', 'setting', 'enhancement', 'failure'] as const
export const incidentType = z.enum(INCIDENT_TYPES)
export type IncidentType = z.infer<typeof incidentType>

/** What part of the till it is about: the first classifier of a ticket. */
export const INCIDENT_CATEGORIES = [
  'ofd',
  'fiscal_drive',
  'register',
  'connection',
  'workstation',
  'program',
  'setup',
  'other',
] as const
export const incidentCategory = z.enum(INCIDENT_CATEGORIES)
export type IncidentCategory = z.infer<typeof incidentCategory>

/** The way by which it reached us; `monitoring` is this product, `monitor` another monitoring system. */
export const INCIDENT_SOURCES = [
  'monitoring',
  'monitor',
  'phone',
  'email',
  'telegram',
  'portal',
  'mobile',
  'web_form',
] as const
export const incidentSource = z.enum(INCIDENT_SOURCES)
export type IncidentSource = z.infer<typeof incidentSource>

/** Support lines 1, 2 and 3. */
export const supportLine = z.union([z.literal(1), z.literal(2), z.literal(3)])
export type SupportLine = z.infer<typeof supportLine>

/**
 * How it ended. `recovered`: by itself; `person`: by somebody's word; `no_answer`: nobody answered the question. The others are outside
 * service figures.
 */
export const RESOLUTIONS = [
  'recovered',
  'person',
  'no_answer',
  'cancelled',
  'duplicate',
  'rejected',
  'withdrawn',
] as const
export const resolution = z.enum(RESOLUTIONS)
export type Resolution = z.infer<typeof resolution>

export const RESOLUTION_MODES = ['remote', 'onsite'] as const
export const resolutionMode = z.enum(RESOLUTION_MODES)
export type ResolutionMode = z.infer<typeof resolutionMode>

/** Whom the work waits for while it stays In work; the clock runs. */
export const PENDING_PARTIES = ['vendor', 'ofd', 'provider'] as const
export const pendingParty = z.enum(PENDING_PARTIES)
export type PendingParty = z.infer<typeof pendingParty>

const flag = z.stringbool().default(false)

/** Who acts: people of support and of the service partner react; the client and robots do not. */
export const ACTOR_SIDES = ['support', 'partner', 'client', 'robot'] as const
export type ActorSide = (typeof ACTOR_SIDES)[number]

/**
 * GET /api/incidents — status `active` (open, in_work, waiting) by default. In the order of the queue: priority; work of at most four hours
 * or of unknown size before longer work, until 70 % of the time is used; the deadline; registration. `assignee` `-` asks for those that nobody has.
 */
export const incidentQuery = pageQuery.extend({
  status: z.enum(['active', 'all', ...INCIDENT_STATUSES]).default('active'),
  priority: z.coerce.number().int().min(1).max(4).optional(),
  search: z.string().trim().max(200).optional(),
  assignee: z.string().trim().max(64).optional(),
  /** Registered at or after, and before. */
  openedFrom: apiInstant.optional(),
  openedBefore: apiInstant.optional(),
  line: z.coerce.number().int().min(1).max(3).optional(),
  kind: incidentKind.optional(),
  source: incidentSource.optional(),
  /** Flags that must be set: past its deadline, critical, mass (parents and children), not told to desks. */
  missed: flag,
  critical: flag,
  mass: flag,
  untold: flag,
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
  kind: incidentKind,
  source: incidentSource,
  line: supportLine,
  resolution: resolution.nullable(),
  critical: z.boolean(),
  /** The mass incident above it. */
  parentId: z.string().nullable(),
  /** How many incidents it holds together. */
  children: z.number().int(),
  /** What it is kept from desks for. */
  untold: z.string().nullable(),
  waitingSince: apiInstant.nullable(),
  pendingOn: pendingParty.nullable(),
  pinned: z.boolean(),
  estimateMinutes: z.number().int().nullable(),
  /** The nearest promise that is still open; null when there is none. */
  dueAt: apiInstant.nullable(),
  /** From here on 70 % of the time of solution is used; null when it is over. */
  urgentAt: apiInstant.nullable(),
  /** A promise was not kept, or is not kept any more. */
  missed: z.boolean(),
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
  'escalated',
  'line',
  'details',
  'pinned',
  'critical',
] as const
export const timelineEntry = z.object({
  id: z.string(),
  at: apiInstant,
  kind: z.enum(TIMELINE_KINDS),
  /** Name of the person, `tillwatch`, or the desk. */
  actor: z.string(),
  text: bilingual,
})

export const DELIVERY_STATES = ['waiting', 'unknown', 'delivered', 'failed', 'skipped', 'dry_run'] as const
export const ticketView = z.object({
  desk: z.string(),
  number: z.string().nullable(),
  url: z.string().nullable(),
  state: z.enum(DELIVERY_STATES),
  lastError: z.string().nullable(),
  /** The desk that this one was told in place of, because it takes nothing; null for a desk that is told for itself. */
  insteadOf: z.string().nullable(),
  /** Incidents that one message by the way round tells of; 1 for any other. */
  together: z.number().int(),
  /** True once the desk has the ticket no more. */
  gone: z.boolean(),
  /** May it be opened there once more? */
  mayOpenAnew: z.boolean(),
})

/** Another incident, as a page names it. */
export const incidentLink = z.object({
  id: z.string(),
  number: z.number().int(),
  title: bilingual,
  status: incidentStatus,
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
  /** True while the priority is the one that a person set. */
  priorityManual: z.boolean(),
  /** What the method gives now. */
  priorityComputed: priority,
  type: incidentType,
  category: incidentCategory,
  reactedAt: apiInstant.nullable(),
  /** When the work was done; Solved may be noted later. */
  executedAt: apiInstant.nullable(),
  closedAt: apiInstant.nullable(),
  resolutionMode: resolutionMode.nullable(),
  solvedByLine: supportLine.nullable(),
  silenceReason: z.string().nullable(),
  waitingFor: z.string().nullable(),
  /** When the next reminder goes out or the question is given up. */
  waitingUntil: apiInstant.nullable(),
  criticalSince: apiInstant.nullable(),
  criticalReason: bilingual.nullable(),
  /** Nothing new is opened for its cause. */
  muted: z.boolean(),
  mutedUntil: apiInstant.nullable(),
  parent: incidentLink.nullable(),
  duplicateOf: incidentLink.nullable(),
  previous: incidentLink.nullable(),
  /** Incidents that it holds together, the newest first; at most a hundred. */
  held: z.array(incidentLink),
  runbook: z.string(),
  onsetAt: apiInstant,
  timeToStop: z.object({ at: apiInstant, text: bilingual }).nullable(),
  /** Mandatory fields of the record that nobody has filled in the directory yet (hours, site …). */
  gaps: z.array(bilingual),
  chart: z.object({ itemId: z.string(), fact: z.string() }).nullable(),
  conditions: z.array(
    z.object({ rule: z.string(), level: z.string(), since: apiInstant, title: bilingual, explanation: bilingual }),
  ),
  history: incidentHistory,
  /** What was agreed for it and how that stands; null while nobody has worked it out. */
  sla: incidentSla.nullable(),
  timeline: z.array(timelineEntry),
  tickets: z.array(ticketView),
  ...incidentKnowledge.shape,
})
export type IncidentView = z.infer<typeof incidentView>

const words = z.string().trim().min(1).max(COMMENT_LENGTH_MAX)
const maybeWords = z.string().trim().max(COMMENT_LENGTH_MAX).default('')
/** A thousand working hours: more is a project. */
const ESTIMATE_MINUTES_MAX = 60_000

/** POST /api/incidents/{id}/actions answers with the new `incidentView`. */
export const incidentAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('take') }),
  z.object({ action: z.literal('comment'), text: z.string().trim().min(1).max(COMMENT_LENGTH_MAX) }),
  z.object({ action: z.literal('assign'), assignee: z.string().trim().min(1).max(64).nullable() }),
  z.object({ action: z.literal('line'), line: supportLine, reason: words }),
  /** The question goes to the client; the incident waits for the answer. */
  z.object({ action: z.literal('wait'), question: words }),
  z.object({ action: z.literal('answer'), text: words }),
  /** Null: it is our turn again. */
  z.object({ action: z.literal('pending'), on: pendingParty.nullable(), text: maybeWords }),
  /** Solved remotely unless it says otherwise. */
  z.object({ action: z.literal('solve'), text: maybeWords, mode: resolutionMode.optional() }),
  z.object({ action: z.literal('close'), text: maybeWords }),
  z.object({ action: z.literal('reopen'), text: maybeWords }),
  /** Ends it without a solution. `until`: when a fault that lasts may open a new one at the latest. `duplicateOf`: the number of the one that goes on. */
  z.object({
    action: z.literal('discard'),
    as: z.enum(['cancelled', 'duplicate', 'rejected']),
    reason: words,
    until: apiInstant.optional(),
    duplicateOf: z.number().int().positive().optional(),
  }),
  z.object({ action: z.literal('pin'), reason: words }),
  z.object({ action: z.literal('unpin') }),
  z.object({ action: z.literal('critical'), reason: words }),
  z.object({ action: z.literal('uncritical'), reason: words }),
  z.object({ action: z.literal('estimate'), minutes: z.number().int().min(1).max(ESTIMATE_MINUTES_MAX).nullable() }),
  z.object({ action: z.literal('classify'), kind: incidentKind, type: incidentType, category: incidentCategory }),
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

/** Kinds of service desks that there is a connector for. */
export const connectorKind = z.enum([
  'redmine',
  'request-tracker',
  'mantis',
  'okdesk',
  'creatio',
  'itilium',
  'email',
  'webhook',
  'telegram',
])
export type ConnectorKind = z.infer<typeof connectorKind>

/** What may not agree between a desk and the incidents. */
export const DESK_FINDINGS = ['refused', 'unheard', 'apart', 'gone', 'twins', 'orphans'] as const
export type DeskFinding = (typeof DESK_FINDINGS)[number]

/** GET /api/desks/agreements (an array): how a tenant's tickets in a desk and its incidents agree. POST /api/desks/{name}/confirm (204): its numbers are the same at its new address. */
export const deskAgreement = z.object({
  desk: z.string(),
  /** When the two were compared last, ISO 8601; null before the first time. */
  comparedAt: z.string().nullable(),
  /** Openings that left no ticket and were sent again, since ever. */
  repaired: z.number().int(),
  /** How many of each sort do not agree; what is not named agrees. */
  found: z.partialRecord(z.enum(DESK_FINDINGS), z.number().int()),
  /** Tickets that were written at another address than the desk has now: they are left alone. */
  elsewhere: z.number().int(),
  /** Comments that were left in the desk because too many came within an hour, since ever. */
  leftThere: z.number().int(),
})
export type DeskAgreement = z.infer<typeof deskAgreement>

/** GET /api/desks (an array), POST /api/desks/{name}/test (answers with `deskTest`) and POST /api/desks/{name}/retry (204: sends again what the desk refused). */
export const deskView = z.object({
  name: z.string(),
  kind: connectorKind,
  /** True when the desk can be searched by our key: exactly one ticket. Otherwise at least one message with a stable id. */
  searchable: z.boolean(),
  state: z.enum(['ready', 'failing', 'paused']),
  problem: z.string().nullable(),
  waiting: z.number().int(),
  delivered: z.number().int(),
  failed: z.number().int(),
  /** When it called last, to the minute; null for one that never did. */
  calledAt: apiInstant.nullable(),
})
export type DeskView = z.infer<typeof deskView>
export const deskTest = z.object({
  ok: z.boolean(),
  steps: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string() })),
  url: z.string().nullable(),
})
export type DeskTest = z.infer<typeof deskTest>
