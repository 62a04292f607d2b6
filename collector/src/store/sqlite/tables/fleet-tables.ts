import type { Generated } from 'kysely'

/** Columns of migration 0001. Instants are milliseconds since 1970 UTC. */
export interface FleetTables {
  tenants: { id: string; name: string; parent_id: string | null; created_at: number }
  clients: { id: string; tenant_id: string; code: string; name: string; profile_json: Generated<string | null> }
  legal_entities: {
    id: string
    tenant_id: string
    client_id: string
    name: string
    inn: string
    kpp: string | null
  }
  sites: {
    id: string
    tenant_id: string
    client_id: string
    code: string
    name: string
    address: string
    timezone: string
    hours_text: string | null
    hours_json: string | null
    class: 'A' | 'B' | 'C' | null
    contact: string | null
    access: string | null
    /** Migration 0008. */
    region: Generated<string | null>
    city: Generated<string | null>
    provider: Generated<string | null>
    /** Migration 0010. */
    profile_json: Generated<string | null>
    launch_until: Generated<string | null>
    ofd_contract_until: Generated<string | null>
  }
  terminals: {
    id: string
    tenant_id: string
    site_id: string
    code: string
    name: string
    agent_id: string | null
    inn: string | null
    ofd_contract_until: Generated<string | null>
  }
  agents: {
    id: string
    tenant_id: string
    site_id: string | null
    secret_hash: string
    created_at: number
    revoked_at: number | null
    credentials_changed_at: number
    state: Generated<'never' | 'online' | 'offline'>
    connection: string | null
    epoch: number | null
    first_heard_at: number | null
    last_heard_at: number | null
    public_address: string | null
    version: string | null
    duplicate_at: number | null
  }
  marks: { tenant_id: string; agent_id: string; epoch: number; mark: number; lost: Generated<number> }
  unknown_agents: {
    id: string
    tenant_id: Generated<string>
    address: string
    attempts: number
    first_at: number
    last_at: number
  }
  quarantine: {
    id: Generated<number>
    tenant_id: string
    agent_id: string
    epoch: number | null
    seq: number | null
    reason: string
    payload: string
    at: number
  }
  agent_events: {
    id: Generated<number>
    tenant_id: string
    agent_id: string
    name: string
    at: number
    details: string
  }
  collector_runs: {
    id: Generated<number>
    tenant_id: Generated<string>
    started_at: number
    alive_at: number
    stopped_at: number | null
  }
}
