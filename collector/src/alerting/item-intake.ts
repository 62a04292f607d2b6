import { AppError, type EpochMs, isFactName } from '@tillwatch/shared'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import { phrases } from '../incidents/phrases.ts'
import type { AcceptedItem, AcceptedMessage } from '../ingest/batch.ts'
import type { ChangeLog } from './change-log.ts'
import { withDerivedFacts } from './derive.ts'
import type { ItemRecord, ItemStore } from './item-store.ts'
import { factStateOf, isNews, mergeFacts } from './merge.ts'
import { createPlaces } from './places.ts'
import type { Surroundings } from './surroundings.ts'

/** Items of one agent: a till has a handful; an agent that invents places must not fill the table. */
const ITEMS_PER_AGENT_MAX = 128

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
  merge(itemId: string, pieces: readonly Piece[], around: Pick<Surroundings, 'siteOf'>): ItemRecord | null
}

/** The intake over the stores of the state thread. */
export function createItemIntake(items: ItemStore, changes: ChangeLog, keeper: IncidentKeeper): ItemIntake {
  const places = createPlaces(items, changes, keeper)

  const begin = (itemId: string, piece: Piece): ItemRecord => {
    const { agentId } = piece.message
    if (items.countOf(agentId) < ITEMS_PER_AGENT_MAX) return newRecord(itemId, piece)
    throw new AppError('item.too_many', `agent ${agentId} has ${ITEMS_PER_AGENT_MAX} items already`, {
      nextStep: 'See which ports or disks its configuration and its events name.',
    })
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
      places.take(record, message, item)
      noteNewDrive(record, item, message.receivedAt)
    }
    const before = { ...record.facts }
    mergeFacts(record.facts, item, message.receivedAt)
    for (const [name, fact] of Object.entries(item.facts)) {
      // Names beyond the cap have no present value: they would count as changed each time.
      if (!record.facts[name]) continue
      const next = factStateOf(fact, message.receivedAt)
      if (next.value === null && next.reason !== undefined && before[name]) continue
      changes.live(record.tenantId, record.id, name, next, before[name])
    }
    if (Object.keys(item.facts).length > 0) record.slot = item.slot
    record.agentId = message.agentId
    record.identity = item.identity ?? record.identity
    record.factsAt = Math.max(record.factsAt, item.at)
    record.order = { agentId: message.agentId, epoch: message.epoch, seq: message.seq }
    record.isNew = false
  }

  const takeHistory = (record: ItemRecord, { message, item }: Piece): void => {
    for (const [name, fact] of Object.entries(item.facts)) {
      if (!isFactName(name) && !record.facts[name]) continue
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
      const resolve = places.resolver()
      for (const message of messages) {
        for (const item of message.items) listOf(resolve(message, item)).push({ message, item })
        const pc = `pc:${message.agentId}`
        if (message.kind !== 'derived' && !pieces.has(pc) && items.waitsForVoice(pc))
          listOf(pc).push({ message, item: emptyPc(message, pc) })
      }
      return pieces
    },
    merge: (itemId, pieces, around) => {
      const [first] = pieces
      if (!first) return null
      const record = items.load(itemId) ?? begin(itemId, first)
      if (record.tenantId !== first.message.tenantId) {
        throw new AppError('item.foreign', `agent ${first.message.agentId} speaks of an item of another tenant`, {
          nextStep: 'Two tenants own the same name: see where the agent belongs.',
        })
      }
      const zone = around.siteOf(first.message.agentId)?.timezone ?? null
      let news = record.isNew
      for (const { message, item } of pieces) {
        const piece = { message, item: withDerivedFacts(message, item, zone) }
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
  canSell: null,
  health: 'grey',
  factsAt: item.at,
  order: { agentId: message.agentId, epoch: message.epoch, seq: message.seq },
  nextDueAt: null,
  replacementUntil: null,
  accepted: null,
  isNew: true,
  stored: null,
  succeeds: null,
})
