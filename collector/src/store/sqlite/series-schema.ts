import type { Migration } from './migrate.ts'

/** Steps of the series file, in order. A released step is never edited. */
export const SERIES_MIGRATIONS: readonly Migration[] = [{ number: 1, file: 'series-0001.sql' }]
