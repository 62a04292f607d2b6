import { ITEM_KINDS } from '@tillwatch/shared'
import { z } from 'zod'
import { parseHours } from '../calendar/parse-hours.ts'
import { isZone } from '../calendar/zone.ts'
import { parseDuration } from '../duration.ts'
import { LEVELS, type OpeningHours } from '../model.ts'

const offset = z
  .string()
  .refine(text => parseDuration(text) !== null, 'expected a time from the start such as 0m, 90m or 3d')
  .transform(text => parseDuration(text) ?? 0)

const hours = z.string().transform((text, context): OpeningHours => {
  const parsed = parseHours(text)
  if (parsed.ok) return parsed.value
  context.addIssue({ code: 'custom', message: parsed.error.message })
  return z.NEVER
})

const site = z.strictObject({
  timezone: z.string().refine(isZone, 'expected an IANA time zone such as Europe/Moscow').default('Europe/Moscow'),
  /** Null or absent: the passport has none. */
  hours: hours.nullable().default(null),
  class: z.enum(['A', 'B', 'C']).nullable().default(null),
  client_sites: z.number().int().positive().default(1),
  /** The launch of a new outlet ends then. */
  launch_until: offset.nullable().default(null),
})

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])
/** A value, a device that could not tell (`unknown: reason`), or a value that is legitimately empty (`null`). */
const fact = z.union([value, z.null(), z.strictObject({ unknown: z.string() })])

const step = z.strictObject({
  at: offset,
  facts: z.record(z.string(), fact).default({}),
  /** False: from here on nothing is read any more, facts grow old. True: reading goes on. */
  alive: z.boolean().optional(),
  /** Facts that are not read any more from here on, while the others are. */
  unread: z.array(z.string()).default([]),
  replacement_until: offset.nullable().optional(),
  spare: z.boolean().optional(),
})

const expected = z.strictObject({
  rule: z.string(),
  level: z.enum(LEVELS),
  stop: z.enum(['none', 'imminent', 'stopped']).default('none'),
  /** Part of the title in either language. */
  title: z.string().optional(),
  /** Part of the explanation in either language. */
  explanation: z.string().optional(),
})

const expectation = z.strictObject({
  at: offset,
  /** All conditions that hold then, and no others. */
  conditions: z.array(expected).default([]),
  /** Rules that must be unjudged then. */
  unjudged: z.array(z.string()).default([]),
  /** Priority of everything that holds then. */
  priority: z.number().int().min(1).max(4).optional(),
})

const testCase = z.strictObject({
  name: z.string().min(1),
  item: z.enum(ITEM_KINDS),
  site: site
    .nullable()
    .default({ timezone: 'Europe/Moscow', hours: null, class: null, client_sites: 1, launch_until: null }),
  start: z.iso.datetime({ offset: true }),
  series: z.array(step).min(1),
  expect: z.array(expectation).min(1),
})
export type TestCase = z.infer<typeof testCase>
export type Step = z.infer<typeof step>
export type Expectation = z.infer<typeof expectation>

/** A file of cases. */
export const casesSchema = z.strictObject({ cases: z.array(testCase).min(1) })
