import type { Generated } from 'kysely'

/** Tables of migration 0008 that pages read. */
export interface NoiseTables {
  maintenance_windows: {
    id: Generated<number>
    tenant_id: string
    scope: string
    scope_id: string
    checked: string | null
    starts_at: number
    ends_at: number | null
    weekly_json: string | null
    reason: string
    author: string
    agreed: number
    source: string
    created_at: number
    ended_at: number | null
    ended_by: string | null
  }
  mass_onsets: {
    incident_id: string
    tenant_id: string
    member_id: string
    site_id: string | null
    parent_id: string | null
  }
  mass_incidents: {
    incident_id: string
    tenant_id: string
    cause_class: string
    key_kind: string
    key_value: string
    member_kind: string
    outage_id: string
    live: number
    affected: number
    peak: number
    below_since: number | null
    next_at: number | null
  }
}
