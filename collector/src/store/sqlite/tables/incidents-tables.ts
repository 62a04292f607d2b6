import type { Generated } from 'kysely'

/** Current state and rule memory of one item. JSON columns: `state_json` is `ItemState`, `view_json` is `ItemSummary` of `alerting/`. */
export interface ItemsTable {
  id: string
  tenant_id: string
  kind: string
  agent_id: string
  slot: string
  identity: string | null
  state_json: string
  rule_state_json: string | null
  view_json: string | null
  inn: string | null
  can_sell: string | null
  health: Generated<string>
  stop_at: number | null
  facts_at: number
  order_epoch: number
  order_seq: number
  next_due_at: number | null
  replacement_until: number | null
  replacement_by: string | null
  updated_at: number
}

export interface SlotsTable {
  agent_id: string
  kind: string
  slot: string
  tenant_id: string
  item_id: string
  since: number
}

export interface ChangesTable {
  id: Generated<number>
  tenant_id: string
  item_id: string
  fact: string
  value_json: string
  raw: string | null
  source: string
  at: number
  received_at: number
}

/** One incident. `conditions_json` is an array of `Condition`; other JSON columns are bilingual texts unless their name says otherwise. */
export interface IncidentsTable {
  id: string
  tenant_id: string
  number: number
  dedup_key: string
  episode: number
  desk_key: string
  item_id: string
  agent_id: string
  subject: string
  cause_class: string
  status: string
  resolution: string | null
  firing: number
  priority: number
  priority_computed: number
  priority_told: number
  priority_reason_json: string
  priority_author: string | null
  priority_override_of: number | null
  priority_manual_at: number | null
  title_ru: string
  title_en: string
  explanation_json: string
  expected_json: string
  component_json: string
  runbook: string
  time_to_stop_json: string | null
  conditions_json: string
  gaps_json: string
  onset_at: number
  opened_at: number
  reacted_at: number | null
  solved_at: number | null
  closed_at: number | null
  changed_at: number
  good_since: number | null
  solved_by: string | null
  assignee: string | null
  silenced_until: number | null
  silence_reason: string | null
  reopens_human: number
  reopens_unfixed: number
  reopens_return: number
  unfixed_at: number | null
  /** Added by 0011. */
  unfixed_policy: string | null
  returns_json: string
  follow_up_at: number | null
  follow_up_owed: number
  previous_id: string | null
  untold: string | null
  parent_id: string | null
  kind: string
  type: string
  category: string
  source: string
  line: number
  resolution_mode: string | null
  solved_by_line: number | null
  acted_line: number | null
  duplicate_of: string | null
  priority_side: string | null
  executed_at: number | null
  clearing_since: number | null
  pinned: number
  muted: number
  muted_until: number | null
  waiting_since: number | null
  waiting_for: string | null
  waiting_marks_json: string | null
  waiting_reminders: number
  pending_on: string | null
  estimate_minutes: number | null
  critical_at: number | null
  critical_by: string | null
  critical_reason_json: string | null
  reopens_flap: number
  client_id: string | null
  site_id: string | null
  priority_manual: number | null
  next_due_at: number | null
}

export interface TimelineTable {
  id: Generated<number>
  tenant_id: string
  incident_id: string
  at: number
  kind: string
  actor: string
  text_ru: string
  text_en: string
}

/** One message to one desk. `payload_json` is `DeliveryPayload` of `deliveries/`. */
export interface DeliveriesTable {
  id: Generated<number>
  tenant_id: string
  incident_id: string | null
  desk: string
  event_id: string
  kind: string
  priority: number
  payload_json: string
  state: string
  attempts: Generated<number>
  next_at: number
  last_error: string | null
  created_at: number
  settled_at: number | null
  route: string | null
  fallback_at: number | null
  told_by: number | null
  ticket_json: string | null
}

export interface TicketsTable {
  incident_id: string
  desk: string
  tenant_id: string
  external_id: string
  number: string | null
  url: string | null
  last_written_json: string
  created_at: number
  gone_at: number | null
}

export interface DeskStatesTable {
  desk: string
  tenant_id: Generated<string>
  paused: number
  problem: string | null
  changed_at: number
}

/** Tables of migration 0002. */
export interface IncidentsTables {
  items: ItemsTable
  slots: SlotsTable
  changes: ChangesTable
  incidents: IncidentsTable
  timeline: TimelineTable
  deliveries: DeliveriesTable
  tickets: TicketsTable
  desk_states: DeskStatesTable
}
