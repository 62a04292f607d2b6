import { workerData } from 'node:worker_threads'
import { createLookupServices } from '../reads/lookup-services.ts'
import type { ReadThreadData } from '../reads/read-services.ts'
import { serve } from './thread.ts'

/** One call into the lookup thread. */
export default serve(() => createLookupServices(workerData as ReadThreadData))
