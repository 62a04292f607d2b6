import { z } from 'zod'
import { apiInstant, bilingual, pageQuery } from './problem.ts'

const promise = z.object({
  limitMs: z.number(),
  usedMs: z.number(),
  /** Whole percent of the limit, rounded down. */
  percent: z.number().int(),
  /** When the limit ends or ended; while the clock stands, as if it went on now. Null when it was kept. */
  limitAt: apiInstant.nullable(),
  /** When it was done. */
  at: apiInstant.nullable(),
  /** Null while it may still be kept. */
  met: z.boolean().nullable(),
})

/** What was agreed for one incident and how it stands. */
export const incidentSla = z.object({
  policy: z.object({ id: z.string(), title: bilingual, calendar: bilingual }),
  /** Why this policy and no other: by the contract, by the client … */
  chosenBy: bilingual,
  contract: z.string().nullable(),
  reaction: promise.extend({ targetAt: apiInstant.nullable(), targetMet: z.boolean().nullable() }),
  /** `counts` is false when a milestone stands for the solution. */
  solution: promise.extend({ counts: z.boolean() }),
  /** Both kept; null while that is open. */
  met: z.boolean().nullable(),
  /** True while the time of solution is being used: somebody should be working on it. */
  running: z.boolean(),
  /** Why the clock stands, in words; empty while it runs. */
  paused: z.array(bilingual),
  /** Whom the clocks have called, and what for. */
  marks: z.array(z.object({ name: bilingual, at: apiInstant, how: z.enum(['called', 'passed_over', 'withdrawn']) })),
  next: z.object({ name: bilingual, at: apiInstant }).nullable(),
})
export type IncidentSla = z.infer<typeof incidentSla>

const slaLimit = z.object({ targetMs: z.number().nullable(), limitMs: z.number(), calendar: z.string() })

/** GET /api/agreements: policies and calendars in force, and what is to be put right about them. POST /api/agreements/reload reads the files anew. */
export const agreementsView = z.object({
  loadedAt: apiInstant,
  policies: z.array(
    z.object({
      id: z.string(),
      title: bilingual,
      calendar: z.string(),
      /** For whom it is meant, in words; empty: only for contracts that name it. */
      scope: z.array(bilingual),
      rows: z.array(
        z.object({
          /** `1` to `4`, `mass`, `critical`. */
          row: z.string(),
          reaction: slaLimit,
          /** Null: a milestone stands for it. */
          solution: slaLimit.nullable(),
          milestones: z.array(z.object({ name: bilingual, limitMs: z.number(), calendar: z.string() })),
        }),
      ),
    }),
  ),
  calendars: z.array(
    z.object({
      id: z.string(),
      title: bilingual,
      /** IANA, or `site`. */
      zone: z.string(),
      /** What one day of a limit is worth. */
      dayMs: z.number(),
      hasHolidays: z.boolean(),
      /** Years whose holidays are loaded. */
      years: z.array(z.number().int()),
    }),
  ),
  /** Files that were refused, as `file:line:column path: reason`; what was in force goes on. */
  refused: z.array(z.string()),
  /** Years nobody has loaded, roles nobody holds, policies for one scope. */
  findings: z.array(bilingual),
})
export type AgreementsView = z.infer<typeof agreementsView>

export const NOTICE_STATES = ['waiting', 'sent', 'failed', 'no_channel', 'nobody', 'dropped'] as const

/** GET /api/notices?state=&after=&limit=: messages to people, the newest first. */
export const noticeQuery = pageQuery.extend({ state: z.enum(NOTICE_STATES).optional() })
export type NoticeQuery = z.infer<typeof noticeQuery>
export const noticeRow = z.object({
  id: z.string(),
  incidentId: z.string().nullable(),
  /** Whom it was for, and who stood in. */
  role: bilingual,
  via: bilingual.nullable(),
  name: z.string(),
  email: z.string(),
  subject: z.string(),
  state: z.enum(NOTICE_STATES),
  attempts: z.number().int(),
  lastError: z.string().nullable(),
  createdAt: apiInstant,
  /** When it is sent, or was. */
  at: apiInstant,
})
export type NoticeRow = z.infer<typeof noticeRow>
