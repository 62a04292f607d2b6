import { FACT_NAMES, ITEM_KINDS } from '@tillwatch/shared'
import { z } from 'zod'
import { parseDuration } from '../duration.ts'
import { CATEGORIES, CAUSE_CLASSES, TICKET_TYPES } from '../model.ts'

/** Steps of a rule from mild to worst. `imminent` and `stopped` are level `critical` with a stop (domain section 5). */
export const STAGES = ['minor', 'important', 'critical', 'imminent', 'stopped'] as const
export type Stage = (typeof STAGES)[number]

const bilingual = z.strictObject({ ru: z.string().min(1), en: z.string().min(1) })
const factName = z.enum(FACT_NAMES as [string, ...string[]], 'expected the name of a fact from the dictionary')
const expression = z.string().min(1)
const duration = z
  .string()
  .refine(text => parseDuration(text) !== null, 'expected a duration such as 30s, 5m, 2h or 1d')
  .transform(text => parseDuration(text) ?? 0)
const timeUnit = z.enum(['minutes', 'hours', 'days'])
const clock = z.enum(['wall', 'opening'])
const described = { label: bilingual, otherwise: z.number().optional() }

/** Minutes of the day. */
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as 09:00')
  .transform(text => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))

/** A number that a rule looks at. */
const measure = z.union(
  [
    z.strictObject({ of: expression, unit: z.enum(['percent', 'count', 'minutes', 'hours', 'days']), ...described }),
    z.strictObject({
      age_of: factName.or(z.enum(['presence', 'last_heard'])),
      in: timeUnit,
      clock: clock.default('wall'),
      ...described,
    }),
    z.strictObject({ days_left: factName, ...described }),
    z.strictObject({ lasting: clock, in: timeUnit, ...described }),
    z.strictObject({ missed_days_of: z.literal('presence'), ...described }),
    z.strictObject({ read_age_of: factName, in: timeUnit, ...described }),
    z.strictObject({ opening_days_since: factName, counted_at: timeOfDay.default(0), ...described }),
  ],
  'expected one of: of + unit, age_of + in, days_left, lasting + in, missed_days_of, read_age_of + in, opening_days_since; each with a label in ru and en',
)
export type MeasureSource = z.infer<typeof measure>

const stage = z.strictObject({
  set: expression,
  clear: expression.optional(),
  hold: duration.optional(),
  title: bilingual.optional(),
})
const stages = z
  .strictObject({ minor: stage, important: stage, critical: stage, imminent: stage, stopped: stage })
  .partial()
  .refine(levels => Object.keys(levels).length > 0, 'expected at least one level')

const rule = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/, 'expected lower-case words joined by dots, such as ofd.queue_age'),
  item: z.enum(ITEM_KINDS),
  class: z.enum(CAUSE_CLASSES),
  category: z.enum(CATEGORIES).optional(),
  type: z.enum(TICKET_TYPES).default('failure'),
  subject: factName.optional(),
  needs: z.array(factName),
  assume: z.partialRecord(factName, z.union([z.string(), z.number(), z.boolean()])).default({}),
  fresh: z.array(factName).default([]),
  when: expression.optional(),
  idle: bilingual.optional(),
  measures: z.record(z.string().regex(/^[a-z][a-z_]*$/), measure).default({}),
  stale: z.enum(['judge', 'grow', 'skip']).default('judge'),
  hold: duration.default(0),
  clear_hold: duration.optional(),
  on_site_workaround: z.boolean().default(false),
  title: bilingual,
  expected: bilingual,
  component: bilingual,
  runbook: z.string().optional(),
  levels: stages,
})
export type RuleSource = z.infer<typeof rule>

const code = z.string().min(1).max(64)
/** Whom a file is for: codes of the directory. A client and a site without a tenant are the installation's own. */
const audience = z
  .strictObject({ tenant: code, client: code, site: code })
  .partial()
  .refine(
    ({ tenant, client, site }) => (tenant ?? client ?? site) !== undefined,
    'expected a tenant, a client or a site',
  )
  .optional()

/** A file of rules. */
export const packSchema = z.strictObject({ for: audience, rules: z.array(rule).min(1) })
export type PackContent = z.infer<typeof packSchema>

const stageChange = z.strictObject({
  set: expression.optional(),
  clear: expression.optional(),
  hold: duration.optional(),
})
const ruleChange = z.strictObject({
  hold: duration.optional(),
  clear_hold: duration.optional(),
  levels: z
    .strictObject({
      minor: stageChange,
      important: stageChange,
      critical: stageChange,
      imminent: stageChange,
      stopped: stageChange,
    })
    .partial()
    .default({}),
})
/** A file that changes thresholds and holds of rules that exist, by their id. */
export const overrideSchema = z.strictObject({ for: audience, overrides: z.record(z.string(), ruleChange) })
export type OverrideContent = z.infer<typeof overrideSchema>
