import { z } from 'zod'
import { FACT_TEXT_LENGTH_MAX, FACTS_PER_ITEM_MAX, ITEMS_PER_MESSAGE_MAX } from '../limits.ts'

/** Rung of the ladder of sources that a fact came from, best first. `agent` and `collector` are facts about or derived by ourselves. */
export const SOURCES = ['register', 'driver_service', 'pos_api', 'log', 'ofd', 'host', 'agent', 'collector'] as const
export type Source = (typeof SOURCES)[number]

const WIRE_ITEM_KINDS = ['register', 'pc', 'volume', 'service'] as const
/** What agents speak of, and the site, which the collector makes of what it hears of its agents. */
export const ITEM_KINDS = [...WIRE_ITEM_KINDS, 'site'] as const
export type ItemKind = (typeof ITEM_KINDS)[number]

/** Instant by the sender's clock, ISO 8601 in UTC. */
export const instant = z.iso.datetime({ offset: false })

/** A value as it stands on the wire. */
export const factValue = z.union([
  z.string().max(FACT_TEXT_LENGTH_MAX),
  z.number(),
  z.boolean(),
  z.array(z.string().max(128)).max(64),
  z.null(),
])

/** A value that differs from its item in age or source, that could not be read (`reason`), or that has a vendor code beside it (`raw`). */
const factDetail = z.object({
  value: factValue,
  reason: z.string().max(200).optional(),
  raw: z.union([z.string().max(200), z.number()]).optional(),
  at: instant.optional(),
  source: z.enum(SOURCES).optional(),
})

/** A fact is its bare value, or the detailed form. */
export const wireFact = z.union([factValue, factDetail])
export type WireFact = z.infer<typeof wireFact>
export type WireFactDetail = z.infer<typeof factDetail>

/** One thing looked at: a register in its slot, the PC, one disk volume. `at` is the reading's time by the agent's clock. */
export const wireItem = z.object({
  kind: z.enum(WIRE_ITEM_KINDS),
  slot: z.string().min(1).max(64),
  id: z.string().min(1).max(64).nullable(),
  at: instant,
  source: z.enum(SOURCES),
  facts: z
    .record(z.string().max(64), wireFact)
    .refine(facts => Object.keys(facts).length <= FACTS_PER_ITEM_MAX, `at most ${FACTS_PER_ITEM_MAX} facts in an item`),
})
export type WireItem = z.infer<typeof wireItem>

export const telemetryBody = z.object({ items: z.array(wireItem).min(1).max(ITEMS_PER_MESSAGE_MAX) })
export type TelemetryBody = z.infer<typeof telemetryBody>

/** Something that happened at the agent, past tense: `outbox_set_aside`, `messages_dropped`, `clock_stepped`. */
export const eventBody = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]{2,48}$/),
  at: instant,
  details: z.record(z.string().max(64), factValue).default({}),
})
export type EventBody = z.infer<typeof eventBody>

/** The detailed form of any fact. */
export const detailOf = (fact: WireFact): WireFactDetail =>
  fact !== null && typeof fact === 'object' && !Array.isArray(fact) ? fact : { value: fact }
