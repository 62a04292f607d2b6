import type { DatabaseSync } from 'node:sqlite'
import type { FactState } from '@tillwatch/rules'
import { factDefinition, isFactName } from '@tillwatch/shared'
import { sameValue } from './merge.ts'

/** The log of values that tell a story by changing. Belongs to the state thread; runs inside its transactions. */
export interface ChangeLog {
  /** A live value: logged when it differs from the one before. */
  live(tenantId: string, itemId: string, fact: string, next: FactState, before: FactState | undefined): void
  /** A back-filled value: put at its own place in time, so that "since when" becomes right. */
  backFilled(tenantId: string, itemId: string, fact: string, value: FactState): void
}

/** Facts kept by their changes; names that are not in the dictionary yet are kept so too, unless they are numbers. */
const isLogged = (fact: string, value: unknown): boolean =>
  isFactName(fact) ? factDefinition(fact).keep === 'changes' : typeof value !== 'number'

/** The change log on an open connection. */
export function createChangeLog(database: DatabaseSync): ChangeLog {
  const insert = database.prepare(
    'INSERT INTO changes (tenant_id, item_id, fact, value_json, raw, source, at, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const selectBefore = database.prepare(
    'SELECT value_json FROM changes WHERE item_id = ? AND fact = ? AND at <= ? ORDER BY at DESC, id DESC LIMIT 1',
  )
  const selectAfter = database.prepare(
    'SELECT id, value_json FROM changes WHERE item_id = ? AND fact = ? AND at > ? ORDER BY at, id LIMIT 1',
  )
  const remove = database.prepare('DELETE FROM changes WHERE id = ?')
  const add = (tenantId: string, itemId: string, fact: string, value: FactState) => {
    const raw = value.raw === undefined ? null : String(value.raw)
    const { source, at, receivedAt } = value
    insert.run(tenantId, itemId, fact, JSON.stringify(value.value), raw, source, at, receivedAt)
  }
  return {
    live: (tenantId, itemId, fact, next, before) => {
      if (isLogged(fact, next.value) && !(before && sameValue(before.value, next.value))) {
        add(tenantId, itemId, fact, next)
      }
    },
    backFilled: (tenantId, itemId, fact, value) => {
      if (!isLogged(fact, value.value) || (value.value === null && value.reason !== undefined)) return
      const json = JSON.stringify(value.value)
      const before = selectBefore.get(itemId, fact, value.at) as { value_json: string } | undefined
      if (before?.value_json === json) return
      const after = selectAfter.get(itemId, fact, value.at) as { id: number; value_json: string } | undefined
      // The same value logged later was not a change, as is known now.
      if (after?.value_json === json) remove.run(after.id)
      add(tenantId, itemId, fact, value)
    },
  }
}
