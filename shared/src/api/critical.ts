import { z } from 'zod'
import { priority } from './incident.ts'

/** Null switches a criterion off. */
export const criticalCriteria = z.object({
  /** Blocking for so much opening time in sum. */
  blockingMinutes: z.number().int().min(1).max(10_080).nullable(),
  /** No register of a site of two or more can sell for so much opening time. */
  siteStoppedMinutes: z.number().int().min(1).max(10_080).nullable(),
  /** At a marked site: this priority or more urgent. */
  markedPriority: priority.nullable(),
})

const CLIENTS_MAX = 1_000
const SITES_MAX = 5_000
const code = z.string().trim().min(1).max(64)

/** PUT /api/critical-criteria replaces all of them (204): the tenant's own, those of clients with a contract of their own, and the marked sites, by code. */
export const criticalSettings = z.object({
  usual: criticalCriteria,
  clients: z
    .array(criticalCriteria.extend({ code }))
    .max(CLIENTS_MAX)
    .refine(clients => new Set(clients.map(client => client.code)).size === clients.length, 'a client is named twice')
    .default([]),
  sites: z.array(code).max(SITES_MAX).default([]),
})
export type CriticalSettings = z.infer<typeof criticalSettings>

/** GET /api/critical-criteria */
export const criticalView = z.object({
  usual: criticalCriteria,
  clients: z.array(criticalCriteria.extend({ code: z.string(), name: z.string() })),
  sites: z.array(z.object({ code: z.string(), name: z.string(), client: z.string().nullable(), markedBy: z.string() })),
})
export type CriticalView = z.infer<typeof criticalView>
