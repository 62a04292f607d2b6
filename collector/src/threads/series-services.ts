import { type Charts, createCharts } from '../evidence/charts.ts'
import type { SeriesStore } from '../store/series-store.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { SERIES_MIGRATIONS } from '../store/sqlite/series-schema.ts'
import { createSqliteSeriesStore } from '../store/sqlite/sqlite-series-store.ts'
import type { Services } from './thread.ts'

/** What a series thread is given; plain data. The writer migrates the file, so it starts before any reader. */
export interface SeriesThreadData {
  readonly databasePath: string
  readonly readOnly: boolean
}

/** The series store as the service `series` of a thread, and charts from it as `charts`. A reader's connection is its own and never waits for the writer. */
export function createSeriesServices(
  data: SeriesThreadData,
): Services & { readonly series: SeriesStore; readonly charts: Charts } {
  const database = openDatabase(data.databasePath, { durability: 'full', readOnly: data.readOnly })
  if (!data.readOnly) migrate(database, SERIES_MIGRATIONS)
  const series = createSqliteSeriesStore(database)
  return { series, charts: createCharts(series) }
}
