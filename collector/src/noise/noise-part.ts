import type { DatabaseSync } from 'node:sqlite'
import { MASS_MEMBERS_MIN } from '@tillwatch/shared'
import type { Incident } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { IncidentRoom } from '../incidents/room.ts'
import type { Notices } from '../notices/notice.ts'
import type { MassClients } from '../sla/client-news.ts'
import type { Suppression } from '../sla/suppression.ts'
import { createDigest } from './flood-digest.ts'
import { createFloodRoom } from './flood-room.ts'
import { createMaintenance, createReplacementWindow, type Maintenance, type ReplacementWindow } from './maintenance.ts'
import { MASS_THRESHOLDS } from './mass-choice.ts'
import { createMassClients } from './mass-clients.ts'
import { createMassFleet } from './mass-fleet.ts'
import { createMassParent } from './mass-parent.ts'
import { createKeyNames } from './mass-raise.ts'
import { createMassRoom } from './mass-room.ts'
import { createMassStore } from './mass-store.ts'
import { createNoiseCounters, type NoiseNumbers } from './noise-counters.ts'
import { createStillness } from './stillness.ts'
import { createSuppressionRoom } from './suppression-room.ts'
import { createWhere } from './where.ts'
import { createCover, createWindowRoom } from './window-room.ts'
import { createWindowStore } from './window-store.ts'

/** What an operator sets about noise. */
export interface NoiseOptions {
  /** Members that make a mass incident for a client, by the client's code: contracts of small clients may say 2 (domain ruling 18.38). */
  readonly massMembersOf: Readonly<Record<string, number>>
}

/** Without a word from the operator. */
export const USUAL_NOISE: NoiseOptions = { massMembersOf: {} }

/** What keeps noise down, as the state thread puts it together. */
export interface NoisePart {
  /** In the order in which they are asked. */
  readonly rooms: readonly IncidentRoom[]
  readonly maintenance: Maintenance
  readonly noise: NoiseNumbers
  readonly replacementWindow: ReplacementWindow
  /** For the clocks of agreements. */
  readonly suppression: Suppression
  readonly massClients: MassClients
}

interface NoiseParts {
  readonly store: IncidentStore
  readonly keeper: IncidentKeeper
  readonly notices: Notices
  readonly options: NoiseOptions
}

/** The rooms over an open connection. What explains a fault comes first, what only counts tickets last. */
export function createNoisePart(database: DatabaseSync, { store, keeper, notices, options }: NoiseParts): NoisePart {
  const whereOf = createWhere(database)
  const windows = createWindowStore(database)
  const masses = createMassStore(database)
  const counters = createNoiseCounters(database)
  const fleet = createMassFleet(database, whereOf)
  const flood = createFloodRoom(database, {
    store,
    keeper,
    digest: createDigest(database, notices, counters),
    counters,
  })
  const selectClient = database.prepare(
    `SELECT c.code FROM clients c WHERE c.tenant_id = ?1 AND c.id = CASE ?2 WHEN 'client' THEN ?3
       ELSE (SELECT client_id FROM sites WHERE id = ?3 AND tenant_id = ?1) END`,
  )
  const nameOf = createKeyNames(database)
  const parent = createMassParent({
    ...{ masses, fleet, store, keeper, flood, counters, notices, nameOf },
    thresholdsOf: (tenantId, { kind, value }) => {
      if (kind !== 'client' && kind !== 'site') return MASS_THRESHOLDS
      const code = selectClient.get(tenantId, kind, value)?.['code']
      return { ...MASS_THRESHOLDS, minAffected: options.massMembersOf[String(code)] ?? MASS_MEMBERS_MIN }
    },
  })
  const cover = createCover(windows, whereOf)
  const tree = createSuppressionRoom(database, whereOf)
  return {
    rooms: [
      tree,
      createWindowRoom(database, { windows, cover, store, keeper }),
      createMassRoom(database, { masses, fleet, store, parent, counters }),
      flapping,
      flood,
    ],
    maintenance: createMaintenance(database, windows),
    noise: counters,
    replacementWindow: createReplacementWindow(windows),
    suppression: createStillness({ cover, whereOf, tree, store }),
    massClients: createMassClients(database, masses, nameOf),
  }
}

/** A state that flaps is one incident, and nobody is told of its every change: 30 quiet minutes first (domain 8, 17.10). */
const flapping: IncidentRoom = {
  hushes: ({ conditions }: Incident) => conditions.some(condition => condition.flapping === true),
}
