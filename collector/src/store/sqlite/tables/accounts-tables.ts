import type { Role } from '@tillwatch/shared/api'

/** Tables of migration 3: people, sessions, one-time links. Instants are epoch milliseconds. */
export interface AccountsTables {
  users: {
    id: string
    tenant_id: string
    name: string
    name_key: string
    role: Role
    password_hash: string | null
    created_at: number
    disabled_at: number | null
    last_seen_at: number | null
  }
  sessions: {
    id: string
    token_hash: string
    tenant_id: string
    user_id: string
    created_at: number
    last_seen_at: number
    expires_at: number
    user_agent: string
  }
  invitations: {
    token_hash: string
    tenant_id: string
    user_id: string | null
    role: Role
    created_at: number
    expires_at: number
  }
}
