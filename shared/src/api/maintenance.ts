import { z } from 'zod'
import { MAINTENANCE_REASON_MAX } from '../limits.ts'
import { apiInstant } from './problem.ts'

export const MAINTENANCE_SCOPES = ['tenant', 'client', 'site', 'item'] as const
export type MaintenanceScope = (typeof MAINTENANCE_SCOPES)[number]
/** Who opened it: a person, or the mark of a drive replacement. */
export const MAINTENANCE_SOURCES = ['person', 'replacement'] as const
export type MaintenanceSource = (typeof MAINTENANCE_SOURCES)[number]

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time as HH:mm')
/** The same hours on some weekdays (1 = Monday), local time of each site; an end at or before the start is on the next day. */
export const weeklyHours = z.object({
  days: z
    .array(z.number().int().min(1).max(7))
    .min(1)
    .max(7)
    .refine(days => new Set(days).size === days.length, 'each weekday once'),
  from: timeOfDay,
  to: timeOfDay,
})
export type WeeklyHours = z.infer<typeof weeklyHours>

/** What a window is about: everything of the tenant, or a client, a site (by their codes), an item (a PC stands for all that is on it). */
const scopeOfWindow = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tenant') }),
  z.object({ kind: z.literal('client'), id: z.string().min(1).max(64) }),
  z.object({ kind: z.literal('site'), id: z.string().min(1).max(64) }),
  z.object({ kind: z.literal('item'), id: z.string().min(1).max(300) }),
])

/** POST /api/maintenance answers with the new `maintenanceWindow`. Without `weekly` it needs an end. */
export const maintenanceDraft = z
  .object({
    scope: scopeOfWindow,
    /** A rule (`ofd.queue_age`) or a cause class (`ofd`); null: everything. */
    check: z
      .string()
      .trim()
      .regex(/^[a-z][a-z0-9_.]{0,63}$/, 'a rule or a cause class')
      .nullable()
      .default(null),
    startsAt: apiInstant,
    endsAt: apiInstant.nullable(),
    weekly: weeklyHours.nullable().default(null),
    reason: z.string().trim().min(1).max(MAINTENANCE_REASON_MAX),
    agreed: z.boolean().default(false),
  })
  .refine(({ endsAt, weekly }) => endsAt !== null || weekly !== null, {
    path: ['endsAt'],
    message: 'a window that does not recur needs an end',
  })
  .refine(({ startsAt, endsAt }) => endsAt === null || Date.parse(endsAt) > Date.parse(startsAt), {
    path: ['endsAt'],
    message: 'the end lies before the start',
  })
export type MaintenanceDraft = z.infer<typeof maintenanceDraft>

export const maintenanceWindow = z.object({
  id: z.string(),
  scope: z.object({ kind: z.enum(MAINTENANCE_SCOPES), id: z.string(), name: z.string() }),
  check: z.string().nullable(),
  startsAt: apiInstant,
  endsAt: apiInstant.nullable(),
  weekly: weeklyHours.nullable(),
  reason: z.string(),
  author: z.string(),
  agreed: z.boolean(),
  source: z.enum(MAINTENANCE_SOURCES),
  endedAt: apiInstant.nullable(),
  endedBy: z.string().nullable(),
  /** `on` and `waiting` are still to be reckoned with; a window that differs by zones is on while it is on anywhere. */
  state: z.enum(['on', 'waiting', 'over']),
  /** When the present state ends; null: not in sight. */
  until: apiInstant.nullable(),
})
export type MaintenanceWindowView = z.infer<typeof maintenanceWindow>

/** GET /api/maintenance?all=true: what is on or still to come, with `all` also the latest that are over; an array of `maintenanceWindow`. */
export const maintenanceQuery = z.object({ all: z.stringbool().default(false) })

/** GET /api/terminals/{agentId}/maintenance: the windows that are on there now, an array of `maintenanceWindow`. */
