import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs, ItemKind } from '@tillwatch/shared'
import { createItemGroups } from '../noise/item-groups.ts'
import { DUE_PER_QUERY } from '../store/sqlite/due.ts'
import type { ItemState, ItemSummary } from './evaluator-port.ts'
import type { FactTable, Order } from './merge.ts'

/** One item while a batch is worked on: facts are merged in place, then it is evaluated and written once. */
export interface ItemRecord {
  readonly id: string
  readonly tenantId: string
  readonly kind: ItemKind
  agentId: string
  slot: string
  identity: string | null
  facts: FactTable
  ruleState: string | null
  summary: ItemSummary | null
  /** What its newest facts said, however old they are by now: a register that is off for the night can sell tomorrow. */
  canSell: string | null
  health: string
  factsAt: EpochMs
  order: Order
  nextDueAt: EpochMs | null
  replacementUntil: EpochMs | null
  /** Settings that a person accepted, by fact. */
  accepted: Readonly<Record<string, string>> | null
  isNew: boolean
  /** Its row as it is in the file; null while there is none. Most evaluations by time change nothing of it but when the next one is due. */
  stored: WrittenRow | null
  /** The item of its place, kept before the register there had told its serial; null when there is none. */
  succeeds: string | null
}

/** What an evaluation writes. */
interface WrittenRow {
  readonly id: string
  readonly tenant_id: string
  readonly kind: string
  readonly agent_id: string
  readonly slot: string
  readonly identity: string | null
  readonly state_json: string
  readonly rule_state_json: string | null
  readonly view_json: string | null
  readonly inn: string | null
  readonly can_sell: string | null
  readonly health: string
  readonly stop_at: number | null
  readonly facts_at: number
  readonly order_epoch: number
  readonly order_seq: number
}

interface ItemRow extends WrittenRow {
  readonly next_due_at: number | null
  readonly replacement_until: number | null
  readonly accepted_json: string | null
}

const KEPT = ['id', 'tenant_id', 'kind'] as const
const CHANGING = [
  ...([
    'agent_id',
    'slot',
    'identity',
    'state_json',
    'rule_state_json',
    'view_json',
    'inn',
    'can_sell',
    'health',
  ] as const),
  ...(['stop_at', 'facts_at', 'order_epoch', 'order_seq'] as const),
]
const WRITTEN = [...KEPT, ...CHANGING]
const REWRITTEN = [...CHANGING, 'next_due_at', 'updated_at']

/** Items and places in the relational file, by prepared statements. Belongs to the state thread. */
export interface ItemStore {
  load(id: string): ItemRecord | null
  save(item: ItemRecord, now: EpochMs): void
  remove(id: string): void
  /** Number of items of an agent. */
  countOf(agentId: string): number
  /** What is due, the longest first, as many as one query takes. */
  due(now: EpochMs): readonly string[]
  nextDueAt(): EpochMs | null
  /** Makes an item due at this moment. */
  setDue(id: string, at: EpochMs): void
  /** True for a PC that is not known yet or that something is wrong with: hearing its agent may change that. */
  waitsForVoice(id: string): boolean
  /** The item last seen at a place. */
  atSlot(agentId: string, kind: string, slot: string): string | null
  takeSlot(agentId: string, kind: string, slot: string, tenantId: string, itemId: string, since: EpochMs): void
}

/** The item store on an open connection. */
export function createItemStore(database: DatabaseSync): ItemStore {
  const select = database.prepare(
    `SELECT ${WRITTEN.join(', ')}, next_due_at, replacement_until, accepted_json FROM items WHERE id = ?`,
  )
  const columns = [...WRITTEN, 'next_due_at', 'updated_at']
  const upsert = database.prepare(
    `INSERT INTO items (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
     ON CONFLICT (id) DO UPDATE SET ${REWRITTEN.map(name => `${name} = excluded.${name}`).join(', ')}`,
  )
  const selectDue = database.prepare(
    `SELECT id FROM items WHERE next_due_at <= ? ORDER BY next_due_at LIMIT ${DUE_PER_QUERY}`,
  )
  const selectNextDue = database.prepare('SELECT min(next_due_at) AS at FROM items WHERE next_due_at IS NOT NULL')
  const selectHealth = database.prepare('SELECT health FROM items WHERE id = ?')
  const deleteOne = database.prepare('DELETE FROM items WHERE id = ?')
  const count = database.prepare('SELECT count(*) AS n FROM items WHERE agent_id = ?')
  const updateDue = database.prepare('UPDATE items SET next_due_at = ? WHERE id = ?')
  const selectSlot = database.prepare('SELECT item_id FROM slots WHERE agent_id = ? AND kind = ? AND slot = ?')
  const upsertSlot = database.prepare(
    `INSERT INTO slots (agent_id, kind, slot, tenant_id, item_id, since) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (agent_id, kind, slot) DO UPDATE SET item_id = excluded.item_id, since = excluded.since
      WHERE item_id <> excluded.item_id`,
  )
  const groups = createItemGroups(database)
  return {
    load: id => {
      const row = select.get(id) as unknown as ItemRow | undefined
      return row ? recordOf(row) : null
    },
    save: (item, now) => {
      const row = writtenOf(item)
      const { stored } = item
      if (stored && WRITTEN.every(name => stored[name] === row[name])) {
        updateDue.run(item.nextDueAt, item.id)
        return
      }
      groups.note(item, item.facts)
      upsert.run(...WRITTEN.map(name => row[name]), item.nextDueAt, now)
      item.stored = row
    },
    remove: id => {
      deleteOne.run(id)
      groups.forget(id)
    },
    countOf: agentId => (count.get(agentId) as { n: number }).n,
    due: now => selectDue.all(now).map(row => String(row['id'])),
    nextDueAt: () => (selectNextDue.get() as { at: number | null }).at,
    setDue: (id, at) => {
      updateDue.run(at, id)
    },
    waitsForVoice: id => {
      const health = selectHealth.get(id)?.['health']
      return health !== 'green' && health !== 'grey'
    },
    atSlot: (agentId, kind, slot) => {
      const row = selectSlot.get(agentId, kind, slot)
      return row ? String(row['item_id']) : null
    },
    takeSlot: (agentId, kind, slot, tenantId, itemId, since) => {
      upsertSlot.run(agentId, kind, slot, tenantId, itemId, since)
    },
  }
}

function writtenOf(item: ItemRecord): WrittenRow {
  const state: ItemState = { facts: item.facts }
  const inn = item.facts['fiscal.register.inn']?.value
  return {
    id: item.id,
    tenant_id: item.tenantId,
    kind: item.kind,
    agent_id: item.agentId,
    slot: item.slot,
    identity: item.identity,
    state_json: JSON.stringify(state),
    rule_state_json: item.ruleState,
    view_json: item.summary ? JSON.stringify(item.summary) : null,
    inn: typeof inn === 'string' ? inn : null,
    can_sell: item.canSell,
    health: item.health,
    stop_at: item.summary?.timeToStop?.at ?? null,
    facts_at: item.factsAt,
    order_epoch: item.order.epoch,
    order_seq: item.order.seq,
  }
}

const recordOf = (row: ItemRow): ItemRecord => ({
  id: row.id,
  tenantId: row.tenant_id,
  kind: row.kind as ItemKind,
  agentId: row.agent_id,
  slot: row.slot,
  identity: row.identity,
  facts: (JSON.parse(row.state_json) as { facts: FactTable }).facts,
  ruleState: row.rule_state_json,
  summary: row.view_json === null ? null : (JSON.parse(row.view_json) as ItemSummary),
  canSell: row.can_sell,
  health: row.health,
  factsAt: row.facts_at,
  order: { agentId: row.agent_id, epoch: row.order_epoch, seq: row.order_seq },
  nextDueAt: row.next_due_at,
  replacementUntil: row.replacement_until,
  accepted: row.accepted_json === null ? null : (JSON.parse(row.accepted_json) as Record<string, string>),
  isNew: false,
  stored: row,
  succeeds: null,
})
