import {
  AppError,
  type Clock,
  type Component,
  isSameSerial,
  type Logger,
  messageOf,
  type WireItem,
} from '@tillwatch/shared'
import type { Problem } from '../drivers/driver.ts'
import type { Switches } from '../remote/switches.ts'
import type { OpenLine } from '../transport/open-transport.ts'
import { type LastPoll, type NextPoll, NO_STREAKS, nextPoll, streaksWith } from './plan.ts'
import { createRegisterPoll, type Polled, type RegisterPoll, type RegisterTarget } from './register-poll.ts'

export interface PolledRegister extends RegisterTarget {
  readonly intervalS: number
}

/** A problem of one register, as it appears. */
export interface RegisterProblem extends Problem {
  readonly slot: string
}

export interface PollerOptions {
  readonly registers: readonly PolledRegister[]
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly logger: Logger
  /** What a person has switched off; nothing unless told. */
  readonly switches?: Switches
  /** Way to an address; the real one unless told. */
  readonly open?: OpenLine
  /** Called for every hold of the port, whatever came of it. */
  onReading(item: WireItem): void
  /** Called when a problem appears, not again while it stays. */
  onProblem?(problem: RegisterProblem): void
}

/** Polls all registers, each in a loop of its own. */
export interface Poller extends Component {
  /** Newest state of every register that was polled, all facts with their age; a register of two slots once. */
  latest(): WireItem[]
  /**
   * Polls one register without waiting for its turn, the facts too that are otherwise read once a day; a register that was just seen
   * at work has its rest first. Resolves after the first hold of the port. Null when there is no such slot or the poller has stopped.
   */
  pollNow(slot: string): Promise<WireItem | null>
}

/** A poller. `start` rejects with the AppError of a register whose driver, port or variant is wrong. */
export function createPoller(options: PollerOptions): Poller {
  const loops = new Map<string, RegisterLoop>()
  /**
   * Slot that tells of the same register as `item`: two ports of one register are one register. Of two that answer the first tells;
   * one that does not is no news while the other answers.
   */
  const twinOf = (slot: string, item: WireItem): string | null => {
    const slots = [...loops.keys()]
    const rivals = isAnswer(item) ? slots.slice(0, slots.indexOf(slot)) : slots.filter(other => other !== slot)
    const isTwin = (other: WireItem | null) =>
      other?.id && item.id && isAnswer(other) && isSameSerial(other.id, item.id)
    return rivals.find(rival => isTwin(loops.get(rival)?.latest() ?? null)) ?? null
  }

  return {
    async start() {
      for (const register of options.registers) {
        const poll = await createRegisterPoll(register, options.clock, options)
        if (!poll.ok) throw poll.error
        if (loops.has(register.slot))
          throw new AppError('config.slot', `two registers have the slot ${register.slot}`, {
            nextStep: 'Give each its own.',
          })
        loops.set(register.slot, new RegisterLoop(register, poll.value, { ...options, twinOf }))
      }
      for (const loop of loops.values()) loop.start()
    },
    async stop() {
      await Promise.all([...loops.values()].map(loop => loop.stop()))
    },
    latest: () =>
      [...loops].flatMap(([slot, loop]) => {
        const item = loop.latest()
        return item && twinOf(slot, item) === null ? item : []
      }),
    pollNow: async slot => (await loops.get(slot)?.now()) ?? null,
  }
}

interface LoopOptions extends PollerOptions {
  twinOf(slot: string, item: WireItem): string | null
}

const isAnswer = (item: WireItem): boolean => item.facts['fiscal.register.link'] === 'ok'

/** One register's loop. Whatever goes wrong in it stays in it. */
class RegisterLoop {
  readonly #register: PolledRegister
  readonly #poll: RegisterPoll
  readonly #options: LoopOptions
  readonly #stopping = new AbortController()
  #problems = new Set<string>()
  #waiting: AbortController | null = null
  #asked: ((item: WireItem | null) => void)[] = []
  #running: Promise<void> = Promise.resolve()

  constructor(register: PolledRegister, poll: RegisterPoll, options: LoopOptions) {
    this.#register = register
    this.#poll = poll
    this.#options = options
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#waiting?.abort()
    await this.#running
    await this.#poll.close()
    for (const resolve of this.#asked.splice(0)) resolve(null)
  }

  latest(): WireItem | null {
    return this.#poll.latest()
  }

  now(): Promise<WireItem | null> {
    if (this.#stopping.signal.aborted) return Promise.resolve(null)
    return new Promise(resolve => {
      this.#asked.push(resolve)
      this.#waiting?.abort()
    })
  }

  async #run(): Promise<void> {
    const { random } = this.#options
    const intervalMs = this.#register.intervalS * 1_000
    let [newRound, slowToo, streaks] = [true, false, NO_STREAKS]
    // Registers of one PC, and tills switched on together, do not begin in the same second.
    await this.#wait({ delayMs: Math.round(random() * Math.min(2_000, intervalMs)), restMs: 0 })
    while (!this.#stopping.signal.aborted) {
      const last: LastPoll = (await this.#once(newRound, slowToo)) ?? THROWN
      streaks = streaksWith(streaks, last, newRound)
      const next = nextPoll(last, streaks, intervalMs, random())
      slowToo = await this.#wait(next)
      newRound = slowToo || next.newRound
    }
  }

  async #once(newRound: boolean, slowToo: boolean): Promise<Polled | null> {
    // Who asks while the port is held has changed something since, perhaps: that one is answered by the next poll.
    const asked = this.#asked.splice(0)
    try {
      const polled = await this.#poll.poll(newRound, slowToo)
      const twin = this.#options.twinOf(this.#register.slot, polled.item)
      this.#report(twin === null ? polled.problems : [...polled.problems, twinProblem(twin)])
      if (twin === null) this.#options.onReading(polled.item)
      for (const resolve of asked) resolve(polled.item)
      return polled
    } catch (thrown) {
      // A programming error in one driver must not stop the others.
      this.#options.logger.error(
        { slot: this.#register.slot, error: messageOf(thrown) },
        'poll failed by a programming error; it goes on',
      )
      for (const resolve of asked) resolve(null)
      return null
    }
  }

  /** Resolves after the delay; after the rest when asked to poll now (true); at once when told to stop. */
  async #wait({ delayMs, restMs }: Pick<NextPoll, 'delayMs' | 'restMs'>): Promise<boolean> {
    const { clock } = this.#options
    const { signal } = this.#stopping
    if (restMs > 0) await clock.sleep(restMs, signal)
    if (!signal.aborted && this.#asked.length === 0) {
      this.#waiting = new AbortController()
      await clock.sleep(delayMs - restMs, this.#waiting.signal)
      this.#waiting = null
    }
    return this.#asked.length > 0
  }

  #report(problems: readonly Problem[]): void {
    const { slot } = this.#register
    for (const problem of problems) {
      if (this.#problems.has(problem.code)) continue
      this.#options.logger.warn({ slot, code: problem.code, nextStep: problem.nextStep }, problem.message)
      this.#options.onProblem?.({ slot, ...problem })
    }
    this.#problems = new Set(problems.map(problem => problem.code))
  }
}

/** How a poll counts that ended in a programming error. */
const THROWN: LastPoll = { link: 'error', outcome: 'yielded', changed: false }

const twinProblem = (twin: string): Problem => ({
  code: 'register.twin',
  message: `this is the register that is read in slot ${twin} already; it is not told twice`,
  nextStep: `Remove this slot, or list its port under "also" of slot ${twin}.`,
})
