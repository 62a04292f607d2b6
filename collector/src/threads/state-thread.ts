import { workerData } from 'node:worker_threads'
import { createStateServices, type StateThreadData } from './state-services.ts'
import { answer, type Call, type Reply } from './thread.ts'

const services = createStateServices(workerData as StateThreadData)

/** One call into the state thread. */
export default (call: Call): Promise<Reply> => answer(services, call)
