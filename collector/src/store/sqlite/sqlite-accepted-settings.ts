import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '@tillwatch/shared'
import { createChangeLog } from '../../alerting/change-log.ts'
import { PROFILE_FACTS } from '../../conclusions/profile.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { inTransaction } from './database.ts'

const FACTS: readonly string[] = Object.values(PROFILE_FACTS)

/** Settings of one register that a person accepts although its profile says otherwise; the change log keeps who did and when. */
export function createAcceptedSettings(database: DatabaseSync): Pick<Fleet, 'acceptSetting'> {
  const select = database.prepare(
    `SELECT state_json, accepted_json FROM items WHERE tenant_id = ? AND id = ? AND kind = 'register'`,
  )
  const update = database.prepare('UPDATE items SET accepted_json = ?, next_due_at = ? WHERE tenant_id = ? AND id = ?')
  const changes = createChangeLog(database)
  return {
    acceptSetting: (tenantId, itemId, { fact, by }, now) =>
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
        // Whoever accepted a value first stays its author.
        if (accepted[fact] === value) return
        // Due now, so that what was alarmed about it ends without a new reading.
        update.run(JSON.stringify({ ...accepted, [fact]: value }), now, tenantId, itemId)
        const told = { value: [fact, value, by], at: now, receivedAt: now, source: 'collector' as const }
        changes.live(tenantId, itemId, 'config.accepted', told, undefined)
      }),
  }
}
