import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, type Clock, type EventBody, err, type Logger, messageOf, type Result } from '@tillwatch/shared'
import { makeFolder } from '../make-folder.ts'
import type { Content, Credit, Outbox, OutboxLimits, Refusal } from './outbox.ts'
import { nextEpoch } from './outbox.ts'
import { DEFAULT_LIMITS } from './outbox-limits.ts'
import { readSidecar, SIDECAR_EVERY, type Sidecar, writeSidecar } from './sidecar.ts'
import { DamagedOutbox, isCorruption, openFailure, unavailable } from './sqlite-failure.ts'
import { freshState } from './sqlite-file.ts'
import { openSqliteOutbox } from './sqlite-outbox.ts'

/** Damaged files that are kept for people to look at; the oldest go. */
export const SET_ASIDE_MAX = 3

export interface OutboxOptions {
  /** Directory of the agent's own files; created when missing. */
  readonly dir: string
  readonly clock: Clock
  /** Names this run of the process. */
  readonly run: string
  readonly logger: Logger
  readonly limits?: Partial<OutboxLimits>
  /** Largest size of the database file; by default twice the cap of its messages, and room for the quarantine. */
  readonly fileBytesMax?: number
}

/** A full quarantine of the largest messages, and the file's own structure. */
const OVERHEAD_BYTES = 8 * 1024 * 1024

const FILE = 'outbox.sqlite'
const SIDECAR = 'outbox.json'
const SUFFIXES = ['', '-wal', '-shm'] as const

/**
 * The outbox that repairs itself: a cut log is recovered by SQLite; a damaged file, found at opening or in the middle of work,
 * is set aside under a name with its time, a new epoch begins in a new file, and the first message of that file tells what was
 * lost, counted from the sidecar.
 */
class RecoveringOutbox implements Outbox {
  readonly #options: OutboxOptions
  readonly #limits: OutboxLimits
  readonly #file: string
  readonly #sidecar: string
  /** Null while a damaged file could not be replaced; every call tries again. */
  #inner: Outbox | null
  #untilSidecar = 0
  /** Messages lost while there was no file; counted in the next one. */
  #lost = 0

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#file = join(options.dir, FILE)
    this.#sidecar = join(options.dir, SIDECAR)
    makeDirectory(options.dir)
    const known = readSidecar(this.#sidecar)
    this.#inner = this.#openOrReplace(known)
    this.#compare(this.#inner, known)
    this.#saveSidecar()
  }

  append(content: Content): Result<number> {
    try {
      const appended = this.#guarded(inner => inner.append(content))
      if (appended.ok && --this.#untilSidecar <= 0) this.#saveSidecar()
      return appended
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      this.#lost++
      return err(thrown)
    }
  }

  position = () => this.#guarded(inner => inner.position())
  counts = () => this.#guarded(inner => inner.counts())
  take = (after: number, credit: Credit) => this.#guarded(inner => inner.take(after, credit))
  offer = (seq: number) => this.#guarded(inner => inner.offer(seq))
  settle = (mark: number) => this.#guarded(inner => inner.settle(mark))
  rewind = (mark: number) => this.#guarded(inner => inner.rewind(mark))
  quarantine = (refused: readonly Refusal[]) => this.#guarded(inner => inner.quarantine(refused))
  quarantined = () => this.#guarded(inner => inner.quarantined())

  countDropped = (messages: number) => this.#guarded(inner => inner.countDropped(messages))

  beginEpoch(epoch: number): void {
    this.#guarded(inner => inner.beginEpoch(epoch))
    this.#saveSidecar()
  }

  close(): void {
    this.#saveSidecar()
    this.#inner?.close()
  }

  /** Runs it, and once more on a new file when the old one turns out to be damaged. Throws `outbox.unavailable` while there is none. */
  #guarded<T>(run: (inner: Outbox) => T): T {
    try {
      return run(this.#living())
    } catch (thrown) {
      if (!isCorruption(thrown) || !this.#inner) throw thrown
      const known = this.#lastKnown(this.#inner)
      this.#inner.close()
      this.#inner = null
      // Where the new file cannot be made either, this is what the loss is counted from later.
      this.#trySidecar(known)
      this.#inner = this.#replace(messageOf(thrown), known)
      this.#saveSidecar()
      return run(this.#inner)
    }
  }

  #living(): Outbox {
    if (this.#inner) return this.#inner
    const inner = this.#openOrReplace(readSidecar(this.#sidecar))
    if (this.#lost > 0) inner.countDropped(this.#lost)
    this.#lost = 0
    this.#inner = inner
    this.#saveSidecar()
    return inner
  }

  #openOrReplace(known: Sidecar | null): Outbox {
    const isMissing = !existsSync(this.#file) || statSync(this.#file).size === 0
    if (known && isMissing) return this.#replace('the file is missing', known)
    try {
      return this.#open(known)
    } catch (thrown) {
      const failure = openFailure(thrown, this.#file)
      if (!(failure instanceof DamagedOutbox)) throw failure
      return this.#replace(failure.message, known)
    }
  }

  #open(known: Sidecar | null): Outbox {
    const { clock, run } = this.#options
    const epoch = nextEpoch(known?.epoch ?? 0, clock.now())
    const lost = known ? Math.max(0, known.last - known.mark) : 0
    return openSqliteOutbox({
      file: this.#file,
      clock,
      run,
      limits: this.#limits,
      fileBytesMax: this.#options.fileBytesMax ?? 2 * this.#limits.bytes + OVERHEAD_BYTES,
      fresh: () => freshState(epoch, (known?.dropped ?? 0) + lost),
    })
  }

  #replace(reason: string, known: Sidecar | null): Outbox {
    const { clock, logger, dir } = this.#options
    let name: string
    let opened: Outbox
    try {
      name = setAside(dir, clock.now())
      opened = this.#open(known)
    } catch (thrown) {
      const failure = openFailure(thrown, this.#file)
      throw failure instanceof DamagedOutbox ? unavailable(failure, this.#file) : failure
    }
    const lost = known ? Math.max(0, known.last - known.mark) : null
    const details = {
      reason: reason.slice(0, 200),
      file: name,
      previous_epoch: known?.epoch ?? null,
      last_sequence: known?.last ?? null,
      lost_at_least: lost,
      lost_at_most: lost === null ? null : lost + SIDECAR_EVERY - 1,
    }
    opened.append(eventOf('outbox_set_aside', clock.now(), details))
    logger.error(details, 'the outbox file was damaged and set aside; the agent goes on with a new one')
    return opened
  }

  /** A file that ends before what the sidecar remembers lost the end of its log: counted, and its numbers are not used again. */
  #compare(inner: Outbox, known: Sidecar | null): void {
    const { epoch, next } = inner.position()
    if (!known || known.epoch !== epoch || known.last < next) return
    const details = { reason: 'the end of the outbox was cut off', lost_at_least: known.last - next + 1 }
    inner.countDropped(details.lost_at_least)
    inner.beginEpoch(nextEpoch(epoch, this.#options.clock.now()))
    inner.append(eventOf('messages_dropped', this.#options.clock.now(), details))
    this.#options.logger.error(details, 'the outbox lost its newest messages; a new epoch begins')
  }

  /** Counts from the living file where it still answers, from the sidecar otherwise. */
  #lastKnown(inner: Outbox): Sidecar | null {
    try {
      return sidecarOf(inner)
    } catch {
      return readSidecar(this.#sidecar)
    }
  }

  #saveSidecar(): void {
    this.#untilSidecar = SIDECAR_EVERY
    if (this.#inner) this.#trySidecar(this.#lastKnown(this.#inner))
  }

  #trySidecar(value: Sidecar | null): void {
    try {
      if (value) writeSidecar(this.#sidecar, value)
    } catch (thrown) {
      this.#options.logger.warn({ reason: messageOf(thrown) }, 'the sidecar of the outbox cannot be written')
    }
  }
}

function sidecarOf(outbox: Outbox): Sidecar {
  const { epoch, next, mark } = outbox.position()
  return { epoch, last: next - 1, mark, dropped: outbox.counts().dropped }
}

const eventOf = (name: string, nowMs: number, details: EventBody['details']): Content => ({
  kind: 'event',
  body: { name, at: new Date(nowMs).toISOString(), details },
})

function makeDirectory(dir: string): void {
  try {
    makeFolder(dir)
  } catch (thrown) {
    throw new AppError('outbox.unavailable', `the directory ${dir} cannot be made: ${messageOf(thrown)}`, {
      nextStep: 'Make the directory, or give the user of the agent the right to make it.',
      cause: thrown,
    })
  }
}

/** Renames the file and its log; returns the new name. Only the newest `SET_ASIDE_MAX` sets stay. */
function setAside(dir: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/g, '-')
  let name = `outbox-damaged-${stamp}.sqlite`
  for (let more = 1; existsSync(join(dir, name)); more++) name = `outbox-damaged-${stamp}-${more}.sqlite`
  for (const suffix of SUFFIXES) {
    if (existsSync(join(dir, FILE + suffix))) renameSync(join(dir, FILE + suffix), join(dir, name + suffix))
  }
  const sets = readdirSync(dir).filter(file => /^outbox-damaged-.*\.sqlite$/.test(file))
  for (const old of sets.sort().slice(0, -SET_ASIDE_MAX)) {
    for (const suffix of SUFFIXES) rmSync(join(dir, old + suffix), { force: true })
  }
  return name
}

/**
 * Opens the outbox of a data directory, whatever state it is in.
 * Throws `agent.already_running` when another agent holds it, `outbox.unavailable` when the disk does not let us in.
 */
export const openOutbox = (options: OutboxOptions): Outbox => new RecoveringOutbox(options)
