import { z } from 'zod'
import { COMMENT_LENGTH_MAX } from '../limits.ts'
import { incidentStatus, priority } from './incident.ts'
import { apiInstant, bilingual, pageQuery } from './problem.ts'
import { linkKind, problemStatus } from './problem-status.ts'

const words = z.string().trim().max(COMMENT_LENGTH_MAX)
const said = words.min(1)
const name = z.string().trim().min(1).max(200)

/** Both ends belong to it; an end that is null is open. */
export const versionRange = z.strictObject({ from: name.max(64).nullable(), to: name.max(64).nullable() })
export type VersionRange = z.infer<typeof versionRange>

/** By what incidents of a problem are known. What is null says nothing; `checks` are rules, any of which may hold. */
export const problemSignature = z
  .strictObject({
    causeClass: z.string().max(40).nullable().default(null),
    checks: z.array(z.string().min(1).max(64)).max(16).default([]),
    model: name.nullable().default(null),
    firmware: versionRange.nullable().default(null),
    driver: versionRange.nullable().default(null),
    posApp: name.nullable().default(null),
    posVersion: versionRange.nullable().default(null),
    errorCode: name.nullable().default(null),
    ofd: name.nullable().default(null),
  })
  .refine(({ causeClass, checks }) => causeClass !== null || checks.length > 0, {
    error: 'name a class of causes or a check: otherwise it would fit every incident',
  })
export type ProblemSignature = z.infer<typeof problemSignature>

/** What GET /api/runbooks/{name} takes. */
export const runbookName = z.string().regex(/^[a-z][a-z_.]{0,63}$/)

const problemFields = z.strictObject({
  title: name,
  /** Code of the one client that it is about; null for the product. */
  clientCode: z.string().max(64).nullable(),
  signature: problemSignature.nullable(),
  rootCause: words,
  workaround: words,
  /** What a client may be told to do without support; empty when it is not safe. */
  clientHint: words,
  /** How to reproduce it, for the vendor. */
  steps: words,
  /** Name of a runbook, as the incidents name theirs. */
  runbook: runbookName.nullable(),
})

/** POST /api/problems answers with `problemView`. `incidentId`: the incident that it is made from, which gives the signature unless one is named. */
export const problemDraft = problemFields
  .partial()
  .required({ title: true })
  .extend({
    incidentId: z.string().max(64).optional(),
  })
export type ProblemDraft = z.infer<typeof problemDraft>

const measureFields = z.strictObject({ text: said, owner: name.max(64), dueOn: z.iso.date() })

/** POST /api/problems/{id}/actions answers with `problemView`. */
export const problemAction = z.discriminatedUnion('action', [
  problemFields.partial().extend({ action: z.literal('edit') }),
  z.strictObject({ action: z.literal('move'), status: problemStatus, reason: words.default('') }),
  z.strictObject({ action: z.literal('link'), incidentNumber: z.number().int().positive() }),
  z.strictObject({ action: z.literal('unlink'), incidentId: z.string().max(64) }),
  z.strictObject({ action: z.literal('note'), text: said }),
  /** `incidentId`: the incident whose review asks for it. */
  measureFields.extend({ action: z.literal('add_measure'), incidentId: z.string().max(64).optional() }),
  measureFields.partial().extend({ action: z.literal('change_measure'), measureId: z.string().max(64) }),
  z.strictObject({ action: z.literal('finish_measure'), measureId: z.string().max(64), done: z.boolean() }),
  z.strictObject({
    action: z.literal('review'),
    incidentId: z.string().max(64),
    summary: words,
    prevention: words,
    done: z.boolean(),
  }),
])
export type ProblemAction = z.infer<typeof problemAction>

/** GET /api/problems?status=&search=&known=&after=&limit= — `active`: not solved, closed or rejected; newest change first. */
export const problemQuery = pageQuery.extend({
  status: z.enum(['active', 'proposed', 'solved', 'rejected', 'all']).default('active'),
  search: z.string().trim().max(200).optional(),
  /** Only known errors: a documented root cause and a workaround. */
  known: z.stringbool().default(false),
})
export type ProblemQuery = z.infer<typeof problemQuery>

export const problemRow = z.object({
  id: z.string(),
  number: z.number().int(),
  title: bilingual,
  status: problemStatus,
  /** Name of the one client that it is about; null for the product. */
  client: z.string().nullable(),
  knownError: z.boolean(),
  incidents: z.number().int(),
  openIncidents: z.number().int(),
  openMeasures: z.number().int(),
  recurrences: z.number().int(),
  createdAt: apiInstant,
  changedAt: apiInstant,
})
export type ProblemRow = z.infer<typeof problemRow>

/** GET /api/measures?state=open|overdue|done — what was promised so that it does not happen again. */
export const measureQuery = z.object({ state: z.enum(['open', 'overdue', 'done']).default('open') })
export type MeasureQuery = z.infer<typeof measureQuery>
export const measureView = z.object({
  id: z.string(),
  problemId: z.string(),
  problemNumber: z.number().int(),
  problemTitle: bilingual,
  /** Number of the incident whose review asked for it. */
  incidentNumber: z.number().int().nullable(),
  text: z.string(),
  owner: z.string(),
  dueOn: z.iso.date(),
  overdue: z.boolean(),
  doneAt: apiInstant.nullable(),
  doneBy: z.string().nullable(),
})
export type MeasureView = z.infer<typeof measureView>

export const problemView = problemRow.extend({
  clientCode: z.string().nullable(),
  origin: z.enum(['proposal', 'review', 'person']),
  signature: problemSignature.nullable(),
  rootCause: z.string(),
  workaround: z.string(),
  clientHint: z.string(),
  steps: z.string(),
  runbook: z.string().nullable(),
  recurredAt: apiInstant.nullable(),
  solvedAt: apiInstant.nullable(),
  createdBy: z.string(),
  /** Where it may go from here. */
  nextStatuses: z.array(problemStatus),
  /** The newest ones; `incidents` counts them all. */
  linked: z.array(
    z.object({
      id: z.string(),
      number: z.number().int(),
      title: bilingual,
      status: incidentStatus,
      priority,
      site: z.string().nullable(),
      openedAt: apiInstant,
      how: linkKind,
    }),
  ),
  measures: z.array(measureView),
  reviews: z.array(
    z.object({
      incidentId: z.string(),
      incidentNumber: z.number().int(),
      incidentTitle: bilingual,
      reason: z.enum(['mass', 'critical']),
      /** The service works again, or a workaround was accepted; until then the form is closed. */
      unlocked: z.boolean(),
      summary: z.string(),
      prevention: z.string(),
      doneAt: apiInstant.nullable(),
      doneBy: z.string().nullable(),
    }),
  ),
  entries: z.array(z.object({ id: z.string(), at: apiInstant, actor: z.string(), text: bilingual })),
})
export type ProblemView = z.infer<typeof problemView>
