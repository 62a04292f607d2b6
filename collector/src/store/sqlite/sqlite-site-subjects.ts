import type { DatabaseSync } from 'node:sqlite'
import type { Fleet } from '../../fleet/fleet.ts'
import type { SiteSubject } from '../../fleet/site-silence.ts'

interface Row {
  id: string
  tenant_id: string
  timezone: string
  agents_json: string
  state_json: string | null
  started_at: number | null
}

/** Sites with at least two agents that were heard, or whose item exists already. */
export function createSiteSubjects(database: DatabaseSync): Pick<Fleet, 'siteSubjects'> {
  const select = database.prepare(
    `SELECT s.id, s.tenant_id, s.timezone, json_group_array(json_object('id', a.id, 'lastHeardAt', a.last_heard_at) ORDER BY a.id) AS agents_json,
       i.state_json, (SELECT max(started_at) FROM collector_runs) AS started_at
     FROM agents a JOIN sites s ON s.id = a.site_id AND s.tenant_id = a.tenant_id
     LEFT JOIN items i ON i.id = 'site:' || s.id AND i.tenant_id = s.tenant_id
     WHERE a.revoked_at IS NULL AND a.last_heard_at IS NOT NULL
     GROUP BY s.id HAVING count(*) >= 2 OR i.id IS NOT NULL`,
  )
  return {
    siteSubjects: async () =>
      (select.all() as unknown as Row[]).map(
        (row): SiteSubject => ({
          siteId: row.id,
          tenantId: row.tenant_id,
          timezone: row.timezone,
          agents: JSON.parse(row.agents_json) as SiteSubject['agents'],
          told: row.state_json === null ? null : toldIn(row.state_json),
          collectorStartedAt: row.started_at ?? 0,
        }),
      ),
  }
}

function toldIn(stateJson: string): SiteSubject['told'] {
  const { facts } = JSON.parse(stateJson) as { facts: Record<string, { value: unknown } | undefined> }
  const agents = facts['site.agents']?.value
  const since = facts['site.silent_since']?.value
  return typeof agents === 'number' ? { agents, silentSince: typeof since === 'string' ? since : null } : null
}
