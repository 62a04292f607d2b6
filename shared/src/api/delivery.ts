import { z } from 'zod'
import { DELIVERY_STATES, incidentCategory, incidentKind, incidentSource, priority } from './incident.ts'
import { apiInstant, bilingual, pageQuery } from './problem.ts'

/** GET /api/desks/{name}/deliveries, the newest first. */
export const deliveryQuery = pageQuery.extend({ state: z.enum(DELIVERY_STATES).optional() })
export type DeliveryQuery = z.infer<typeof deliveryQuery>

/** One message to one desk. */
export const deliveryRow = z.object({
  id: z.string(),
  incident: z.object({ id: z.string(), number: z.number().int() }).nullable(),
  /** What it tells: `open`, `comment`, `priority`, `solve`, `reopen` and the like. */
  kind: z.string(),
  title: bilingual,
  priority,
  state: z.enum(DELIVERY_STATES),
  attempts: z.number().int(),
  lastError: z.string().nullable(),
  /** Name of the route that chose the desk; null where every desk hears. */
  route: z.string().nullable(),
  /** True for a message that stands in for another desk, which takes nothing. */
  detour: z.boolean(),
  /** When another desk was told because this one had not taken it. */
  toldElsewhereAt: apiInstant.nullable(),
  createdAt: apiInstant,
  /** When it is tried next, for one that waits. */
  nextAt: apiInstant.nullable(),
  settledAt: apiInstant.nullable(),
  /** What would have been sent; for a dry run alone. */
  text: bilingual.nullable(),
})
export type DeliveryRow = z.infer<typeof deliveryRow>

/** A place in a desk, in its own words; null: as the settings of the desk say. */
const placement = z.object({
  project: z.string().nullable(),
  category: z.string().nullable(),
  type: z.string().nullable(),
  assignee: z.string().nullable(),
  team: z.string().nullable(),
  fields: z.record(z.string(), z.string()),
})

/** GET /api/routes: which of the tenant's incidents go where, in the order in which the routes are asked. */
export const routesView = z.object({
  loadedAt: apiInstant,
  /** Empty: every desk of the tenant hears of everything, or, where `isSilent`, none of anything. */
  routes: z.array(
    z.object({
      name: z.string(),
      desk: z.string(),
      dryRun: z.boolean(),
      /** The routes after it are asked too. */
      goesOn: z.boolean(),
      /** What narrows it; what is left out narrows nothing. */
      wanted: z.object({
        client: z.array(z.string()).readonly().optional(),
        site: z.array(z.string()).readonly().optional(),
        priority: z.array(priority).readonly().optional(),
        cause: z.array(z.string()).readonly().optional(),
        category: z.array(incidentCategory).readonly().optional(),
        kind: z.array(incidentKind).readonly().optional(),
        source: z.array(incidentSource).readonly().optional(),
      }),
      place: placement,
    }),
  ),
  /** What is wrong with the files on the disk, for the tenant whose installation it is: until it is put right, the routes above go on. */
  problems: z.array(
    z.object({
      file: z.string(),
      line: z.number().int(),
      column: z.number().int(),
      path: z.string(),
      reason: bilingual,
    }),
  ),
  /** There are files, and none was ever taken: no desk hears of new incidents until they are put right. */
  isSilent: z.boolean(),
  /** Routes that are right and yet name what the directory does not know. */
  remarks: z.array(z.object({ route: z.string(), text: bilingual })),
})
export type RoutesView = z.infer<typeof routesView>
