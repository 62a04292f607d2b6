import { z } from 'zod'
import { ALERTS_PER_BODY_MAX, COMMENT_LENGTH_MAX } from '../limits.ts'
import { incidentLink, incidentType, priority } from './incident.ts'
import { apiInstant } from './problem.ts'

/** Other programs send what their own sources sent: only text goes on to desks, no half characters and no commands of a terminal. */
const clean = (text: string) => text.toWellFormed().replace(/[^\P{Cc}\n\t]/gu, ' ')
const oneLine = (text: string) => clean(text).replace(/\s+/gu, ' ')

const name = (max: number) => z.string().overwrite(oneLine).trim().min(1).max(max)
const prose = (max: number) => z.string().overwrite(clean).trim().max(max).default('')
/** Of another system's form: what is too long there is cut here, since a refusal would lose every alert of the body. */
const cutProse = z.string().overwrite(text => clean(text).trim().slice(0, COMMENT_LENGTH_MAX).toWellFormed())
/** The source's own name for a thing; with the token it names that thing for ever. */
const externalId = name(200)
/** A cause class of the rules, such as `ofd` or `link`; another word is taken as none. */
const causeClass = z.string().trim().max(64)

/** What a ticket or an alert is about: the narrowest that is given counts. */
export const inboundPlace = z.object({
  /** Serial of a register. */
  serial: name(64).optional(),
  /** Code of a terminal in the directory. */
  terminal: name(64).optional(),
  /** Code of a site in the directory. */
  site: name(64).optional(),
})
export type InboundPlace = z.infer<typeof inboundPlace>

const ALERT_SEVERITIES = ['stopped', 'critical', 'important', 'minor'] as const

/** POST /api/inbound/alerts: one fault as another monitoring system tells it. Answers with `inboundAnswer`. */
export const inboundAlert = z.object({
  id: externalId,
  status: z.enum(['firing', 'resolved']),
  item: inboundPlace.default({}),
  class: causeClass.optional(),
  /** May be left out when it is resolved. */
  title: z.string().overwrite(oneLine).trim().max(200).default(''),
  text: prose(COMMENT_LENGTH_MAX),
  severity: z.enum(ALERT_SEVERITIES).default('important'),
  /** When it began, or ended; by default now. */
  at: z.iso.datetime({ offset: true }).optional(),
})
export type InboundAlert = z.infer<typeof inboundAlert>

const words = z.record(z.string(), cutProse)
/** POST /api/inbound/alerts/alertmanager: the body of its webhook, version 4. Labels `serial`, `terminal`, `site`, `tillwatch_class` name the cause. */
export const alertmanagerBody = z.object({
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: words.default({}),
        annotations: words.default({}),
        startsAt: z.iso.datetime({ offset: true }),
        endsAt: z.iso.datetime({ offset: true }).optional(),
        fingerprint: externalId,
      }),
    )
    .max(ALERTS_PER_BODY_MAX),
})
export type AlertmanagerBody = z.infer<typeof alertmanagerBody>

/** Its export writes numbers, scripts that take its macros write them as text. */
const whole = (min: number, max: number) =>
  z
    .union([z.number(), z.string().regex(/^\d{1,20}$/)])
    .transform(Number)
    .pipe(z.number().int().min(min).max(max))
const eventId = z.union([z.string(), z.number().int().transform(String)]).pipe(z.string().regex(/^\d{1,20}$/))
/** POST /api/inbound/alerts/zabbix: an event in the form of its export to files. Tags `serial`, `terminal`, `site`, `tillwatch_class` name the cause. */
export const zabbixEvent = z.object({
  /** 1: a problem; 0: it is over. */
  value: whole(0, 1),
  eventid: eventId,
  /** The problem that a recovery ends. */
  p_eventid: eventId.optional(),
  /** Seconds since 1970. */
  clock: whole(0, 9_999_999_999),
  name: z.string().overwrite(oneLine).trim().max(2_048).default(''),
  /** 0 not classified, 1 information, 2 warning, 3 average, 4 high, 5 disaster. */
  severity: whole(0, 5).default(2),
  tags: z
    .array(z.object({ tag: z.string().max(255), value: z.string().max(255).overwrite(clean) }))
    .max(64)
    .default([]),
})
export type ZabbixEvent = z.infer<typeof zabbixEvent>

/** Ways by which a person's request reaches us. */
export const HUMAN_CHANNELS = ['phone', 'email', 'telegram', 'portal', 'mobile', 'web_form'] as const

/** POST /api/inbound/tickets (a token) and POST /api/tickets (support in the portal): what a person asked for. Answers with `inboundAnswer`. */
export const inboundTicket = z.object({
  id: externalId,
  channel: z.enum(HUMAN_CHANNELS),
  item: inboundPlace.default({}),
  /** Code of the client in the directory, when neither item nor site is known. */
  client: name(64).optional(),
  class: causeClass.optional(),
  type: incidentType.default('failure'),
  title: name(200),
  text: prose(COMMENT_LENGTH_MAX),
  priority: priority.default(3),
  /** Only what is needed to answer. */
  author: z.object({ name: prose(100), contact: prose(100) }).default({ name: '', contact: '' }),
})
export type InboundTicket = z.infer<typeof inboundTicket>

/** What became of an alert or a ticket. */
const INBOUND_OUTCOMES = ['opened', 'joined', 'repeated', 'solved', 'reopened', 'ignored'] as const
export const inboundAnswer = z.object({
  outcome: z.enum(INBOUND_OUTCOMES),
  /** Null when there is no incident: something unknown was resolved. */
  incidentId: z.string().nullable(),
  number: z.number().int().nullable(),
  /** False when nothing of that name stands in the directory; it is taken all the same. */
  placed: z.boolean(),
})
export type InboundAnswer = z.infer<typeof inboundAnswer>

export const TOKEN_SCOPES = ['monitor', 'tickets'] as const
export type TokenScope = (typeof TOKEN_SCOPES)[number]

/** POST /api/tokens answers with the secret, which is shown this once. DELETE /api/tokens/{id} revokes (204). */
export const newMachineToken = z.object({ name: name(100), scope: z.enum(TOKEN_SCOPES) })
export const machineTokenSecret = z.object({ id: z.string(), secret: z.string() })
/** GET /api/tokens answers with an array of these; administrators only. */
export const machineTokenRow = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(TOKEN_SCOPES),
  createdBy: z.string(),
  createdAt: apiInstant,
  usedAt: apiInstant.nullable(),
  revokedAt: apiInstant.nullable(),
})
export type MachineTokenRow = z.infer<typeof machineTokenRow>

/** Another incident of the same cause, as the page of an incident shows it. */
export const causeLink = incidentLink.extend({
  /** linked: they live and end together; proposed: a person decides. */
  state: z.enum(['linked', 'proposed']),
})
export type CauseLink = z.infer<typeof causeLink>
/** GET /api/incidents/{id}/links: incidents of the same cause, and who asked for this one when a person did. */
export const incidentLinks = z.object({
  links: z.array(causeLink),
  author: z.object({ name: z.string().nullable(), contact: z.string().nullable() }).nullable(),
})
export type IncidentLinks = z.infer<typeof incidentLinks>

/** POST /api/incidents/{id}/links: support's word on a proposed link. Answers 204. */
export const linkDecision = z.object({ otherId: z.string().max(64), decision: z.enum(['linked', 'rejected']) })
