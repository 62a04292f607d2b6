import { ID_MAX } from './packets.ts'

/** Our tasks have ids from here up; programs count theirs from 0, so that meeting one of theirs is rare. */
const TASK_ID_MIN = 0xc0

/**
 * What one session keeps between its commands on transport 3: numbers of packets and tasks, and which task of ours may still be in
 * the register's buffer because an exchange was cut. It is freed before anything else is asked, so that there is never a second
 * one; a task that is not in this book belongs to another program and is never touched. The book ends with the process: what a
 * killed agent left behind looks like another program's from then on.
 */
export interface TaskBook {
  nextPacketId(): number
  /** The id that the register was found not to know, for one task after another; null until there is one. */
  readonly free: number | null
  /** Ids to try, one after another: first that of our own task that was left behind, then unused ones. */
  candidates(): Generator<number>
  /** Another hold of the port: what was free may be in use by another program. */
  newHold(): void
  /** The register knows no task of this id. */
  settle(id: number): void
  /** A task of ours is given to the register. */
  give(id: number): void
  /** The task given last was not taken, because another program has its id. */
  withdraw(): void
  isOurs(id: number): boolean
}

/** Ids tried in one exchange. */
const CANDIDATES_MAX = 8

/** A book for one register. Both numbers go on from where they are told to begin. */
export function createTaskBook({ packetId = 0, taskId = TASK_ID_MIN } = {}): TaskBook {
  let left: number | null = null
  let nextPacket = packetId
  let nextTask = taskId
  let free: number | null = null

  const unused = (): number => {
    const id = nextTask
    nextTask = id === ID_MAX ? TASK_ID_MIN : id + 1
    return id === left ? unused() : id
  }

  return {
    nextPacketId() {
      const id = nextPacket
      nextPacket = id === ID_MAX ? 0 : id + 1
      return id
    },
    get free() {
      return free
    },
    *candidates() {
      if (left !== null) yield left
      for (let count = 0; count < CANDIDATES_MAX; count++) yield unused()
    },
    newHold() {
      free = null
    },
    settle(id) {
      if (id === left) left = null
      free = id
    },
    give(id) {
      left = id
      free = null
    },
    withdraw() {
      left = null
    },
    isOurs: id => id === left,
  }
}
