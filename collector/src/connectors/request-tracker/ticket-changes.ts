import { type Changes, delivered, type Outcome } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { listPath } from './api.ts'
import { foundTickets, ids, type RtRow } from './mapping.ts'

const PAGE = 100
/** The desk reads every moment in the time zone of the account, whatever zone stands with it: asked is a day more, and sorted out here. */
const ZONES_MS = 26 * 3_600_000

/**
 * Tickets by the time of their last change, newest first until the cursor. The cursor is the second of the newest one seen, which is looked
 * at again: several tickets may change in one second, before and after a look.
 */
export async function changedTickets(
  api: DeskApi,
  cursor: string | null,
  signal: AbortSignal,
): Promise<Outcome<Changes>> {
  const since = Date.parse(cursor ?? '')
  const coarse = Number.isNaN(since)
    ? ''
    : ` AND LastUpdated > '${new Date(since - ZONES_MS).toISOString().slice(0, 19).replace('T', ' ')}'`
  const order = {
    orderby: 'LastUpdated',
    order: 'DESC',
    fields: 'LastUpdated',
    per_page: cursor === null ? '1' : String(PAGE),
  }
  const seen = new Set<string>()
  let newest: number | undefined
  for (let page = 1; ; page++) {
    const path = listPath('/tickets', `EffectiveId > 0${coarse}`, { ...order, page: String(page) })
    const found = await api.get(path, foundTickets, signal)
    if (found.kind !== 'delivered') return found
    const { items, pages } = found.value
    newest ??= items[0]?.LastUpdated
    if (cursor === null) break
    const fresh = items.filter(row => Number.isNaN(since) || (row.LastUpdated ?? since) >= since)
    const merged = await mergedInto(api, fresh, signal)
    if (merged.kind !== 'delivered') return merged
    for (const { id } of [...fresh, ...merged.value]) seen.add(id)
    const isLast = pages === null ? items.length === 0 : page >= pages
    if (fresh.length < items.length || isLast) break
  }
  return delivered({ ids: [...seen], cursor: newest === undefined ? (cursor ?? '') : new Date(newest).toISOString() })
}

/** What was merged into these: it changes with them, and the desk does not say so. */
async function mergedInto(
  api: DeskApi,
  rows: readonly RtRow[],
  signal: AbortSignal,
): Promise<Outcome<readonly { id: string }[]>> {
  if (rows.length === 0) return delivered([])
  const numbers = rows.map(row => Number(row.id))
  const others = numbers.map(number => `id != ${number}`).join(' AND ')
  const targets = numbers.map(number => `EffectiveId = ${number}`).join(' OR ')
  const found = await api.get(
    listPath('/tickets', `(${targets}) AND ${others}`, { per_page: String(PAGE) }),
    ids,
    signal,
  )
  return found.kind === 'delivered' ? delivered(found.value.items) : found
}
