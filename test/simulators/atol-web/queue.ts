import { CODES } from './error-texts.ts'
import { type AtolDevice, type RegisterView, registersOf } from './register-view.ts'
import { connectionCode, runTask, type Task } from './tasks.ts'

/** One task of a job and what has become of it. */
export interface Entry {
  status: 'wait' | 'inProgress' | 'ready' | 'error' | 'interrupted' | 'canceled'
  code: number
  result: object | null
}

/** A job in the service's memory. */
interface Job {
  readonly uuid: string
  readonly tasks: readonly Task[]
  readonly entries: Entry[]
  readonly postedMs: number
}

/** How the queue stands, other programs' jobs included. */
interface QueueStatus {
  readonly unfinished: number
  readonly ready: number
  readonly canceled: number
  /** Null while the queue runs. */
  readonly block: { readonly reason: string; readonly uuid: string } | null
}

export interface Queue {
  /** False when there is a job of that name. */
  add(uuid: string, tasks: readonly Task[]): boolean
  find(uuid: string): Job | null
  /** Takes back a job that waits; `late` for one that does not wait any more. */
  cancel(uuid: string): 'cancelled' | 'unknown' | 'late'
  status(): QueueStatus
}

/** The queues of a service: each register has one of its own. */
export function createQueues(device: AtolDevice): (id: string) => Queue {
  const queues = new Map<string, Queue>()
  return id => {
    const queue = queues.get(id) ?? createQueue(device, id)
    queues.set(id, queue)
    return queue
  }
}

/** One register's jobs and the one worker that runs them, one after another. */
function createQueue(device: AtolDevice, id: string): Queue {
  /** The register as it is now. */
  const registerNow = (): RegisterView => {
    const found = registersOf(device).find(register => register.id === id)
    if (!found) throw new Error(`no register ${id}`)
    return found
  }
  const jobs = new Map<string, Job>()
  let running: Job | null = null

  const forgetOld = () => {
    const eldestMs = device.clock.monotonic() - device.state.quirks.job_memory_ms
    for (const job of jobs.values()) if (job !== running && job.postedMs < eldestMs) jobs.delete(job.uuid)
  }

  const work = () => {
    forgetOld()
    const { quirks } = device.state
    const register = registerNow()
    if (running || register.block !== null || (quirks.connection_waits && connectionCode(register) > 0)) return
    const next = [...jobs.values()].find(job => isIn(job, 'wait'))
    if (!next) return
    running = next
    device.clock.after(quirks.wait_ms, () => {
      if (isIn(next, 'wait')) start(next)
      else finish()
    })
  }

  const start = (job: Job) => {
    for (const entry of job.entries) entry.status = 'inProgress'
    device.clock.after(device.state.quirks.run_ms * job.tasks.length, () => {
      carryOut(registerNow(), job)
      finish()
    })
  }

  const finish = () => {
    running = null
    work()
  }

  return {
    add(uuid, tasks) {
      forgetOld()
      if (jobs.has(uuid)) return false
      const entries = tasks.map((): Entry => ({ status: 'wait', code: 0, result: null }))
      jobs.set(uuid, { uuid, tasks, entries, postedMs: device.clock.monotonic() })
      work()
      return true
    },
    find(uuid) {
      work()
      return jobs.get(uuid) ?? null
    },
    cancel(uuid) {
      work()
      const job = jobs.get(uuid)
      if (!job) return 'unknown'
      if (!isIn(job, 'wait')) return 'late'
      for (const entry of job.entries) Object.assign(entry, { status: 'canceled', code: CODES.canceled })
      return 'cancelled'
    },
    status() {
      work()
      const { block, foreignJobs } = registerNow()
      const count = (...states: Entry['status'][]) => [...jobs.values()].filter(job => isIn(job, ...states)).length
      return {
        unfinished: count('wait', 'inProgress') + foreignJobs,
        ready: count('ready', 'error', 'interrupted'),
        canceled: count('canceled'),
        block: block === null ? null : { reason: block, uuid: foreignUuid(1) },
      }
    },
  }
}

const isIn = (job: Job, ...states: Entry['status'][]) => job.entries.some(entry => states.includes(entry.status))

/** Runs one task after another; the first that fails ends the job. */
function carryOut(register: RegisterView, job: Job) {
  let failed = false
  for (const [index, entry] of job.entries.entries()) {
    const task = job.tasks[index]
    if (failed || !task) {
      Object.assign(entry, { status: 'interrupted', code: CODES.interrupted })
      continue
    }
    const { code, result } = runTask(register, task)
    failed = code !== CODES.none
    Object.assign(entry, { status: failed ? 'error' : 'ready', code, result })
  }
}

/** Names of the jobs that other programs have in the queue. */
const foreignUuid = (number: number) => `pos-${number}`
export const isForeign = ({ foreignJobs }: RegisterView, uuid: string): boolean =>
  Array.from({ length: foreignJobs }, (_, index) => foreignUuid(index + 1)).includes(uuid)
