import { createMemorySeriesStore } from '@tillwatch/collector/store/memory-series-store'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { SERIES_MIGRATIONS } from '@tillwatch/collector/store/sqlite/series-schema'
import { createSqliteSeriesStore } from '@tillwatch/collector/store/sqlite/sqlite-series-store'
import { seriesStoreContract } from './series.contract.ts'

seriesStoreContract('memory', async () => createMemorySeriesStore())
seriesStoreContract('SQLite', async () => {
  const database = openDatabase(':memory:')
  migrate(database, SERIES_MIGRATIONS)
  return createSqliteSeriesStore(database)
})
