import { z } from 'zod'
import { fleetRow, timeToStop } from './fleet.ts'
import { incidentStatus } from './incident.ts'
import { apiInstant, bilingual } from './problem.ts'

const counts = z.object({
  registers: z.number().int(),
  /** Checked in full today: OFD queue, the drive's date and documents, the system disk. */
  checked: z.number().int(),
  /** Neither checked today nor yesterday. */
  missed: z.number().int(),
})

/**
 * GET /api/daily: is every register checked in full today, in the calendar day of its site? Sites with the most unchecked registers first.
 * A site that is closed today owes nothing; its registers are counted all the same.
 */
export const dailyView = z.object({
  at: apiInstant,
  totals: counts,
  clients: z.array(counts.extend({ code: z.string(), name: z.string() })),
  sites: z.array(
    counts.extend({
      code: z.string(),
      name: z.string(),
      client: z.string(),
      clientCode: z.string().nullable(),
      /** Today at the site. */
      day: z.iso.date(),
      open: z.boolean(),
      /** The earliest of its registers'. */
      timeToStop: timeToStop.nullable(),
    }),
  ),
  /** Registers without a full set today, those of open sites first; at most 1000 of `uncheckedTotal`. */
  unchecked: z.array(
    z.object({
      itemId: z.string(),
      agentId: z.string(),
      terminal: z.string().nullable(),
      site: z.string().nullable(),
      siteCode: z.string().nullable(),
      serial: z.string().nullable(),
      agentState: fleetRow.shape.agentState,
      heardAt: apiInstant.nullable(),
      /** Names of the facts that were not read today. */
      lacks: z.array(z.string()),
      /** The last day on which the set was full. */
      checkedTo: z.iso.date().nullable(),
      /** Not checked yesterday either. */
      missed: z.boolean(),
    }),
  ),
  uncheckedTotal: z.number().int(),
})
export type DailyView = z.infer<typeof dailyView>

const setting = z.object({
  itemId: z.string(),
  agentId: z.string(),
  terminal: z.string().nullable(),
  serial: z.string().nullable(),
  /** The setting by the fact that tells it. */
  fact: z.string(),
  /** What the register has. */
  value: z.string(),
})

/** GET /api/launches: new outlets, also those whose launch ended within the last 30 days, with the errors of configuration found in it. */
export const launchView = z.object({
  sites: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      client: z.string(),
      from: apiInstant.nullable(),
      until: apiInstant,
      over: z.boolean(),
      findings: z.array(
        z.object({
          incidentId: z.string(),
          number: z.number().int(),
          title: bilingual,
          status: incidentStatus,
          openedAt: apiInstant,
        }),
      ),
      /** Settings off the profile now, which a person may accept; at most 100. Several right values are separated by commas. */
      differing: z.array(setting.extend({ expected: z.string() })),
      /** Settings that people accepted although the profile says otherwise, the newest first; at most 100. */
      accepted: z.array(setting.extend({ by: z.string(), at: apiInstant })),
    }),
  ),
})
export type LaunchView = z.infer<typeof launchView>

/** POST /api/items/{itemId}/accepted (204): what the register has now counts as right, whatever its profile says, until it changes. */
export const acceptedSetting = z.object({ fact: z.string().max(64) })
