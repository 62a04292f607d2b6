import { type Clock, type MonotonicMs, ok, type Result, type WireItem } from '@tillwatch/shared'
import type { PollOutcome, Problem, RegisterLink } from '../drivers/driver.ts'
import type { FactReadings } from '../drivers/reading.ts'
import { allOn, type Switches } from '../remote/switches.ts'
import { fullestSerial, linkOfAll, mayBeOne, mergeRungs } from './ladder.ts'
import { DAILY_MS, roundsBetweenTries } from './plan.ts'
import { itemOf, linkItem, type PollCost } from './register-item.ts'
import {
  createRegisterSource,
  type RegisterSource,
  type SourcePolled,
  type SourceTarget,
  type SourceWorld,
} from './register-source.ts'

/** Where and how one register is polled. */
export interface RegisterTarget extends SourceTarget {
  readonly slot: string
  /** Further ways to the same register. */
  readonly also?: readonly SourceTarget[] | undefined
  readonly keepOpen?: boolean | undefined
}

/** What one look at a register came to. */
export interface Polled {
  readonly item: WireItem
  readonly link: RegisterLink
  readonly outcome: PollOutcome
  readonly problems: readonly Problem[]
  /** FD number or mode differ from the poll before. */
  readonly changed: boolean
}

/** One register that can be polled, again and again, by one caller at a time. */
export interface RegisterPoll {
  /** Looks at the register once. `newRound`: everything is due anew, not only what is left; `slowToo`: also what is otherwise read once a day. */
  poll(newRound: boolean, slowToo?: boolean): Promise<Polled>
  /** Newest state: all that is known, with its age; null before the first poll. */
  latest(): WireItem | null
  close(): Promise<void>
}

/** Loads the drivers and makes ready, without touching a port. The error says what in the target is wrong. */
export async function createRegisterPoll(
  target: RegisterTarget,
  clock: Clock,
  world: SourceWorld = {},
): Promise<Result<RegisterPoll>> {
  const sources: RegisterSource[] = []
  for (const one of [target, ...(target.also ?? [])]) {
    const source = await createRegisterSource(one, clock, world, target.keepOpen)
    if (!source.ok) return source
    sources.push(source.value)
  }
  // Sources of one rank stay in the order in which they were given.
  return ok(
    new LadderedRegister(
      target.slot,
      sources.toSorted((a, b) => a.rank - b.rank),
      clock,
      world.switches ?? allOn,
    ),
  )
}

/** A worse source that knows what the better ones do not is asked for it once a day, and tried again after an hour. */
const DEBT_RETRY_MS = 3_600_000

/** A source as this register's ladder sees it. */
interface Step {
  readonly source: RegisterSource
  last: SourcePolled | null
  /** How far it came in this round. */
  progress: 'none' | 'begun' | 'done'
  completedAtMs: MonotonicMs | null
  triedAtMs: MonotonicMs | null
  /** Polls in a row that were not answered, and rounds until the next try while another source tells. */
  failures: number
  roundsLeft: number
  /** Somebody wants to see its slow facts, and it was not asked since. */
  isSlowWanted: boolean
}

const stepOf = (source: RegisterSource): Step => ({
  source,
  last: null,
  progress: 'none',
  completedAtMs: null,
  triedAtMs: null,
  failures: 0,
  roundsLeft: 0,
  isSlowWanted: false,
})

class LadderedRegister implements RegisterPoll {
  readonly #slot: string
  readonly #steps: readonly Step[]
  readonly #clock: Clock
  readonly #switches: Switches
  #latest: WireItem | null = null
  #work = ''
  /** The source that spoke for the register last. */
  #speaker: Step | undefined

  constructor(slot: string, sources: readonly RegisterSource[], clock: Clock, switches: Switches) {
    this.#slot = slot
    this.#steps = sources.map(stepOf)
    this.#clock = clock
    this.#switches = switches
  }

  async poll(newRound: boolean, slowToo = false): Promise<Polled> {
    const offReason = this.#offReason()
    if (offReason) return this.#leftAlone(offReason)
    if (newRound) this.#beginRound()
    if (slowToo) this.#wantSlow()
    const asked: Step[] = []
    const problems: Problem[] = []
    for (const step of this.#steps) {
      if (this.#switches.isDisabled('driver', step.source.driver)) {
        await leaveAlone(step)
        continue
      }
      if (this.#isEnough(step)) continue
      const polled = await this.#ask(step, newRound || step.last === null)
      asked.push(step)
      problems.push(...this.#named(step, polled.problems))
      // A register at work is left alone by every way; one that has more to tell goes on in the next look.
      if (step.progress === 'begun') break
    }
    return this.#told(asked, problems)
  }

  latest(): WireItem | null {
    return this.#latest
  }

  async close(): Promise<void> {
    await Promise.all(this.#steps.map(({ source }) => source.close()))
  }

  /** Why the register is left alone as a whole; null while something may be asked. */
  #offReason(): string | null {
    const slotOff = this.#switches.offReason('slot', this.#slot)
    const drivers = this.#steps.map(({ source }) => this.#switches.offReason('driver', source.driver))
    return slotOff ?? (drivers.every(reason => reason !== null) ? (drivers[0] ?? null) : null)
  }

  /** Nothing is asked, no port is kept, and nothing is wrong: the next look comes at its usual time. */
  async #leftAlone(reason: string): Promise<Polled> {
    await this.close()
    const at = this.#clock.now()
    const source = this.#steps[0]?.source.source ?? 'register'
    const item = linkItem({ slot: this.#slot, source }, at, { value: null, reason }, this.#latest?.id ?? null)
    this.#latest = this.#latest ? withLink(this.#latest, item) : item
    return { item, link: 'ok', outcome: 'complete', problems: [], changed: false }
  }

  #beginRound(): void {
    for (const step of this.#steps) {
      step.progress = 'none'
      step.roundsLeft--
    }
  }

  /** A person wants all of it, now: no way waits for its day or its next try. */
  #wantSlow(): void {
    for (const step of this.#steps) {
      step.isSlowWanted = true
      step.completedAtMs = null
      step.triedAtMs = null
      step.roundsLeft = 0
    }
  }

  async #ask(step: Step, newRound: boolean): Promise<SourcePolled> {
    const polled = await step.source.poll(newRound || step.isSlowWanted, step.isSlowWanted)
    step.isSlowWanted = false
    const isAnswered = polled.link === 'ok'
    step.last = polled
    step.triedAtMs = this.#clock.monotonic()
    step.progress = isAnswered ? (polled.outcome === 'complete' ? 'done' : 'begun') : 'none'
    if (step.progress === 'done') step.completedAtMs = step.triedAtMs
    step.failures = isAnswered ? 0 : step.failures + 1
    step.roundsLeft = isAnswered ? 0 : roundsBetweenTries(step.failures)
    return polled
  }

  /** True when a source is not to be asked now: it is done, or a better one has told all that this one could. */
  #isEnough(step: Step): boolean {
    if (step.progress !== 'none') return step.progress === 'done'
    // One that failed is tried again after growing pauses, while another goes on telling.
    if (step.roundsLeft > 0 && this.#steps.some(({ last }) => last?.link === 'ok')) return true
    const better = this.#steps.slice(0, this.#steps.indexOf(step))
    return better.some(({ progress }) => progress === 'done') && !this.#owes(step)
  }

  /** A source below one that answers owes the facts that are still unknown, once a day; sooner when it last spoke of another register. */
  #owes({ source, completedAtMs, triedAtMs }: Step): boolean {
    const nowMs = this.#clock.monotonic()
    const isOther = !mayBeOne([this.#serial, source.serial])
    if (!isOther && completedAtMs !== null && nowMs - completedAtMs < DAILY_MS) return false
    if (triedAtMs !== null && nowMs - triedAtMs < DEBT_RETRY_MS) return false
    return isOther || [...this.#facts().values()].some(({ reason }) => reason !== undefined)
  }

  /** With several ways to a register a problem says whose it is. */
  #named({ source }: Step, problems: readonly Problem[]): readonly Problem[] {
    if (this.#steps.length === 1) return problems
    return problems.map(problem => ({ ...problem, message: `${source.port}: ${problem.message}` }))
  }

  get #answering(): readonly Step[] {
    return this.#steps.filter(({ last }) => last?.link === 'ok')
  }

  /** The source whose register this is: the best that answers; while none does, the one that spoke last. */
  get #main(): Step | undefined {
    return this.#answering[0] ?? this.#speaker ?? this.#steps[0]
  }

  /** Serial of this register as its main source gives it, else another one. */
  get #serial(): string | null {
    const serials = [this.#main, ...this.#steps].map(step => step?.source.serial ?? null)
    return serials.find(serial => serial !== null) ?? null
  }

  /** The sources that speak of this register: what another register has told stays out, however long ago. */
  get #own(): readonly Step[] {
    const serial = this.#serial
    return this.#steps.filter(({ source }) => mayBeOne([serial, source.serial]))
  }

  #facts(): FactReadings {
    return mergeRungs(
      this.#own.map(({ source, last }) => ({ source: source.source, link: last?.link ?? null, facts: source.facts })),
    )
  }

  #told(asked: readonly Step[], problems: readonly Problem[]): Polled {
    const main = this.#main
    const link = linkOfAll(this.#steps.flatMap(({ last }) => last?.link ?? []))
    const [at, cost] = [this.#clock.now(), costOf(asked)]
    const origin = { slot: this.#slot, source: main?.source.source ?? ('register' as const) }
    const serial = fullestSerial(this.#own.map(({ source }) => source.serial))
    if (link !== 'ok') {
      const item = linkItem(origin, at, link, serial, cost)
      this.#latest = this.#latest ? withLink(this.#latest, item) : item
      return { item, link, outcome: 'yielded', problems, changed: false }
    }
    this.#speaker = main
    const facts = this.#facts()
    // Nobody is told what an unknown register says: it would be taken for what the last one here says.
    this.#latest = main?.source.isInDoubt
      ? linkItem(origin, at, link, null, cost)
      : itemOf(origin, at, { facts, link, serial }, cost)
    return {
      item: this.#latest,
      link,
      outcome: this.#steps.find(({ progress }) => progress === 'begun')?.last?.outcome ?? 'complete',
      problems: [...problems, ...differingProblems(this.#answering)],
      changed: this.#changed(facts),
    }
  }

  /** True when the register was used between two polls that were answered. */
  #changed(facts: FactReadings): boolean {
    const work = `${facts.get('fiscal.fn.last_document')?.value} ${facts.get('fiscal.register.mode')?.value}`
    const before = this.#work
    this.#work = work
    return before !== '' && before !== work
  }
}

/** A source that a person has switched off: its port is not kept, and it has no say. */
async function leaveAlone(step: Step): Promise<void> {
  step.last = null
  step.progress = 'none'
  await step.source.close()
}

/** What all holds of one look cost together; null when no port was opened. */
function costOf(asked: readonly Step[]): PollCost | null {
  const costs = asked.flatMap(({ last }) => last?.cost ?? [])
  if (costs.length === 0) return null
  const sum = (of: (cost: PollCost) => number) => costs.reduce((total, cost) => total + of(cost), 0)
  return {
    // Ports are held one after another: the longest hold is what another program had to wait for.
    heldMs: Math.max(...costs.map(({ heldMs }) => heldMs)),
    bytesCount: sum(({ bytesCount }) => bytesCount),
    commandsCount: sum(({ commandsCount }) => commandsCount),
  }
}

/** Sources of one slot that answer for different registers. */
function differingProblems(answering: readonly Step[]): readonly Problem[] {
  const sources = answering.map(({ source }) => source)
  if (mayBeOne(sources.map(({ serial }) => serial))) return []
  const named = sources.map(({ port, serial }) => `${port} no. ${serial}`).join(', ')
  return [
    {
      code: 'register.sources_differ',
      message: `different registers answer: ${named}; only the first is used`,
      nextStep: 'Give each register a slot of its own, and list under "also" only ports of the same one.',
    },
  ]
}

/** The last full item, with the news of the link; every older fact keeps its own time. */
function withLink(full: WireItem, news: WireItem): WireItem {
  const aged = Object.entries(full.facts).map(([name, fact]): [string, WireItem['facts'][string]] => {
    const detail = fact !== null && typeof fact === 'object' && !Array.isArray(fact) ? fact : { value: fact }
    return [name, { at: full.at, ...detail }]
  })
  return { ...news, facts: { ...Object.fromEntries(aged), ...news.facts } }
}
