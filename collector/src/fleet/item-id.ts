import type { WireItem } from '@tillwatch/shared'

/**
 * The name of an item in every store. A register is known by its serial within the tenant, wherever it is plugged in; before it has told
 * its serial, and for everything that belongs to one PC, the place is the name.
 */
export function itemIdOf(tenantId: string, agentId: string, item: Pick<WireItem, 'kind' | 'slot' | 'id'>): string {
  if (item.kind === 'register' && item.id !== null) return `register:${tenantId}:${item.id}`
  if (item.kind === 'pc') return `pc:${agentId}`
  return `${item.kind}:${agentId}:${item.slot}`
}
