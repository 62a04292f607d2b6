import { workerData } from 'node:worker_threads'
import { createSeriesServices, type SeriesThreadData } from './series-services.ts'
import { serve } from './thread.ts'

/** One call into a series thread. */
export default serve(() => createSeriesServices(workerData as SeriesThreadData))
