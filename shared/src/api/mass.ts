import { z } from 'zod'
import { incidentStatus, priority } from './incident.ts'
import { apiInstant, bilingual } from './problem.ts'

/** What the affected have in common. */
export const MASS_KEY_KINDS = [
  'site',
  'client',
  'provider',
  'subnet',
  'city',
  'region',
  'ofd',
  'firmware',
  'driver',
  'pos',
  'agent_version',
  'antivirus_day',
] as const
export type MassKeyKind = (typeof MASS_KEY_KINDS)[number]

/** GET /api/incidents/{id}/mass: what a mass incident holds together; 404 `incident.not_mass` for any other. */
export const massView = z.object({
  key: z.object({ kind: z.enum(MASS_KEY_KINDS), value: z.string(), words: bilingual }),
  memberKind: z.enum(['register', 'pc']),
  /** Now, at the worst moment, and how many share the key and are in contact. */
  affected: z.number().int(),
  peak: z.number().int(),
  live: z.number().int(),
  /** Since when fewer than a fifth of the peak are affected. */
  belowSince: apiInstant.nullable(),
  /** Other service companies on this server see the same outage. */
  wider: z.boolean(),
  /** Its incidents by site, the worst site first; at most 200 sites. */
  sites: z.array(
    z.object({
      code: z.string().nullable(),
      name: z.string().nullable(),
      client: z.string().nullable(),
      address: z.string().nullable(),
      affected: z.number().int(),
      children: z.number().int(),
    }),
  ),
  /** At most 500, unfinished ones first. */
  children: z.array(
    z.object({
      id: z.string(),
      number: z.number().int(),
      title: bilingual,
      status: incidentStatus,
      priority,
      /** The fault still holds. */
      firing: z.boolean(),
      /** Desks know of it: it was a ticket before, or has become one since. */
      told: z.boolean(),
      site: z.string().nullable(),
      agentId: z.string().nullable(),
      openedAt: apiInstant,
    }),
  ),
  childrenTotal: z.number().int(),
})
export type MassView = z.infer<typeof massView>
