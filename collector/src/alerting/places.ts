import type { FactState } from '@tillwatch/rules'
import { isSameSerial } from '@tillwatch/shared'
import { itemIdOf } from '../fleet/item-id.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import { phrases } from '../incidents/phrases.ts'
import type { AcceptedItem, AcceptedMessage } from '../ingest/batch.ts'
import type { ChangeLog } from './change-log.ts'
import type { ItemRecord, ItemStore } from './item-store.ts'

/** Where registers are plugged in, and which one is meant by a place. Runs inside the caller's transaction. */
export interface Places {
  /** For one batch: the item that a message speaks of. */
  resolver(): (message: AcceptedMessage, item: AcceptedItem) => string
  /** A register was seen at a place: notes a move, and that the place is its own. */
  take(record: ItemRecord, message: AcceptedMessage, item: AcceptedItem): void
}

/** Serial in the id of a register that has told one; empty for a place. */
const serialOf = (itemId: string, tenantId: string): string => {
  const prefix = itemIdOf(tenantId, '', { kind: 'register', slot: '', id: '' })
  return itemId.startsWith(prefix) ? itemId.slice(prefix.length) : ''
}

/** The places over the stores of the state thread. */
export function createPlaces(items: ItemStore, changes: ChangeLog, keeper: IncidentKeeper): Places {
  const logMove = (record: ItemRecord, message: AcceptedMessage, item: AcceptedItem): void => {
    if (record.isNew || (record.agentId === message.agentId && record.slot === item.slot)) return
    const place = (value: string): FactState => ({
      value,
      at: item.at,
      receivedAt: message.receivedAt,
      source: 'collector',
    })
    if (record.agentId !== message.agentId) {
      changes.live(record.tenantId, record.id, 'agent', place(message.agentId), undefined)
    }
    if (record.slot !== item.slot) changes.live(record.tenantId, record.id, 'slot', place(item.slot), undefined)
    keeper.note(record.id, phrases.moved(message.agentId, item.slot), message.receivedAt)
  }

  return {
    resolver: () => {
      const seen = new Map<string, string>()
      // A silent register tells no serial: it is the one that was last seen at the place, in this batch or before.
      return ({ agentId, tenantId }, { kind, slot, identity, itemId }) => {
        if (kind !== 'register') return itemId
        const place = JSON.stringify([agentId, slot])
        if (identity === null) return seen.get(place) ?? items.atSlot(agentId, kind, slot) ?? itemId
        // A source that gives only the last digits speaks of the register that is known here by all of them.
        const known = seen.get(place) ?? items.atSlot(agentId, kind, slot)
        const meant = known !== null && isSameSerial(serialOf(known, tenantId), identity) ? known : itemId
        seen.set(place, meant)
        return meant
      }
    },
    take: (record, message, item) => {
      const { agentId, tenantId } = message
      logMove(record, message, item)
      const before = items.atSlot(agentId, item.kind, item.slot)
      // The place was known before its register had told a serial: what was kept of the place is this register's.
      if (before !== record.id && before === itemIdOf(tenantId, agentId, { ...item, id: null }))
        record.succeeds = before
      items.takeSlot(agentId, item.kind, item.slot, tenantId, record.id, item.at)
    },
  }
}
