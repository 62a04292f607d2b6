import type { AccountsTables } from '../store/sqlite/tables/accounts-tables.ts'
import type { FleetTables } from '../store/sqlite/tables/fleet-tables.ts'
import type { IncidentsTables } from '../store/sqlite/tables/incidents-tables.ts'
import type { RemoteTables } from '../store/sqlite/tables/remote-tables.ts'

/** The whole relational file, as pages read it. */
export type ReadTables = FleetTables & IncidentsTables & AccountsTables & RemoteTables
