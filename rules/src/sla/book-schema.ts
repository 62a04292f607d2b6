import { RESPONSIBLE_ROLES } from '@tillwatch/shared/api'
import { z } from 'zod'
import { parseHours } from '../calendar/parse-hours.ts'
import { DEFAULT_ZONE, dayOfDate, isZone } from '../calendar/zone.ts'
import { DEFAULT_MARKS, HOLDS, MILESTONES } from './policy.ts'
import { SITE_ZONE } from './working-calendar.ts'

const id = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'small Latin letters, digits, dot, hyphen; at most 64')
const bilingual = z.strictObject({ ru: z.string().min(1), en: z.string().min(1) })
const date = z
  .string()
  .refine(text => /^\d{4}-\d{2}-\d{2}$/.test(text) && dayOfDate(text) !== null, 'expected a date as 2026-05-11')
const zone = z
  .string()
  .refine(text => text === SITE_ZONE || isZone(text), 'expected an IANA time zone such as Europe/Moscow, or site')
const hours = z.string().refine(text => parseHours(text).ok, 'expected hours such as "Mo-Fr 09:00-18:00" or "24/7"')

const year = z.strictObject({
  moved: z.array(z.strictObject({ from: date, to: date })).default([]),
  off: z.array(date).default([]),
  short: z.array(date).default([]),
})
const holidays = z.strictObject({
  id,
  fixed: z.array(z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'expected a day of the year as 05-09')),
  years: z.record(z.string().regex(/^\d{4}$/, 'expected a year'), year).default({}),
})
const calendar = z.strictObject({
  id,
  title: bilingual,
  hours,
  zone: zone.default(DEFAULT_ZONE),
  holidays: id.optional(),
})

/** A file of working calendars and the holidays that they follow. */
export const calendarFile = z.strictObject({
  holidays: z.array(holidays).default([]),
  calendars: z.array(calendar).default([]),
})
export type CalendarFile = z.infer<typeof calendarFile>

const LIMIT = /^(\d+(?:\.\d+)?)(m|h|d)$/
const limit = z.string().regex(LIMIT, 'expected a time such as 15m, 8h or 5d')

/** Milliseconds of a time as policies and contracts write it; `dayMs` is what one `d` is worth. Null when it is none. */
export function parseLimit(text: string, dayMs: number): number | null {
  const match = LIMIT.exec(text)
  if (!match) return null
  const unit = match[2] === 'd' ? dayMs : match[2] === 'h' ? 3_600_000 : 60_000
  // Calendar minutes, so that two ways of writing one limit are the same limit.
  return Math.round((Number(match[1]) * unit) / 60_000) * 60_000
}

const row = z.strictObject({
  reaction: z.union([limit, z.strictObject({ target: limit.optional(), limit, calendar: id.optional() })], {
    error: 'expected a time such as 3h, or { target: 15m, limit: 3h }',
  }),
  solution: z
    .union([limit, z.strictObject({ limit, calendar: id.optional() })], {
      error: 'expected a time such as 8h, or { limit: 30d, calendar: 24x7 }',
    })
    .optional(),
  milestones: z
    .array(z.strictObject({ event: z.enum(MILESTONES), within: limit, calendar: id.optional() }))
    .max(8)
    .default([]),
})
export type RowSource = z.infer<typeof row>

const mark = z.strictObject({
  clock: z.enum(['reaction', 'solution']),
  at: z.number().int().min(1).max(1000),
  /** Percent for sites of class A. */
  at_class_a: z.number().int().min(1).max(1000).optional(),
  calls: z.array(z.enum(RESPONSIBLE_ROLES)).max(8),
  /** Functional escalation: the incident goes one line up. */
  raises_line: z.boolean().default(false),
})

const policy = z.strictObject({
  id,
  title: bilingual,
  calendar: id,
  rows: z.strictObject({ 1: row, 2: row, 3: row, 4: row, mass: row.optional(), critical: row.optional() }),
  /** What stops the solution clock besides agreed windows and work orders. */
  pauses: z.array(z.enum(HOLDS).extract(['waiting', 'third_party'])).default(['waiting']),
  marks: z
    .array(mark)
    .max(32)
    .default(() => [...DEFAULT_MARKS]),
  scope: z
    .array(
      z.union(
        [
          z.strictObject({ contract: z.string().min(1), service: z.string().min(1).optional() }),
          z.strictObject({ client: z.string().min(1), service: z.string().min(1).optional() }),
          z.strictObject({ site_class: z.enum(['A', 'B', 'C']) }),
          z.strictObject({ default: z.literal(true) }),
        ],
        { error: 'expected one of: contract (+ service), client (+ service), site_class, default: true' },
      ),
    )
    .max(1000)
    .default([]),
})
export type PolicySource = z.infer<typeof policy>

/** A file of service level policies. */
export const policyFile = z.strictObject({ policies: z.array(policy).min(1) })
