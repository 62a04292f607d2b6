import type { FactState } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import { phrases } from '../incidents/phrases.ts'
import type { AcceptedItem, AcceptedMessage } from '../ingest/batch.ts'
import type { ChangeLog } from './change-log.ts'
import { withDerivedFacts } from './derive.ts'
import type { ItemRecord, ItemStore } from './item-store.ts'
import { factStateOf, isNews, mergeFacts } from './merge.ts'

/** One item of one message. */
interface Piece {
  readonly message: AcceptedMessage
  readonly item: AcceptedItem
}

/** Brings received facts into items: current state, change log, places. Runs inside the caller's transaction. */
export interface ItemIntake {
  /** The pieces of a batch by the item that they belong to, in order. The PC of a silent or new agent is there, so that silence ends when it speaks. */
  byItem(messages: readonly AcceptedMessage[]): ReadonlyMap<string, readonly Piece[]>
  /** The item with its news, not yet saved; null when nothing was newer than what is known. Its change log is written. */
  merge(itemId: string, pieces: readonly Piece[], zone: string | null): ItemRecord | null
}

/** The intake over the stores of the state thread. */
export function createItemIntake(items: ItemStore, changes: ChangeLog, keeper: IncidentKeeper): ItemIntake {
  /** A silent register tells no serial: it is the one that was last seen at the place. */
  const resolve = (message: AcceptedMessage, item: AcceptedItem): string => {
    if (item.kind !== 'register') return item.itemId
    if (item.identity === null) return items.atSlot(message.agentId, item.kind, item.slot) ?? item.itemId
    return item.itemId
  }

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

  const noteNewDrive = (record: ItemRecord, item: AcceptedItem, receivedAt: EpochMs): void => {
    const from = record.facts['fiscal.fn.serial']?.value
    const to = item.facts['fiscal.fn.serial']?.value
    if (typeof from === 'string' && typeof to === 'string' && from !== to) {
      keeper.note(record.id, phrases.newDrive(from, to), receivedAt)
    }
  }

  const takeNews = (record: ItemRecord, { message, item }: Piece): void => {
    if (item.kind === 'register') {
      logMove(record, message, item)
      noteNewDrive(record, item, message.receivedAt)
      items.takeSlot(message.agentId, item.kind, item.slot, message.tenantId, record.id, item.at)
    }
    for (const [name, fact] of Object.entries(item.facts)) {
      const next = factStateOf(fact, message.receivedAt)
      if (next.value === null && next.reason !== undefined && record.facts[name]) continue
      changes.live(record.tenantId, record.id, name, next, record.facts[name])
    }
    mergeFacts(record.facts, item, message.receivedAt)
    if (Object.keys(item.facts).length > 0) record.slot = item.slot
    record.agentId = message.agentId
    record.identity = item.identity ?? record.identity
    record.factsAt = Math.max(record.factsAt, item.at)
    record.order = { agentId: message.agentId, epoch: message.epoch, seq: message.seq }
    record.isNew = false
  }

  const takeHistory = (record: ItemRecord, { message, item }: Piece): void => {
    for (const [name, fact] of Object.entries(item.facts)) {
      changes.backFilled(record.tenantId, record.id, name, factStateOf(fact, message.receivedAt))
    }
  }

  return {
    byItem: messages => {
      const pieces = new Map<string, Piece[]>()
      const listOf = (id: string): Piece[] => {
        const list = pieces.get(id) ?? []
        pieces.set(id, list)
        return list
      }
      for (const message of messages) {
        for (const item of message.items) listOf(resolve(message, item)).push({ message, item })
        const pc = `pc:${message.agentId}`
        if (message.kind !== 'derived' && !pieces.has(pc) && items.waitsForVoice(pc))
          listOf(pc).push({ message, item: emptyPc(message, pc) })
      }
      return pieces
    },
    merge: (itemId, pieces, zone) => {
      const [first] = pieces
      if (!first) return null
      const record = items.load(itemId) ?? newRecord(itemId, first)
      let news = record.isNew
      for (const { message, item } of pieces) {
        const piece = { message, item: withDerivedFacts(item, zone) }
        if (record.isNew || isNews(message, item, { ...record.order, factsAt: record.factsAt })) {
          takeNews(record, piece)
          news = true
        } else takeHistory(record, piece)
      }
      return news ? record : null
    },
  }
}

/** Stands for the PC of an agent that said something, but nothing of its PC. */
const emptyPc = (message: AcceptedMessage, itemId: string): AcceptedItem => ({
  itemId,
  kind: 'pc',
  slot: 'pc',
  identity: null,
  at: message.receivedAt,
  facts: {},
})

const newRecord = (id: string, { message, item }: Piece): ItemRecord => ({
  id,
  tenantId: message.tenantId,
  kind: item.kind,
  agentId: message.agentId,
  slot: item.slot,
  identity: item.identity,
  facts: {},
  ruleState: null,
  summary: null,
  health: 'grey',
  factsAt: item.at,
  order: { agentId: message.agentId, epoch: message.epoch, seq: message.seq },
  nextDueAt: null,
  replacementUntil: null,
  isNew: true,
})
