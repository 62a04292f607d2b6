import type { AccountsTables } from '../store/sqlite/tables/accounts-tables.ts'
import type { DeskTables } from '../store/sqlite/tables/desk-tables.ts'
import type { FleetTables } from '../store/sqlite/tables/fleet-tables.ts'
import type { InboundTables } from '../store/sqlite/tables/inbound-tables.ts'
import type { IncidentsTables } from '../store/sqlite/tables/incidents-tables.ts'
import type { NoiseTables } from '../store/sqlite/tables/noise-tables.ts'
import type { ProblemsTables } from '../store/sqlite/tables/problems-tables.ts'
import type { RemoteTables } from '../store/sqlite/tables/remote-tables.ts'
import type { ServiceTables } from '../store/sqlite/tables/service-tables.ts'
import type { SlaTables } from '../store/sqlite/tables/sla-tables.ts'

/** The whole relational file, as pages read it. */
export type ReadTables = FleetTables &
  IncidentsTables &
  AccountsTables &
  ServiceTables &
  RemoteTables &
  NoiseTables &
  ProblemsTables &
  SlaTables &
  InboundTables &
  DeskTables
