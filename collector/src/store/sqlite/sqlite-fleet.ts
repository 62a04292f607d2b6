import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Fleet } from '../../fleet/fleet.ts'
import { createAcceptedSettings } from './sqlite-accepted-settings.ts'
import { createAgentStore } from './sqlite-agents.ts'
import { createDirectoryStore } from './sqlite-directory-store.ts'
import { createForecastSubjects } from './sqlite-forecast-subjects.ts'
import { createSiteSubjects } from './sqlite-site-subjects.ts'
import { createUplinkBook } from './sqlite-uplink-book.ts'

/** The fleet over an open, migrated relational file. */
export function createFleet(database: DatabaseSync, newId: () => string = randomUUID): Fleet {
  return {
    ...createUplinkBook(database),
    ...createDirectoryStore(database, newId),
    ...createAgentStore(database),
    ...createForecastSubjects(database),
    ...createSiteSubjects(database),
    ...createAcceptedSettings(database),
  }
}
