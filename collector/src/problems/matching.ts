import type { DatabaseSync } from 'node:sqlite'
import type { Incident } from '../incidents/incident.ts'
import { createFaceStore, type FaceStore } from './face-store.ts'
import { createKnownErrors, type KnownErrors } from './known-errors.ts'
import type { Problem } from './problem.ts'
import { createProblemStore, type ProblemStore } from './problem-store.ts'

/** What finds the known error of an incident. */
export interface Matching {
  readonly store: ProblemStore
  readonly faces: FaceStore
  readonly known: KnownErrors
  /** The known error that the incident is linked to, else the one that it fits now; null when there is none. */
  knownErrorOf(incident: Incident): Problem | null
}

/** The matching over one connection of the state thread. */
export function createMatching(database: DatabaseSync): Matching {
  const store = createProblemStore(database)
  const faces = createFaceStore(database)
  const known = createKnownErrors(store)
  return {
    ...{ store, faces, known },
    knownErrorOf: incident => {
      const { kind, tenantId, id } = incident
      if (kind !== 'incident' || !known.any(tenantId)) return null
      const [linked] = store.matchedOf(tenantId, id)
      return linked === undefined ? known.best(tenantId, faces.look(incident)) : store.byId(tenantId, linked)
    },
  }
}
