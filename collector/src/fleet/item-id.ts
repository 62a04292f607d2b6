import type { ItemKind } from '@tillwatch/shared'

/**
 * The name of an item in every store. A register is known by its serial within the tenant, wherever it is plugged in; before it has told
 * its serial, and for everything that belongs to one PC, the place is the name.
 */
export function itemIdOf(
  tenantId: string,
  agentId: string,
  item: { readonly kind: ItemKind; readonly slot: string; readonly id: string | null },
): string {
  if (item.kind === 'register' && item.id !== null) return `register:${tenantId}:${item.id}`
  if (item.kind === 'pc') return `pc:${agentId}`
  if (item.kind === 'site') return `site:${item.slot}`
  return `${item.kind}:${agentId}:${item.slot}`
}
