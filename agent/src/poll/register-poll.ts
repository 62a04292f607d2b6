import {
  type Clock,
  type EpochMs,
  type MonotonicMs,
  ok,
  type Result,
  type Source,
  type WireItem,
} from '@tillwatch/shared'
import type { PollOutcome, Problem, RegisterLink } from '../drivers/driver.ts'
import type { FactReadings } from '../drivers/reading.ts'
import { allOn, type Switches } from '../remote/switches.ts'
import { fullestSerial, linkOfAll, mayBeOne, mergeRungs } from './ladder.ts'
import { DAILY_MS } from './plan.ts'
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
  /** Looks at the register once. `newRound`: everything is due anew, not only what is left. */
  poll(newRound: boolean): Promise<Polled>
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
  /** Nothing more is to be asked of it in this round. */
  isDone: boolean
  completedAtMs: MonotonicMs | null
  triedAtMs: MonotonicMs | null
}

class LadderedRegister implements RegisterPoll {
  readonly #slot: string
  readonly #steps: readonly Step[]
  readonly #clock: Clock
  readonly #switches: Switches
  #latest: WireItem | null = null
  #work = ''

  constructor(slot: string, sources: readonly RegisterSource[], clock: Clock, switches: Switches) {
    this.#slot = slot
    this.#steps = sources.map(source => ({ source, last: null, isDone: false, completedAtMs: null, triedAtMs: null }))
    this.#clock = clock
    this.#switches = switches
  }

  async poll(newRound: boolean): Promise<Polled> {
    const offReason = this.#offReason()
    if (offReason) return this.#leftAlone(offReason)
    if (newRound) for (const step of this.#steps) step.isDone = false
    const asked: Step[] = []
    const problems: Problem[] = []
    for (const step of this.#steps) {
      if (this.#isEnough(step, newRound)) continue
      const polled = await this.#ask(step, newRound || step.last === null)
      asked.push(step)
      problems.push(...this.#named(step, polled.problems))
      // A register at work is left alone by every way; one that has more to tell goes on in the next look.
      if (polled.link === 'ok' && polled.outcome !== 'complete') break
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

  /** Nothing is asked and nothing is wrong: the next look comes at its usual time. */
  #leftAlone(reason: string): Polled {
    const at = this.#clock.now()
    const source = this.#steps[0]?.source.source ?? 'register'
    const item = linkItem({ slot: this.#slot, source }, at, { value: null, reason }, this.#latest?.id ?? null)
    this.#latest = this.#latest ? withLink(this.#latest, item) : item
    return { item, link: 'ok', outcome: 'complete', problems: [], changed: false }
  }

  async #ask(step: Step, newRound: boolean): Promise<SourcePolled> {
    const polled = await step.source.poll(newRound)
    const nowMs = this.#clock.monotonic()
    step.last = polled
    step.triedAtMs = nowMs
    step.isDone = polled.link === 'ok' && polled.outcome === 'complete'
    if (step.isDone) step.completedAtMs = nowMs
    return polled
  }

  /** True when a source is not to be asked now: it is done or switched off, or a better one has told all that this one could. */
  #isEnough(step: Step, newRound: boolean): boolean {
    if (this.#switches.isDisabled('driver', step.source.driver)) step.last = null
    if (step.isDone || this.#switches.isDisabled('driver', step.source.driver)) return true
    // One that failed is tried again in the next round, not while another goes on telling.
    const hasFailed = step.last !== null && step.last.link !== 'ok'
    if (!newRound && hasFailed && this.#steps.some(({ last }) => last?.link === 'ok')) return true
    const better = this.#steps.slice(0, this.#steps.indexOf(step))
    return better.some(({ last, isDone }) => last?.link === 'ok' && isDone) && !this.#owes(step)
  }

  /** A source below one that answers owes the facts that are still unknown, once a day. */
  #owes({ completedAtMs, triedAtMs }: Step): boolean {
    const nowMs = this.#clock.monotonic()
    if (completedAtMs !== null && nowMs - completedAtMs < DAILY_MS) return false
    if (triedAtMs !== null && nowMs - triedAtMs < DEBT_RETRY_MS) return false
    return [...this.#facts().values()].some(({ reason }) => reason !== undefined)
  }

  /** With several ways to a register a problem says whose it is. */
  #named({ source }: Step, problems: readonly Problem[]): readonly Problem[] {
    if (this.#steps.length === 1) return problems
    return problems.map(problem => ({ ...problem, message: `${source.port}: ${problem.message}` }))
  }

  #facts(): FactReadings {
    return mergeRungs(
      this.#steps.map(({ source, last }) => ({ source: source.source, link: last?.link ?? null, facts: source.facts })),
    )
  }

  #told(asked: readonly Step[], problems: readonly Problem[]): Polled {
    const at = this.#clock.now()
    const answering = this.#steps.filter(({ last }) => last?.link === 'ok')
    const main = answering[0] ?? this.#steps.find(({ source }) => source.serial !== null) ?? this.#steps[0]
    const differing = answering.length > 1 && !mayBeOne(answering.map(({ source }) => source.serial))
    const link = linkOfAll(this.#steps.flatMap(({ last }) => last?.link ?? []))
    const origin = { slot: this.#slot, source: main?.source.source ?? ('register' as const) }
    const serials = this.#steps.map(({ source }) => source.serial)
    const serial = differing || !mayBeOne(serials) ? (main?.source.serial ?? null) : fullestSerial(serials)
    if (link !== 'ok') return this.#unanswered(origin, at, link, serial, problems)
    const facts = differing && main ? main.source.facts : this.#facts()
    this.#latest = itemOf(origin, at, { facts, link, serial }, costOf(asked))
    const unfinished = answering.find(({ isDone }) => !isDone)?.last
    return {
      item: this.#latest,
      link,
      outcome: unfinished?.outcome ?? 'complete',
      problems: differing ? [...problems, differingProblem(answering.map(({ source }) => source))] : problems,
      changed: this.#changed(facts),
    }
  }

  #unanswered(
    origin: { slot: string; source: Source },
    at: EpochMs,
    link: RegisterLink,
    serial: string | null,
    problems: readonly Problem[],
  ): Polled {
    const item = linkItem(origin, at, link, serial)
    this.#latest = this.#latest ? withLink(this.#latest, item) : item
    return { item, link, outcome: 'yielded', problems, changed: false }
  }

  /** True when the register was used between two polls that were answered. */
  #changed(facts: FactReadings): boolean {
    const work = `${facts.get('fiscal.fn.last_document')?.value} ${facts.get('fiscal.register.mode')?.value}`
    const before = this.#work
    this.#work = work
    return before !== '' && before !== work
  }
}

/** What all holds of one look cost together. */
function costOf(asked: readonly Step[]): PollCost {
  const costs = asked.flatMap(({ last }) => last?.cost ?? [])
  const sum = (of: (cost: PollCost) => number) => costs.reduce((total, cost) => total + of(cost), 0)
  return {
    // Ports are held one after another: the longest hold is what another program had to wait for.
    heldMs: Math.max(0, ...costs.map(({ heldMs }) => heldMs)),
    bytesCount: sum(({ bytesCount }) => bytesCount),
    commandsCount: sum(({ commandsCount }) => commandsCount),
  }
}

const differingProblem = (sources: readonly RegisterSource[]): Problem => ({
  code: 'register.sources_differ',
  message: `different registers answer: ${sources.map(({ port, serial }) => `${port} no. ${serial}`).join(', ')}; only the first is used`,
  nextStep: 'Give each register a slot of its own, and list under "also" only ports of the same one.',
})

/** The last full item, with the news of the link; every older fact keeps its own time. */
function withLink(full: WireItem, news: WireItem): WireItem {
  const aged = Object.entries(full.facts).map(([name, fact]): [string, WireItem['facts'][string]] => {
    const detail = fact !== null && typeof fact === 'object' && !Array.isArray(fact) ? fact : { value: fact }
    return [name, { at: full.at, ...detail }]
  })
  return { ...news, facts: { ...Object.fromEntries(aged), ...news.facts } }
}
