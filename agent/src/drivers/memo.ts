import type { FactName, MonotonicMs } from '@tillwatch/shared'
import type { FactReading, FactReadings } from './reading.ts'

/**
 * What is remembered of one register between polls: facts with their time, when each question was answered, what the device
 * does not support. Bounded by the number of questions and facts that a driver has. Lost with the process, on purpose.
 */
export class RegisterMemo {
  #facts = new Map<FactName, FactReading>()
  #answeredAtMs = new Map<string, MonotonicMs>()
  #givenUpAtMs = new Map<string, MonotonicMs>()
  #durationMs = new Map<string, number>()
  #failures = new Map<string, number>()
  #barred = new Map<string, { readonly reason: string; readonly untilMs: MonotonicMs }>()
  #notes = new Map<string, string | number>()

  get facts(): FactReadings {
    return this.#facts
  }

  set(name: FactName, fact: FactReading): void {
    this.#facts.set(name, fact)
  }

  /** Time of the last answer to a question, monotonic. */
  answeredAtMs(question: string): MonotonicMs | undefined {
    return this.#answeredAtMs.get(question)
  }

  markAnswered(question: string, atMs: MonotonicMs): void {
    this.#answeredAtMs.set(question, atMs)
    this.#givenUpAtMs.delete(question)
    this.#failures.delete(question)
  }

  /** The answer to a question may be out of date: it is put again, and what it told stays until then. */
  askAgain(question: string): void {
    this.#answeredAtMs.delete(question)
  }

  /** Time at which a question was last left without a value, monotonic. */
  givenUpAtMs(question: string): MonotonicMs | undefined {
    return this.#givenUpAtMs.get(question)
  }

  markGivenUp(question: string, atMs: MonotonicMs): void {
    this.#givenUpAtMs.set(question, atMs)
    this.#failures.delete(question)
  }

  /** How long a command last took, where it was ever asked. */
  durationMs(command: string): number | undefined {
    return this.#durationMs.get(command)
  }

  markDuration(command: string, durationMs: number): void {
    this.#durationMs.set(command, durationMs)
  }

  /** Counts one more failure of a question in a row and returns their number. */
  countFailure(question: string): number {
    const failures = (this.#failures.get(question) ?? 0) + 1
    this.#failures.set(question, failures)
    return failures
  }

  /** Why a command is not sent now: it is unsupported, or its secret was refused. Without a time: whether it was ever barred. */
  barred(command: string, nowMs: MonotonicMs = Number.NEGATIVE_INFINITY): string | undefined {
    const bar = this.#barred.get(command)
    return bar && nowMs < bar.untilMs ? bar.reason : undefined
  }

  bar(command: string, reason: string, untilMs: MonotonicMs = Number.POSITIVE_INFINITY): void {
    this.#barred.set(command, { reason, untilMs })
  }

  /** A driver's own small notes: table numbers, names of fields, counters. */
  note(key: string): string | number | undefined {
    return this.#notes.get(key)
  }

  setNote(key: string, value: string | number | undefined): void {
    if (value === undefined) this.#notes.delete(key)
    else this.#notes.set(key, value)
  }

  /** After a loss of the link everything is asked anew; what was known stays known, with its age. */
  expire(): void {
    this.#answeredAtMs.clear()
    this.#givenUpAtMs.clear()
    this.#failures.clear()
  }

  /** Another register or another drive: forgets what was answered before `beforeMs`, and all facts but those just told. */
  forget(beforeMs: MonotonicMs, justTold: ReadonlySet<FactName>): void {
    this.#facts = new Map([...this.#facts].filter(([name]) => justTold.has(name)))
    this.#answeredAtMs = new Map([...this.#answeredAtMs].filter(([, atMs]) => atMs >= beforeMs))
    this.#givenUpAtMs.clear()
    this.#durationMs.clear()
    this.#failures.clear()
    this.#barred.clear()
    this.#notes.clear()
  }
}
