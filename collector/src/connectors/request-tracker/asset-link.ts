import { type DeskItem, delivered, type Outcome, rejected } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { listPath, quoted } from './api.ts'
import type { RequestTrackerConfig } from './config.ts'
import { ids } from './mapping.ts'
import { type TicketWriter, unproved } from './ticket-writer.ts'

/** Where registers are kept. */
export type AssetSettings = NonNullable<RequestTrackerConfig['assets']>

/** The column of an asset that holds the serial number. */
export const serialColumn = ({ serial_field }: AssetSettings): string =>
  serial_field === undefined ? 'Name' : quoted(`CF.{${serial_field}}`)

/** Ties a ticket to the asset with this serial number; false when the catalogue does not know it. */
export async function linkAsset(
  assets: AssetSettings,
  api: DeskApi,
  writer: TicketWriter,
  id: string,
  item: DeskItem,
  signal: AbortSignal,
): Promise<Outcome<boolean>> {
  const query = `Catalog = ${quoted(assets.catalog)} AND ${serialColumn(assets)} = ${quoted(item.serial)}`
  const found = await api.get(listPath('/assets', query, { orderby: 'id', per_page: '1' }), ids, signal)
  if (found.kind !== 'delivered') return found
  const [asset] = found.value.items
  if (!asset) return delivered(false)
  const said = await writer.change(id, { AddRefersTo: [`asset:${asset.id}`] }, signal)
  if (said.kind !== 'delivered') return said
  const after = await writer.read(id, signal)
  if (after.kind !== 'delivered') return unproved(after)
  const linked = after.value._hyperlinks.some(
    link => link.ref === 'refers-to' && link.type === 'asset' && link.id === asset.id,
  )
  return linked
    ? delivered(true)
    : rejected('change_refused', `the ticket is not tied to asset ${asset.id}: ${said.value}`)
}
