import { workerData } from 'node:worker_threads'
import { createSeriesServices, type SeriesThreadData } from './series-services.ts'
import { answer, type Call, type Reply } from './thread.ts'

const services = createSeriesServices(workerData as SeriesThreadData)

/** One call into a series thread. */
export default (call: Call): Promise<Reply> => answer(services, call)
