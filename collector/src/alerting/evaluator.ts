import type { DatabaseSync } from 'node:sqlite'
import type { RuleBook } from '@tillwatch/rules'
import type { Clock, EpochMs } from '@tillwatch/shared'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { IncidentRoom } from '../incidents/room.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { advanceMarks } from '../store/sqlite/marks.ts'
import { createChangeLog } from './change-log.ts'
import { withDerivedFacts } from './derive.ts'
import { earliest } from './earliest.ts'
import { createEvaluation } from './evaluation.ts'
import type { Evaluator } from './evaluator-port.ts'
import { createItemIntake } from './item-intake.ts'
import { createItemStore } from './item-store.ts'
import { Round } from './round.ts'
import { createSurroundings } from './surroundings.ts'

export interface EvaluatorOptions {
  readonly rules: Pick<RuleBook, 'of'>
  readonly store: IncidentStore
  readonly keeper: IncidentKeeper
  readonly rooms: readonly IncidentRoom[]
  /** Measures the slices of `tick`. */
  readonly clock: Pick<Clock, 'monotonic'>
}

/** The evaluator over an open connection of the state thread. */
export function createEvaluator(database: DatabaseSync, options: EvaluatorOptions): Evaluator {
  const { rules, store, keeper, rooms, clock } = options
  const items = createItemStore(database)
  const surroundingsNow = createSurroundings(database)
  const changes = createChangeLog(database)
  const intake = createItemIntake(items, changes, keeper)
  const evaluation = createEvaluation(rules, items, changes, keeper)
  const resting = new Map<IncidentRoom, EpochMs>()
  const beginRound = (now: EpochMs) =>
    new Round(database, { items, store, keeper, rooms, resting, intake, evaluation }, surroundingsNow(), now)

  return {
    derive: async messages => {
      const around = surroundingsNow()
      return messages.map(message => {
        if (message.items.length === 0) return message
        const zone = around.siteOf(message.agentId)?.timezone ?? null
        return { ...message, items: message.items.map(item => withDerivedFacts(message, item, zone)) }
      })
    },
    commit: (messages, now) =>
      inTransaction(database, async () => {
        advanceMarks(database, messages)
        const round = beginRound(now)
        await round.takeIn(messages)
        return round.outcome
      }),
    tick: (now, budgetMs) =>
      inTransaction(database, async () => {
        const endsAt = clock.monotonic() + budgetMs
        const hasTime = () => clock.monotonic() < endsAt
        const round = beginRound(now)
        // Items first: what their facts no longer prove must not move an incident.
        await round.wakeItems(hasTime)
        await round.wakeIncidents(hasTime)
        const dues = [await round.wakeRooms(hasTime), items.nextDueAt(), store.nextDueAt()]
        return { ...round.outcome, nextDueAt: dues.reduce(earliest, null) }
      }),
  }
}
