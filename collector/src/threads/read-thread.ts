import { workerData } from 'node:worker_threads'
import { createReadServices, type ReadThreadData } from '../reads/read-services.ts'
import { answer, type Call, type Reply } from './thread.ts'

const services = createReadServices(workerData as ReadThreadData)

/** One call into the read thread. */
export default (call: Call): Promise<Reply> => answer(services, call)
