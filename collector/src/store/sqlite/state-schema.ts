import type { Migration } from './migrate.ts'

/** Steps of the relational file, in order. A released step is never edited. */
export const STATE_MIGRATIONS: readonly Migration[] = [
  { number: 1, file: '0001-fleet.sql' },
  { number: 2, file: '0002-incidents.sql' },
  { number: 3, file: '0003-accounts.sql' },
  { number: 4, file: '0004-agent-commands.sql' },
  { number: 5, file: '0005-service.sql' },
  { number: 6, file: '0006-sla.sql' },
  { number: 7, file: '0007-problems.sql' },
  { number: 8, file: '0008-noise.sql' },
  { number: 9, file: '0009-inbound.sql' },
  { number: 10, file: '0010-checks.sql' },
  { number: 11, file: '0011-desks.sql' },
]
