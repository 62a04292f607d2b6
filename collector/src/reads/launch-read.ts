import type { EpochMs } from '@tillwatch/shared'
import { incidentStatus, type LaunchView } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { LAUNCH_MS, type LaunchDates, launchEnd, SETUP_CLASSES } from '../launch/launch.ts'
import { instant, instantOrNull } from './item-facts.ts'
import { readLaunchSettings } from './launch-settings-read.ts'
import type { ReadTables } from './read-tables.ts'

const DAY_MS = 24 * 3_600_000
/** A launch is shown for so long after its end; its incidents stay for ever. */
const SHOWN_MS = 30 * DAY_MS
const SITES_MAX = 500
const FINDINGS_MAX = 100

interface Row extends LaunchDates {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly client: string
}

/** New outlets of a tenant, the newest first, with what was found in their settings while they were new (R12). */
export async function readLaunches(queries: Kysely<ReadTables>, tenantId: string, now: EpochMs): Promise<LaunchView> {
  const { rows } = await sql<Row>`
    SELECT *, min(first_heard_at) OVER (PARTITION BY client_id) AS client_heard_at FROM (
      SELECT s.id, s.code, s.name, s.client_id, c.name AS client, s.timezone, s.launch_until,
        (SELECT min(a.first_heard_at) FROM agents a WHERE a.site_id = s.id) AS first_heard_at
      FROM sites s JOIN clients c ON c.id = s.client_id WHERE s.tenant_id = ${tenantId})`.execute(queries)
  const launches = rows
    .flatMap(row => {
      const until = launchEnd(row)
      return until === null || until < now - SHOWN_MS ? [] : [{ row, until, from: row.first_heard_at }]
    })
    .sort((a, b) => b.until - a.until)
    .slice(0, SITES_MAX)
  const sites = []
  for (const { row, until, from } of launches) {
    const { code, name, client } = row
    const findings = await readFindings(queries, tenantId, row.id, from ?? until - LAUNCH_MS, until)
    const settings = await readLaunchSettings(queries, tenantId, row.id)
    sites.push({
      ...{ code, name, client, from: instantOrNull(from), until: instant(until), over: until <= now },
      ...{ findings, ...settings },
    })
  }
  return { sites }
}

async function readFindings(
  queries: Kysely<ReadTables>,
  tenantId: string,
  siteId: string,
  from: EpochMs,
  until: EpochMs,
): Promise<LaunchView['sites'][number]['findings']> {
  const rows = await queries
    .selectFrom('incidents')
    .where('tenant_id', '=', tenantId)
    .where('site_id', '=', siteId)
    .where('cause_class', 'in', SETUP_CLASSES)
    .where('opened_at', '>=', from)
    .where('opened_at', '<', until)
    .orderBy('opened_at')
    .limit(FINDINGS_MAX)
    .select(['id', 'number', 'title_ru', 'title_en', 'status', 'opened_at'])
    .execute()
  return rows.map(row => ({
    incidentId: row.id,
    number: row.number,
    title: { ru: row.title_ru, en: row.title_en },
    status: incidentStatus.parse(row.status),
    openedAt: instant(row.opened_at),
  }))
}
