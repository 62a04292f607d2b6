/** Columns of migration 0011 that pages read. */
export interface DeskTables {
  attachments: {
    tenant_id: string
    incident_id: string
    name: string
    sort: 'chart' | 'log'
    language: 'ru' | 'en'
    type: string
    size: number
    bytes: Uint8Array
    created_at: number
  }
}
