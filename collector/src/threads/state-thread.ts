import { workerData } from 'node:worker_threads'
import { createStateServices, type StateThreadData } from './state-services.ts'
import { serve } from './thread.ts'

/** One call into the state thread. */
export default serve(() => createStateServices(workerData as StateThreadData))
