import { z } from 'zod'
import { apiInstant, bilingual, pageQuery } from './problem.ts'

export const timeToStop = z.object({
  at: apiInstant,
  reason: z.enum(['fn_date', 'fn_documents', 'fn_key_flag', 'ofd_lock', 'shift_lock', 'disk_full', 'stopped']),
  confidence: z.enum(['high', 'medium', 'low']),
  text: bilingual,
})

/** Traffic light of a row: red = stopped or priority 1–2, yellow = any other open incident, grey = nothing known or not heard of lately, green otherwise. */
export const HEALTHS = ['red', 'yellow', 'green', 'grey'] as const
export const health = z.enum(HEALTHS)

/** Query of GET /api/fleet, which answers with a page of `fleetRow`. */
export const fleetQuery = pageQuery.extend({
  search: z.string().trim().max(200).optional(),
  health: health.optional(),
})
export type FleetQuery = z.infer<typeof fleetQuery>

/** One register (or a terminal without one) in the fleet list. GET /api/fleet?search=&health=&after=&limit= sorted by time to stop, then health, then name. */
export const fleetRow = z.object({
  itemId: z.string().nullable(),
  terminal: z.object({ code: z.string(), name: z.string() }).nullable(),
  agentId: z.string(),
  agentState: z.enum(['online', 'offline', 'never']),
  site: z.object({ code: z.string(), name: z.string(), address: z.string(), timezone: z.string() }).nullable(),
  client: z.string().nullable(),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  health,
  timeToStop: timeToStop.nullable(),
  /** The earliest of all registers of the site, this one included. */
  siteTimeToStop: timeToStop.nullable(),
  link: z.string().nullable(),
  unsentDocuments: z.number().nullable(),
  firstUnsentAt: z.string().nullable(),
  fnValidUntil: z.string().nullable(),
  incidents: z.number().int(),
  heardAt: apiInstant.nullable(),
})
export type FleetRow = z.infer<typeof fleetRow>

export const factView = z.object({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]),
  reason: z.string().optional(),
  raw: z.union([z.string(), z.number()]).optional(),
  source: z.string(),
  at: apiInstant,
  /** True when older than its item should be; the page says so. */
  stale: z.boolean(),
})

export type FactView = z.infer<typeof factView>

/** GET /api/terminals/{agentId} */
export const terminalView = z.object({
  agentId: z.string(),
  agentState: z.enum(['online', 'offline', 'never']),
  heardAt: apiInstant.nullable(),
  terminal: z.object({ code: z.string(), name: z.string() }).nullable(),
  site: z
    .object({
      code: z.string(),
      name: z.string(),
      address: z.string(),
      timezone: z.string(),
      hours: z.string().nullable(),
      class: z.string().nullable(),
      contact: z.string().nullable(),
      access: z.string().nullable(),
    })
    .nullable(),
  client: z.string().nullable(),
  /** What of the directory does not fit what its registers tell. */
  remarks: z.array(bilingual),
  items: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['register', 'pc', 'volume', 'service']),
      slot: z.string(),
      title: z.string(),
      health,
      timeToStop: timeToStop.nullable(),
      replacementUntil: apiInstant.nullable(),
      facts: z.array(factView),
      conditions: z.array(z.object({ rule: z.string(), level: z.string(), since: apiInstant, title: bilingual })),
    }),
  ),
  incidentIds: z.array(z.string()),
  changes: z.array(z.object({ itemId: z.string(), fact: z.string(), value: factView.shape.value, at: apiInstant })),
})
export type TerminalView = z.infer<typeof terminalView>

/** GET /api/items/{itemId}/series?fact=&from=&to=&points= */
export const seriesQuery = z.object({
  fact: z.string().max(64),
  from: apiInstant,
  to: apiInstant,
  /** At most this many points; the server thins out by buckets (mean, min, max). */
  points: z.coerce.number().int().min(10).max(2000).default(500),
})
export const seriesView = z.object({
  fact: z.string(),
  points: z.array(z.object({ at: apiInstant, mean: z.number(), min: z.number(), max: z.number() })),
})

/** POST /api/items/{itemId}/replacement (204): "replacement in progress until"; null ends it. */
export const replacementMark = z.object({ until: apiInstant.nullable() })

/** GET /api/summary: counts for the head of the page. */
export const fleetSummary = z.object({
  health: z.record(health, z.number().int()),
  openIncidents: z.object({ p1: z.number().int(), p2: z.number().int(), p3: z.number().int(), p4: z.number().int() }),
  agents: z.object({ online: z.number().int(), offline: z.number().int(), never: z.number().int() }),
  collector: z.object({ version: z.string(), startedAt: apiInstant }),
})

export type FleetSummary = z.infer<typeof fleetSummary>

/** GET /api/live (server-sent events, JSON in `data`, no `event` name): a topic and the id that changed; the page asks again for what it shows. */
export const liveEvent = z.discriminatedUnion('topic', [
  z.object({ topic: z.literal('item'), id: z.string(), agentId: z.string() }),
  z.object({ topic: z.literal('incident'), id: z.string() }),
  z.object({ topic: z.literal('agent'), id: z.string() }),
  z.object({ topic: z.literal('delivery'), id: z.string() }),
])
export type LiveEvent = z.infer<typeof liveEvent>
