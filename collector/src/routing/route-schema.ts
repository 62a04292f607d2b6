import { OWN_TENANT } from '@tillwatch/rules'
import { incidentCategory, incidentKind, incidentSource } from '@tillwatch/shared/api'
import { z } from 'zod'

/** Most routes of one file. */
const ROUTES_MAX = 256
const word = z.string().trim().min(1).max(200)
/** One value or several, any of which will do. */
const anyOf = <T extends z.ZodType>(value: T) =>
  z.union([value.transform(one => [one]), z.array(value).min(1).max(64)]) as z.ZodType<readonly z.output<T>[], unknown>

const level = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])

const routeSchema = z.strictObject({
  /** Named on pages and beside what was sent. */
  name: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u, 'letters, digits, space, . _ -; at most 64'),
  /** Which incidents it takes; what is left out narrows nothing. */
  for: z
    .strictObject({
      /** Codes of the directory. */
      client: anyOf(word).optional(),
      site: anyOf(word).optional(),
      priority: anyOf(level).optional(),
      cause: anyOf(word).optional(),
      category: anyOf(incidentCategory).optional(),
      kind: anyOf(incidentKind).optional(),
      source: anyOf(incidentSource).optional(),
    })
    .prefault({}),
  desk: z.string().min(1).max(32),
  /** In the desk's own words; what is left out is as the desk's settings say. */
  place: z
    .strictObject({
      project: word.nullable().default(null),
      category: word.nullable().default(null),
      type: word.nullable().default(null),
      assignee: word.nullable().default(null),
      team: word.nullable().default(null),
      fields: z.record(z.string().min(1).max(100), z.string().max(1_000)).default({}),
    })
    .prefault({}),
  /** Writes down what would be sent, and sends nothing. */
  dry_run: z.boolean().default(false),
  /** Looks at the routes after it too, so that several desks hear of one incident. */
  continue: z.boolean().default(false),
})
export type Route = z.infer<typeof routeSchema>

/** A file of routes: which of one tenant's incidents goes to which desk, and where in it. */
export const routesSchema = z.strictObject({
  tenant: z.string().min(1).max(64).default(OWN_TENANT),
  routes: z.array(routeSchema).max(ROUTES_MAX),
})
