import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { RuleFile } from '@tillwatch/rules'
import { AppError } from '@tillwatch/shared'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createRuleKeeper } from './rule-keeper.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const PACK = `rules:
  - id: ofd.queue_age
    item: register
    class: ofd
    needs: [fiscal.ofd.unsent_documents]
    title: { ru: Очередь, en: Queue }
    expected: { ru: Пусто, en: Empty }
    component: { ru: ОФД, en: OFD }
    levels: { minor: { set: fiscal.ofd.unsent_documents > 10, hold: 5m } }
`
const shipped: RuleFile[] = [{ file: 'shipped.yaml', text: PACK, kind: 'pack', shipped: true }]
const override = (text: string): RuleFile => ({ file: 'own.yaml', text, kind: 'override', shipped: false })
const HOLD = override('for: { site: nevsky }\noverrides:\n  ofd.queue_age: { levels: { minor: { hold: 7m } } }\n')

let folder: string
let database: DatabaseSync
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-rules-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'main', 'cafe', 'Кафе');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone)
      VALUES ('s', 'main', 'c', 'nevsky', 'Невский', 'Невский, 1', 'Europe/Moscow')`)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const addItems = (count: number): void => {
  const insert = database.prepare(
    `INSERT INTO items (id, tenant_id, kind, agent_id, slot, state_json, facts_at, order_epoch, order_seq, updated_at)
     VALUES (?, 'main', 'register', 'a', 's', '{"facts":{}}', 0, 0, 0, 0)`,
  )
  for (let index = 0; index < count; index++) insert.run(`register:${String(index).padStart(4, '0')}`)
}
const rethrow = (failure: unknown): void => {
  throw failure
}
const dueCount = () =>
  (database.prepare('SELECT count(*) AS n FROM items WHERE next_due_at IS NOT NULL').get() as { n: number }).n
const holdAt = (keeper: ReturnType<typeof createRuleKeeper>, site: string | null) =>
  keeper.rules.of({ tenant: 'main', client: 'cafe', site }).rules.find(({ id }) => id === 'ofd.queue_age')?.stages[0]
    ?.holdMs

describe('the rules in force', () => {
  it('opens with the rest when a file of the customer is wrong, and refuses to start when a shipped one is', async () => {
    const keeper = createRuleKeeper(database, [...shipped, override('overrides: 5\n')], NOW)
    expect(await keeper.service.state()).toMatchObject({ refused: [{ file: 'own.yaml', inForce: 'nothing' }] })
    const broken = { ...shipped[0], text: 'rules: []\n' } as RuleFile
    expect(() => createRuleKeeper(database, [broken], NOW)).toThrow(AppError)
  })

  it('takes a correct file without a restart, keeps it when it becomes wrong, and takes the correction', async () => {
    const keeper = createRuleKeeper(database, shipped, NOW)
    const first = await keeper.service.state()
    const before = holdAt(keeper, 'nevsky')
    const taken = await keeper.service.load([...shipped, HOLD], NOW + 1)
    expect(taken).toMatchObject({ loadedAt: NOW + 1, refused: [] })
    expect(taken.version).not.toBe(first.version)
    expect([holdAt(keeper, 'nevsky'), holdAt(keeper, 'moika')]).toEqual([420_000, before])

    const wrong = await keeper.service.load([...shipped, override(HOLD.text.replace('7m', 'soon'))], NOW + 2)
    expect(wrong).toMatchObject({ refused: [{ inForce: 'earlier', problems: [{ line: 3, column: 45 }] }] })
    expect(wrong.version).toBe(taken.version)
    expect(holdAt(keeper, 'nevsky')).toBe(420_000)
    await keeper.service.load([...shipped, override(HOLD.text.replace('7m', '9m'))], NOW + 3)
    expect(holdAt(keeper, 'nevsky')).toBe(540_000)
    await keeper.service.load(shipped, NOW + 4)
    expect(holdAt(keeper, 'nevsky')).toBe(before)
  })

  it('looks at every item again after a change, a batch when the one before is worked off', async () => {
    addItems(250)
    const keeper = createRuleKeeper(database, shipped, NOW)
    const workOff = () => database.exec('UPDATE items SET next_due_at = NULL')
    const counts: number[] = []
    let now = NOW
    const wakeAll = () => {
      counts.length = 0
      for (let dueAt = keeper.room.nextDueAt?.(); dueAt != null; dueAt = keeper.room.nextDueAt?.()) {
        now = Math.max(now, dueAt)
        keeper.room.wake?.(now, () => true, rethrow)
        counts.push(dueCount())
        workOff()
      }
    }
    wakeAll()
    expect(counts).toEqual([100, 100, 50])
    await keeper.service.load(shipped, now)
    expect(keeper.room.nextDueAt?.()).toBeNull()
    await keeper.service.load([...shipped, HOLD], now)
    wakeAll()
    expect(counts).toEqual([100, 100, 50])
  })

  it('waits with the next batch while items are overdue', async () => {
    addItems(150)
    const keeper = createRuleKeeper(database, shipped, NOW)
    keeper.room.wake?.(NOW, () => true, rethrow)
    expect(dueCount()).toBe(100)
    keeper.room.wake?.(NOW + 1000, () => true, rethrow)
    expect(dueCount()).toBe(100)
  })
})
