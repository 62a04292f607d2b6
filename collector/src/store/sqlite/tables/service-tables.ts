import type { Generated } from 'kysely'

export interface PriorityOverridesTable {
  id: Generated<number>
  tenant_id: string
  incident_id: string
  at: number
  author: string
  side: string
  rule: string
  from_priority: number
  computed: number
  to_priority: number
  reason_json: string
  reached_at: number | null
}

export interface CriticalCriteriaTable {
  tenant_id: string
  client_id: string
  blocking_minutes: number | null
  stopped_minutes: number | null
  marked_priority: number | null
}

export interface CriticalSitesTable {
  site_id: string
  tenant_id: string
  marked_by: string
  marked_at: number
}

/** Tables of migration 0005 that pages read. */
export interface ServiceTables {
  priority_overrides: PriorityOverridesTable
  critical_criteria: CriticalCriteriaTable
  critical_sites: CriticalSitesTable
}
