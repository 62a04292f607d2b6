import type { DatabaseSync } from 'node:sqlite'
import { DEFAULT_ZONE, dateOfDay, dayStart, localDay } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { Notices } from '../notices/notice.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { LAUNCH_MS, type LaunchDates, launchEnd, SETUP_CLASSES } from './launch.ts'
import { type LaunchedSite, launchSummary } from './launch-summary.ts'

/** The daily word on new outlets (R11). Lives in the state thread under the name `launches`. */
export interface Launches {
  /** Tells the manager of each client with new outlets how they do, once a day from 09:00 of the usual zone on; asking again tells nothing. */
  summarise(now: EpochMs): Promise<void>
}

const MORNING_MS = 9 * 3_600_000

interface Row extends LaunchDates {
  readonly id: string
  readonly tenant_id: string
  readonly client_id: string
  readonly client: string
  readonly name: string
}

/** The summaries over the open connection of the state thread. */
export function createLaunches(database: DatabaseSync, notices: Notices): Launches {
  const selectSites = database.prepare(
    `SELECT * FROM (SELECT *, min(first_heard_at) OVER (PARTITION BY client_id) AS client_heard_at FROM (
       SELECT s.id, s.tenant_id, s.client_id, c.name AS client, s.name, s.timezone, s.launch_until,
         (SELECT min(a.first_heard_at) FROM agents a WHERE a.site_id = s.id) AS first_heard_at
       FROM sites s JOIN clients c ON c.id = s.client_id
     )) WHERE launch_until IS NOT NULL OR first_heard_at > ? ORDER BY tenant_id, client_id, name`,
  )
  const selectRegisters = database.prepare(
    `SELECT count(*) AS registers,
       coalesce(sum(json_extract(i.state_json, '$.facts."daily.checked_to".value') >= ?), 0) AS checked
     FROM items i JOIN agents a ON a.id = i.agent_id
     WHERE a.site_id = ? AND i.tenant_id = ? AND i.kind = 'register' AND a.revoked_at IS NULL`,
  )
  const countOpen = database.prepare(
    `SELECT count(*) AS n FROM incidents WHERE site_id = ? AND tenant_id = ? AND status IN ('open', 'in_work', 'waiting')`,
  )
  const selectFindings = database.prepare(
    `SELECT title_ru AS ru, title_en AS en FROM incidents WHERE site_id = ? AND tenant_id = ? AND opened_at >= ?
       AND cause_class IN (${SETUP_CLASSES.map(name => `'${name}'`).join(', ')}) ORDER BY opened_at`,
  )
  const launchedSite = (row: Row, until: EpochMs, now: EpochMs): LaunchedSite => {
    const yesterday = dateOfDay(localDay(row.timezone, now) - 1)
    const counted = selectRegisters.get(yesterday, row.id, row.tenant_id) as { registers: number; checked: number }
    return {
      ...{ name: row.name, lastDay: dateOfDay(localDay(row.timezone, until - 1)) },
      ...{ registers: counted.registers, checked: counted.checked },
      openIncidents: (countOpen.get(row.id, row.tenant_id) as { n: number }).n,
      findings: selectFindings.all(
        row.id,
        row.tenant_id,
        row.first_heard_at ?? until - LAUNCH_MS,
      ) as unknown as LaunchedSite['findings'],
    }
  }
  return {
    summarise: now =>
      inTransaction(database, () => {
        const day = localDay(DEFAULT_ZONE, now)
        if (now < dayStart(DEFAULT_ZONE, day) + MORNING_MS) return
        const rows = selectSites.all(now - LAUNCH_MS) as unknown as Row[]
        const launching = rows.flatMap(row => {
          const until = launchEnd(row)
          return until !== null && until > now ? [{ row, site: launchedSite(row, until, now) }] : []
        })
        for (const [clientId, part] of Map.groupBy(launching, ({ row }) => row.client_id)) {
          const [first] = part
          if (!first) continue
          const { tenant_id: tenantId, client } = first.row
          const texts = launchSummary(
            client,
            part.map(({ site }) => site),
          )
          const key = `launch.${clientId}.${dateOfDay(day)}`
          notices.add({ tenantId, incidentId: null, clientId, role: 'manager', key, ...texts }, now)
        }
      }),
  }
}
