import type { Execution } from './commands.ts'

/** Buffer commands of the host, first byte of a packet's payload. */
export const BUFFER = { add: 0xc1, ack: 0xc2, request: 0xc3, abort: 0xc4, ackAdd: 0xc5 } as const

/** States of a task and of the buffer, first byte of a device packet's payload. */
export const STATE = {
  inProgress: 0xa2,
  result: 0xa3,
  error: 0xa4,
  stopped: 0xa5,
  unaskedResult: 0xa6,
  unaskedError: 0xa7,
  overflow: 0xb1,
  alreadyExists: 0xb2,
  notFound: 0xb3,
  illegalValue: 0xb4,
} as const

const FLAG_RESULT = 1
const FLAG_IGNORE_ERRORS = 2

/** A task that another program has in the buffer. */
interface ForeignTask {
  readonly id: number
  readonly state: 'running' | 'failed' | 'finished'
}

/** What the buffer depends on besides its own tasks; it may change at any time. */
interface Surroundings {
  readonly capacity: number
  readonly foreign: readonly ForeignTask[]
  /** What is said of a task without a result: A1, A2 or A8. */
  readonly waitingCode: number
}

interface Task {
  readonly flags: number
  /** What its result will be. */
  readonly executed: Execution
  isDone: boolean
}

const FOREIGN_RESULT = [STATE.result, 0x55, 0]
const FOREIGN_ERROR = [STATE.error, 0x55, 0x66, 0]

/** Tasks that a host gave to the register and the results that wait to be acknowledged. It knows no time. */
export interface TaskBuffer {
  /** Takes a task; null when it is taken, else the payload that says why not. */
  add(flags: number, id: number, executed: Execution): number[] | null
  /** The task is carried out. */
  finish(id: number): void
  /** Payload of the answer to an acknowledgement. A finished task of this host is forgotten. */
  ack(id: number): number[]
  isForeign(id: number): boolean
  /** State or result of a task, as the answer to a packet. */
  result(id: number): number[]
  /** Result of a task as it is sent unasked; null when there is none to send. */
  unaskedResult(id: number): number[] | null
}

export function createTaskBuffer(surroundings: () => Surroundings): TaskBuffer {
  const tasks = new Map<number, Task>()

  const foreignTask = (id: number) => surroundings().foreign.find(task => task.id === id)

  /** The failed task behind which the queue stands still, if one does. */
  const stopper = (): number | null => {
    const foreign = surroundings().foreign.find(task => task.state === 'failed')
    if (foreign) return foreign.id
    return [...tasks].find(([, task]) => task.isDone && task.executed.code !== 0)?.[0] ?? null
  }

  /** Tasks are carried out one after another: one that runs for another program makes the rest wait. */
  const isWaiting = (task: Task) => !task.isDone || surroundings().foreign.some(foreign => foreign.state === 'running')

  return {
    add(flags, id, executed) {
      const { capacity, foreign } = surroundings()
      if (tasks.has(id) || foreignTask(id)) return [STATE.alreadyExists]
      if (tasks.size + foreign.length >= capacity) return [STATE.overflow]
      const failed = stopper()
      if (failed !== null && !(flags & FLAG_IGNORE_ERRORS)) return [STATE.stopped, failed]
      tasks.set(id, { flags, executed, isDone: false })
      return null
    },
    finish(id) {
      const task = tasks.get(id)
      if (task) task.isDone = true
    },
    ack(id) {
      const task = tasks.get(id)
      if (!task) return [STATE.notFound]
      if (isWaiting(task)) return [surroundings().waitingCode]
      tasks.delete(id)
      return [STATE.result]
    },
    isForeign: id => foreignTask(id) !== undefined,
    result(id) {
      const task = tasks.get(id)
      if (task && isWaiting(task)) return [surroundings().waitingCode]
      if (task) {
        const { code, extended, answer } = task.executed
        if (task.flags & FLAG_RESULT)
          return code === 0 ? [STATE.result, ...answer] : [STATE.error, 0x55, code, extended]
        // Nobody asked for its result, so nobody will acknowledge it.
        tasks.delete(id)
        return [STATE.result]
      }
      const foreign = foreignTask(id)
      if (!foreign) return [STATE.notFound]
      if (foreign.state === 'running') return [STATE.inProgress]
      return foreign.state === 'finished' ? FOREIGN_RESULT : FOREIGN_ERROR
    },
    unaskedResult(id) {
      const task = tasks.get(id)
      if (!task || isWaiting(task) || !(task.flags & FLAG_RESULT)) return null
      const { code, extended, answer } = task.executed
      return code === 0 ? [STATE.unaskedResult, id, ...answer] : [STATE.unaskedError, id, 0x55, code, extended]
    },
  }
}
