import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '@tillwatch/shared'
import { PROFILE_FACTS } from '../../conclusions/drift.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { inTransaction } from './database.ts'

const FACTS: readonly string[] = Object.values(PROFILE_FACTS)

/** Settings of one register that a person accepts although its profile says otherwise. */
export function createAcceptedSettings(database: DatabaseSync): Pick<Fleet, 'acceptSetting'> {
  const select = database.prepare(
    `SELECT state_json, accepted_json FROM items WHERE tenant_id = ? AND id = ? AND kind = 'register'`,
  )
  const update = database.prepare('UPDATE items SET accepted_json = ?, next_due_at = ? WHERE tenant_id = ? AND id = ?')
  return {
    acceptSetting: (tenantId, itemId, fact, now) =>
      inTransaction(database, async () => {
        const row = select.get(tenantId, itemId) as { state_json: string; accepted_json: string | null } | undefined
        if (!row)
          throw new AppError('item.unknown', 'there is no such register', { nextStep: 'Open it from the list.' })
        const { facts } = JSON.parse(row.state_json) as { facts: Record<string, { value: unknown } | undefined> }
        const value = facts[fact]?.value
        if (!FACTS.includes(fact) || typeof value !== 'string')
          throw new AppError('setting.unknown', `${fact} is no setting that this register has told`, {
            nextStep: `Accepted are: ${FACTS.join(', ')}.`,
          })
        const accepted = row.accepted_json === null ? {} : (JSON.parse(row.accepted_json) as Record<string, string>)
        // Due now, so that what was alarmed about it ends without a new reading.
        update.run(JSON.stringify({ ...accepted, [fact]: value }), now, tenantId, itemId)
      }),
  }
}
