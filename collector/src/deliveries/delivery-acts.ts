import type { DatabaseSync } from 'node:sqlite'
import type { Bilingual } from '@tillwatch/rules'
import { AppError, type EpochMs } from '@tillwatch/shared'
import type { DeliveryAct } from './delivery-port.ts'

/** States that a person may still change something about. */
const UNFINISHED = ['waiting', 'unknown', 'failed']

const ENTRIES: Readonly<Record<DeliveryAct['action'], (desk: string) => Bilingual>> = {
  retry: desk => ({ ru: `Сообщение для «${desk}» отправляется снова`, en: `The message to “${desk}” is sent again` }),
  skip: desk => ({
    ru: `Сообщение для «${desk}» решено не отправлять`,
    en: `The message to “${desk}” is not to be sent`,
  }),
}

/** What people do with one message, inside the caller's transaction. Answers with whose it is; throws `delivery.unknown`, `delivery.finished`. */
export function createDeliveryActs(
  database: DatabaseSync,
): (act: DeliveryAct, now: EpochMs) => { readonly desk: string; readonly incidentId: string | null } {
  const select = database.prepare('SELECT incident_id, desk, state FROM deliveries WHERE id = ? AND tenant_id = ?')
  // `unknown`: an attempt before a refusal may have arrived, so traces are looked for first.
  const retry = database.prepare(
    `UPDATE deliveries SET state = iif(state = 'failed', 'unknown', state), next_at = ?, settled_at = NULL WHERE id = ?`,
  )
  const unpause = database.prepare('UPDATE desk_states SET paused = 0, problem = NULL, changed_at = ? WHERE desk = ?')
  const skip = database.prepare(`UPDATE deliveries SET state = 'skipped', last_error = ?, settled_at = ? WHERE id = ?`)
  const addEntry = database.prepare(
    `INSERT INTO timeline (tenant_id, incident_id, at, kind, actor, text_ru, text_en) VALUES (?, ?, ?, 'ticket', ?, ?, ?)`,
  )
  return ({ tenantId, id, action, actor }, now) => {
    const row = select.get(id, tenantId)
    if (!row) throw new AppError('delivery.unknown', 'there is no such message', { nextStep: 'Open the list again.' })
    if (!UNFINISHED.includes(String(row['state']))) {
      throw new AppError('delivery.finished', 'this message is finished', { nextStep: 'Open the list again.' })
    }
    const desk = String(row['desk'])
    const incidentId = row['incident_id'] === null ? null : String(row['incident_id'])
    if (action === 'retry') {
      retry.run(now, id)
      unpause.run(now, desk)
    } else skip.run(`skipped by ${actor}`, now, id)
    const { ru, en } = ENTRIES[action](desk)
    if (incidentId !== null) addEntry.run(tenantId, incidentId, now, actor, ru, en)
    return { desk, incidentId }
  }
}
