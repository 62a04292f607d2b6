import type { DatabaseSync } from 'node:sqlite'
import { compilePack, type PackSource } from '@tillwatch/rules'
import { AppError, type Clock } from '@tillwatch/shared'
import { createEvaluator } from '../alerting/evaluator.ts'
import type { Evaluator } from '../alerting/evaluator-port.ts'
import { createHistory, type History } from '../alerting/history.ts'
import type { Deliveries } from '../deliveries/delivery-port.ts'
import { createDeliveries } from '../deliveries/delivery-store.ts'
import { createDeliveryOutbox } from '../deliveries/outbox.ts'
import { createIncidentKeeper } from './incident-keeper.ts'
import { createIncidents, type Incidents } from './incident-service.ts'
import { createIncidentStore } from './incident-store.ts'
import type { IncidentRoom } from './room.ts'

/** What of the state thread decides about incidents. */
export interface IncidentPart {
  readonly evaluator: Evaluator
  readonly incidents: Incidents
  readonly deliveries: Deliveries
  readonly history: History
}

export interface IncidentPartData {
  readonly packs: readonly PackSource[]
  readonly overrides: readonly PackSource[]
  readonly desks: readonly string[]
}

/** The services over one connection. Throws `rules.invalid` naming every place in the packs that is wrong. */
export function createIncidentPart(
  database: DatabaseSync,
  data: IncidentPartData,
  clock: Pick<Clock, 'monotonic'>,
): IncidentPart {
  const rules = compilePack(data.packs, data.overrides)
  if (!rules.ok) {
    const problems = rules.error.map(each => `${each.file}:${each.line}:${each.column} ${each.path}: ${each.reason}`)
    throw new AppError('rules.invalid', `the rule packs are wrong:\n  ${problems.join('\n  ')}`, {
      nextStep: 'Correct the named places; `tillwatch rules check` checks a pack without starting.',
      context: { problems },
    })
  }
  const store = createIncidentStore(database)
  // Filled below: rooms move incidents through the keeper, which asks them about each move.
  const rooms: IncidentRoom[] = []
  const keeper = createIncidentKeeper(database, store, createDeliveryOutbox(database, data.desks), rooms)
  return {
    evaluator: createEvaluator(database, { rules: rules.value, store, keeper, rooms, clock }),
    incidents: createIncidents(database, store, keeper),
    deliveries: createDeliveries(database),
    history: createHistory(database),
  }
}
