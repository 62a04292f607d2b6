import { workerData } from 'node:worker_threads'
import { createReadServices, type ReadThreadData } from '../reads/read-services.ts'
import { serve } from './thread.ts'

/** One call into the read thread. */
export default serve(() => createReadServices(workerData as ReadThreadData))
