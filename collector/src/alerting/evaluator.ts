import type { DatabaseSync } from 'node:sqlite'
import type { RuleSet } from '@tillwatch/rules'
import { type Clock, type EpochMs, messageOf } from '@tillwatch/shared'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { CommitOutcome } from '../ingest/batch.ts'
import { inSavepoint, inTransaction } from '../store/sqlite/database.ts'
import { advanceMarks } from '../store/sqlite/marks.ts'
import { createChangeLog } from './change-log.ts'
import { withDerivedFacts } from './derive.ts'
import { createEvaluation } from './evaluation.ts'
import type { Evaluator } from './evaluator-port.ts'
import { createItemIntake } from './item-intake.ts'
import { createItemStore, type ItemRecord } from './item-store.ts'
import { createSurroundings, type Surroundings } from './surroundings.ts'

/** An item whose evaluation failed is tried again after this long. */
const RETRY_MS = 5 * 60_000
const DUE_PER_QUERY = 32

export interface EvaluatorOptions {
  readonly rules: RuleSet
  readonly store: IncidentStore
  readonly keeper: IncidentKeeper
  /** Measures the slices of `tick`. */
  readonly clock: Pick<Clock, 'monotonic'>
}

interface Collected {
  readonly itemIds: Set<string>
  readonly incidentIds: Set<string>
  readonly failures: { itemId: string; message: string }[]
}

/** The evaluator over an open connection of the state thread. */
export function createEvaluator(database: DatabaseSync, options: EvaluatorOptions): Evaluator {
  const { rules, store, keeper, clock } = options
  const items = createItemStore(database)
  const surroundingsNow = createSurroundings(database)
  const changes = createChangeLog(database)
  const intake = createItemIntake(items, changes, keeper)
  const evaluation = createEvaluation(rules, items, changes, keeper)

  const fail = (itemId: string, failure: unknown, found: Collected): void => {
    found.failures.push({ itemId, message: messageOf(failure) })
  }

  /** Evaluates and writes one item; a failure undoes nothing but its own evaluation: the facts are kept. */
  const evaluate = async (record: ItemRecord, around: Surroundings, now: EpochMs, found: Collected): Promise<void> => {
    const done = await inSavepoint(database, () => evaluation.run(record, around, now))
    found.itemIds.add(record.id)
    if ('value' in done) {
      for (const incidentId of done.value) found.incidentIds.add(incidentId)
      return
    }
    const kept = await inSavepoint(database, () => items.save({ ...record, nextDueAt: now + RETRY_MS }, now))
    if ('failure' in kept) items.setDue(record.id, now + RETRY_MS)
    fail(record.id, done.failure, found)
  }

  /** What cannot be read or moved waits aside: it must not hold up what is due beside it. */
  const wakeIncidents = async (now: EpochMs, found: Collected, hasTime: () => boolean): Promise<void> => {
    for (const { id, itemId } of store.due(now, DUE_PER_QUERY)) {
      const done = await inSavepoint(database, () => keeper.wake(id, now))
      found.incidentIds.add(id)
      if ('failure' in done) {
        store.setDue(id, now + RETRY_MS)
        fail(itemId, done.failure, found)
      }
      if (!hasTime()) return
    }
  }

  const wakeItems = async (now: EpochMs, found: Collected, hasTime: () => boolean): Promise<void> => {
    const around = surroundingsNow()
    for (const id of items.due(now, DUE_PER_QUERY)) {
      const loaded = await inSavepoint(database, () => items.load(id))
      if ('failure' in loaded) {
        items.setDue(id, now + RETRY_MS)
        fail(id, loaded.failure, found)
      } else if (loaded.value) await evaluate(loaded.value, around, now, found)
      if (!hasTime()) return
    }
  }

  return {
    derive: async messages => {
      const around = surroundingsNow()
      return messages.map(message => {
        if (message.items.length === 0) return message
        const zone = around.siteOf(message.agentId)?.timezone ?? null
        return { ...message, items: message.items.map(item => withDerivedFacts(item, zone)) }
      })
    },
    commit: (messages, now) =>
      inTransaction(database, async () => {
        advanceMarks(database, messages)
        const found = collect()
        const around = surroundingsNow()
        for (const [itemId, pieces] of intake.byItem(messages)) {
          const merged = await inSavepoint(database, () => intake.merge(itemId, pieces, around))
          if ('failure' in merged) fail(itemId, merged.failure, found)
          else if (merged.value) await evaluate(merged.value, around, now, found)
          else found.itemIds.add(itemId)
        }
        return outcomeOf(found)
      }),
    tick: (now, budgetMs) =>
      inTransaction(database, async () => {
        const found = collect()
        const endsAt = clock.monotonic() + budgetMs
        const hasTime = () => clock.monotonic() < endsAt
        // Items first: what their facts no longer prove must not move an incident.
        await wakeItems(now, found, hasTime)
        await wakeIncidents(now, found, hasTime)
        return { ...outcomeOf(found), nextDueAt: earliest(items.nextDueAt(), store.nextDueAt()) }
      }),
  }
}

const collect = (): Collected => ({ itemIds: new Set(), incidentIds: new Set(), failures: [] })

const outcomeOf = (found: Collected): CommitOutcome => ({
  itemIds: [...found.itemIds],
  incidentIds: [...found.incidentIds],
  failures: found.failures,
})

const earliest = (a: EpochMs | null, b: EpochMs | null): EpochMs | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
