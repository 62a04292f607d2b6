/** Columns of migration 0009 that pages and look-ups read. */
export interface InboundTables {
  machine_tokens: {
    id: string
    tenant_id: string
    name: string
    scope: 'monitor' | 'tickets'
    token_hash: string
    revoked_at: number | null
  }
  inbound_incidents: { incident_id: string; tenant_id: string; author: string | null; contact: string | null }
  incident_links: {
    tenant_id: string
    inbound_id: string
    automatic_id: string
    state: 'linked' | 'proposed' | 'rejected'
  }
}
