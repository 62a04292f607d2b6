import type { DatabaseSync } from 'node:sqlite'
import { AppError, MACHINE_TOKENS_MAX } from '@tillwatch/shared'
import { TOKEN_SCOPES } from '@tillwatch/shared/api'
import { instant, instantOrNull } from '../reads/item-facts.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import type { Inbound } from './inbound.ts'

interface TokenRow {
  id: string
  name: string
  scope: string
  created_by: string
  created_at: number
  used_at: number | null
  revoked_at: number | null
}

/** Tokens of machines over the relational file. */
export function createTokenStore(database: DatabaseSync): Pick<Inbound, 'tokens' | 'addToken' | 'revokeToken'> {
  const select = database.prepare(
    `SELECT id, name, scope, created_by, created_at, used_at, revoked_at FROM machine_tokens
      WHERE tenant_id = ? ORDER BY created_at DESC, id LIMIT ${MACHINE_TOKENS_MAX}`,
  )
  const makeRoom = database.prepare(
    `DELETE FROM machine_tokens WHERE id = (SELECT id FROM machine_tokens WHERE tenant_id = ? AND revoked_at IS NOT NULL
      ORDER BY revoked_at LIMIT 1)`,
  )
  const count = database.prepare('SELECT count(*) AS n FROM machine_tokens WHERE tenant_id = ?')
  const insert = database.prepare(
    `INSERT INTO machine_tokens (id, tenant_id, name, scope, token_hash, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const revoke = database.prepare(
    'UPDATE machine_tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ? AND tenant_id = ?',
  )
  return {
    tokens: async tenantId =>
      (select.all(tenantId) as unknown as TokenRow[]).map(row => ({
        id: row.id,
        name: row.name,
        scope: TOKEN_SCOPES.find(scope => scope === row.scope) ?? 'monitor',
        createdBy: row.created_by,
        createdAt: instant(row.created_at),
        usedAt: instantOrNull(row.used_at),
        revokedAt: instantOrNull(row.revoked_at),
      })),
    addToken: ({ id, tenantId, name, scope, hash, createdBy }, now) =>
      inTransaction(database, () => {
        const isFull = (count.get(tenantId) as { n: number }).n >= MACHINE_TOKENS_MAX
        if (isFull && makeRoom.run(tenantId).changes === 0) {
          throw new AppError('token.too_many', `there are ${MACHINE_TOKENS_MAX} tokens already`, {
            nextStep: 'Revoke the ones that nobody uses any more, then make the new one.',
          })
        }
        insert.run(id, tenantId, name, scope, hash, createdBy, now)
      }),
    revokeToken: async (tenantId, tokenId, now) => {
      if (Number(revoke.run(now, tokenId, tenantId).changes) > 0) return
      throw new AppError('token.unknown', 'there is no such token', { nextStep: 'See the list of tokens.' })
    },
  }
}
