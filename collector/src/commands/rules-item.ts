import { type ItemView, isZone, type PackSource, parseHours } from '@tillwatch/rules'
import { AppError, type EpochMs, ITEM_KINDS, messageOf, SOURCES } from '@tillwatch/shared'
import { z } from 'zod'

const moment = z.union([z.number(), z.iso.datetime({ offset: true }).transform(text => Date.parse(text))])
const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()])
const detail = z.strictObject({
  value,
  at: moment.optional(),
  receivedAt: moment.optional(),
  source: z.enum(SOURCES).default('register'),
  reason: z.string().optional(),
  raw: z.union([z.string(), z.number()]).optional(),
})
const intervals = z.array(z.string())
const hours = z.union([
  z.string(),
  z.strictObject({
    week: z.strictObject({
      1: intervals,
      2: intervals,
      3: intervals,
      4: intervals,
      5: intervals,
      6: intervals,
      7: intervals,
    }),
    days: z.record(z.string(), intervals).optional(),
  }),
])
const site = z.object({
  id: z.string().default('site'),
  timezone: z.string().refine(isZone, 'expected an IANA time zone such as Europe/Moscow'),
  hours: hours.nullable().default(null),
  class: z.enum(['A', 'B', 'C']).nullable().default(null),
  clientSites: z.number().int().default(1),
})
const itemSchema = z.object({
  id: z.string().default('item'),
  kind: z.enum(ITEM_KINDS),
  facts: z.record(z.string(), z.union([value, detail])),
  site: site.nullable().default(null),
  presence: z.object({ lastHeardAt: moment, collectorStartedAt: moment }).nullable().default(null),
  replacementUntil: moment.nullable().default(null),
  spare: z.boolean().default(false),
})

const NEXT_STEP =
  'Expected {"kind":"register","facts":{"fiscal.fn.valid_until":"2026-12-14"},"site":{"timezone":"Europe/Moscow","hours":"10:00-23:00"}}.'

/**
 * One item from JSON, as the engine sees it. A bare fact counts as read at `now`; opening hours may be written as
 * people write them. Error: `item.invalid` with the place of the fault.
 */
export function readItem({ file, text }: PackSource, now: EpochMs): ItemView {
  const invalid = (reason: string) => new AppError('item.invalid', `${file}: ${reason}.`, { nextStep: NEXT_STEP })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (thrown) {
    throw invalid(`not JSON: ${messageOf(thrown)}`)
  }
  const parsed = itemSchema.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw invalid(`${issue?.path.join('.') || 'item'}: ${issue?.message}`)
  }
  const { facts, site: place, ...rest } = parsed.data
  return {
    ...rest,
    facts: Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, factOf(fact, now)])),
    site: place && { ...place, hours: hoursOf(place.hours) },
  }
}

function factOf(fact: z.infer<typeof value> | z.infer<typeof detail>, now: EpochMs): ItemView['facts'][string] {
  const full =
    fact !== null && typeof fact === 'object' && !Array.isArray(fact)
      ? fact
      : { value: fact, source: 'register' as const }
  const at = ('at' in full ? full.at : undefined) ?? now
  return {
    value: full.value,
    at,
    receivedAt: ('receivedAt' in full ? full.receivedAt : undefined) ?? at,
    source: full.source,
    ...('reason' in full && full.reason !== undefined ? { reason: full.reason } : {}),
    ...('raw' in full && full.raw !== undefined ? { raw: full.raw } : {}),
  }
}

function hoursOf(given: z.infer<typeof hours> | null): NonNullable<ItemView['site']>['hours'] {
  if (given === null) return null
  if (typeof given !== 'string') return given.days ? { week: given.week, days: given.days } : { week: given.week }
  const parsed = parseHours(given)
  if (!parsed.ok) throw parsed.error
  return parsed.value
}
