import type { Generated } from 'kysely'

export interface ContractsTable {
  id: string
  tenant_id: string
  number: string
  client_id: string
  policy: string | null
  services_json: string
  from_date: string | null
  until_date: string | null
}

export interface ResponsiblesTable {
  id: string
  tenant_id: string
  code: string
  role: string
  contract: string | null
  client_id: string | null
  name: string
  email: string
  timezone: string
  language: string
}

export interface AgreementEntriesTable {
  id: Generated<number>
  tenant_id: string
  at: number
  actor: string
  kind: string
  code: string
  text_ru: string
  text_en: string
}

/** The clocks of one incident. `log_json` is `SlaEvent[]`, `fired_json` and `calendars_json` are `FiredMarks` and `PinnedCalendars` of `sla/`. */
export interface SlaClocksTable {
  incident_id: string
  tenant_id: string
  policy_id: string
  policy_version: string
  rank: string
  contract: string | null
  zone: string
  class_a: number
  calendars_json: string | null
  log_json: string
  fired_json: string
  deadline_at: number | null
  urgent_at: number | null
  reaction_met: number | null
  solution_met: number | null
  status_due_at: number | null
  problem: string | null
  next_due_at: number | null
}

export interface NoticesTable {
  id: Generated<number>
  tenant_id: string
  incident_id: string | null
  key: string
  role: string
  via: string | null
  name: string
  email: string
  timezone: string
  language: string
  subject: string
  body: string
  state: string
  attempts: number
  next_at: number
  last_error: string | null
  created_at: number
  settled_at: number | null
}

export interface SlaTables {
  contracts: ContractsTable
  responsibles: ResponsiblesTable
  agreement_entries: AgreementEntriesTable
  sla_calendars: {
    id: string
    version: string
    tenant_id: Generated<string>
    calendar_json: string
    current: number
  }
  sla_policies: { id: string; version: string; tenant_id: Generated<string>; policy_json: string }
  sla_clocks: SlaClocksTable
  notices: NoticesTable
}
