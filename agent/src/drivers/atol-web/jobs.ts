import type { Clock, MonotonicMs } from '@tillwatch/shared'
import type { RegisterMemo } from '../memo.ts'
import type { ReadTask, Reply } from './commands.ts'

/** A job that the service was given and whose end we have not seen. There is one at most. */
export interface Job {
  readonly uuid: string
  readonly type: ReadTask
  readonly postedMs: MonotonicMs
}

/** A job that is not finished after so long is taken back; an answer that old is not used any more. */
export const JOB_MS_MAX = 30_000

const UUID = 'job uuid'
const TYPE = 'job task'
const POSTED = 'job posted'
/** The service took a job and did not finish it in time; since then nothing was heard of the register. */
const STUCK = 'job stuck'

const answerNote = (type: ReadTask) => `answer ${type}`
const answerTimeNote = (type: ReadTask) => `answer posted ${type}`

/** What is remembered of our jobs from one hold of the port to the next. */
export class Jobs {
  readonly #memo: RegisterMemo
  readonly #clock: Clock

  constructor(memo: RegisterMemo, clock: Clock) {
    this.#memo = memo
    this.#clock = clock
  }

  get pending(): Job | null {
    const [uuid, type, postedMs] = [UUID, TYPE, POSTED].map(name => this.#memo.note(name))
    return uuid === undefined ? null : { uuid: String(uuid), type: type as ReadTask, postedMs: Number(postedMs) }
  }

  /** Remembers a job before it is sent: its answer may be lost where the job is not. */
  begin(uuid: string, type: ReadTask): Job {
    const job = { uuid, type, postedMs: this.#clock.monotonic() }
    this.#memo.setNote(UUID, job.uuid)
    this.#memo.setNote(TYPE, job.type)
    this.#memo.setNote(POSTED, job.postedMs)
    return job
  }

  /** The job is over, or the service never had it. */
  end(): void {
    for (const name of [UUID, TYPE, POSTED]) this.#memo.setNote(name, undefined)
  }

  isOverdue({ postedMs }: Job): boolean {
    return this.#clock.monotonic() - postedMs >= JOB_MS_MAX
  }

  /** Keeps the answer to a task that is not the one being asked. */
  keep({ type, postedMs }: Job, { body }: Reply): void {
    this.#memo.setNote(answerNote(type), body)
    this.#memo.setNote(answerTimeNote(type), postedMs)
  }

  /** Takes the answer that was kept for a task; null when there is none, or only an old one. */
  take(type: ReadTask): Reply | null {
    const [body, postedMs] = [answerNote(type), answerTimeNote(type)].map(name => this.#memo.note(name))
    this.#memo.setNote(answerNote(type), undefined)
    this.#memo.setNote(answerTimeNote(type), undefined)
    const tookMs = this.#clock.monotonic() - Number(postedMs)
    return body === undefined || tookMs >= JOB_MS_MAX ? null : { status: 200, body: String(body), tookMs }
  }

  get isStuck(): boolean {
    return this.#memo.note(STUCK) !== undefined
  }

  setStuck(isStuck: boolean): void {
    this.#memo.setNote(STUCK, isStuck ? this.#clock.monotonic() : undefined)
  }
}
