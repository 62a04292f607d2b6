import type { WebRequest } from '../../transport/web-line.ts'
import { lostProblem, slowProblem } from '../kit/ending.ts'
import { type Asking, type Exchange, type Exchanged, ended } from '../kit/exchange.ts'
import type { Desk, ReadTask, Reply, Request } from './commands.ts'
import { PORT_HELD, unreachableReason } from './error-codes.ts'
import { type Job, Jobs } from './jobs.ts'
import {
  blockedProblem,
  DEVICE_PROBLEM,
  failedProblem,
  interfaceProblem,
  lostJobProblem,
  PORT_HELD_PROBLEM,
  SILENT_SERVICE_PROBLEM,
  unfinishedProblem,
  unreachableProblem,
} from './problems.ts'
import { type Entry, entryOf, isFinal, saysBlocked, saysError } from './results.ts'

type Ended = Extract<Exchanged<Reply>, { kind: 'ended' }>

/** The service's worker looks at its jobs every 100 ms: before that nothing can be ready. */
const FIRST_LOOK_MS = 100
/** Pause between two looks at a job. */
const LOOK_MS = 300
/** A service that was given this long and said nothing hangs; with less time it may just be slow. */
const PATIENCE_MS = 1_000

/**
 * Questions over the service: a page by one request; a task by a job that is posted, looked at until it is over, and where the
 * time for it ends before, remembered for the next hold. There is one job of ours at a time. `newUuid`: a name that no other
 * program's job has, up to 36 characters.
 */
export const webExchange =
  (newUuid: () => string): Exchange<Request, Reply> =>
  (request, asking) => {
    if (request.kind === 'page') return askPage(request, asking)
    const talk = new JobTalk(request.desk, asking)
    return request.kind === 'task' ? talk.carryOut(request.type, newUuid) : talk.withdraw()
  }

async function askPage({ desk, path }: Extract<Request, { kind: 'page' }>, asking: Asking): Promise<Exchanged<Reply>> {
  const said = await say(asking, { method: 'GET', path, headers: desk.headers })
  if (said.kind === 'ended') return said
  const { status, body } = said.payload
  if (isGood(status) || status === 401) return said
  if (status !== 404 && status !== 405) return ended('failed', failedProblem(asking.name, status))
  return saysError(body) ? ended('unreachable', DEVICE_PROBLEM) : ended('failed', interfaceProblem(desk.variant))
}

const isGood = (status: number) => status >= 200 && status < 300

/** One request and its answer, in what is left of the hold. */
async function say({ context, name }: Asking, request: WebRequest): Promise<Exchanged<Reply>> {
  const { line, clock, untilMs } = context
  if (line.kind !== 'http') throw new Error('a driver of web services was given a line of bytes')
  const beganMs = clock.monotonic()
  const leftMs = untilMs - beganMs
  if (leftMs <= 0) return ended('time', undefined, false)
  const event = await line.request(request, leftMs)
  switch (event.kind) {
    case 'response':
      return {
        kind: 'answer',
        payload: { status: event.status, body: event.body, tookMs: clock.monotonic() - beganMs },
      }
    case 'lost':
      return ended(event.error.code === 'port.silent' ? 'silent' : 'lost', lostProblem(event.error))
    case 'silence':
      return leftMs < PATIENCE_MS ? ended('time', slowProblem(name, leftMs)) : ended('silent', SILENT_SERVICE_PROBLEM)
  }
}

/** One conversation about a job of ours. */
class JobTalk {
  readonly #desk: Desk
  readonly #asking: Asking
  readonly #jobs: Jobs

  constructor(desk: Desk, asking: Asking) {
    this.#desk = desk
    this.#asking = asking
    this.#jobs = new Jobs(asking.context.memo, asking.context.clock)
  }

  /** One task: what a job of an earlier hold came to, then a job of its own. */
  async carryOut(type: ReadTask, newUuid: () => string): Promise<Exchanged<Reply>> {
    const left = this.#jobs.pending
    if (left) {
      const end = await this.#finish(left, type)
      if (end) return end
    }
    const kept = this.#jobs.take(type)
    if (kept) return { kind: 'answer', payload: kept }
    const job = this.#jobs.begin(newUuid(), type)
    return (await this.#post(job)) ?? (await this.#follow(job, FIRST_LOOK_MS)) ?? ended('failed', lostJobProblem(type))
  }

  /** Drops the job of an earlier hold. */
  async withdraw(): Promise<Exchanged<Reply>> {
    const left = this.#jobs.pending
    return (left && (await this.#takeBack(left))) ?? { kind: 'answer', payload: { status: 200, body: '', tookMs: 0 } }
  }

  /** Sees the job of an earlier hold to its end and keeps what is news; what came instead when nothing more can be asked. */
  async #finish(job: Job, asked: ReadTask): Promise<Exchanged<Reply> | null> {
    const outcome = await this.#follow(job)
    if (!outcome) return null
    // Where another task is under way, the one that is asked was not sent.
    if (outcome.kind === 'ended') return { ...outcome, sent: job.type === asked }
    if (!isGood(outcome.payload.status)) return outcome
    // What an earlier round of polling asked is asked again: this one tells how things are now.
    if (!this.#asking.context.isDue('poll', job.postedMs)) this.#jobs.keep(job, outcome.payload)
    return null
  }

  /** Gives the service the job; null when it took it. */
  async #post(job: Job): Promise<Exchanged<Reply> | null> {
    const { jobs, query, headers } = this.#desk
    const body = JSON.stringify({ uuid: job.uuid, request: [{ type: job.type }] })
    const said = await say(this.#asking, { method: 'POST', path: `${jobs}${query}`, headers, body })
    // The answer may be lost, or be a failure, where the job is not: the next hold looks for it.
    if (said.kind === 'ended') return said
    const { status } = said.payload
    if (status >= 500 && status !== 501) return ended('failed', failedProblem(job.type, status))
    if (isGood(status)) {
      if (!saysBlocked(said.payload.body)) return null
      return (await this.#takeBack(job)) ?? ended('busy', blockedProblem(null))
    }
    this.#jobs.end()
    return status === 404 || status === 409 ? ended('unreachable', DEVICE_PROBLEM) : said
  }

  /** Looks at a job until it is over; null when the service does not know it, or only what it once came to. */
  async #follow(job: Job, waitMs = 0): Promise<Exchanged<Reply> | null> {
    const { clock, untilMs } = this.#asking.context
    const { headers } = this.#desk
    for (let pauseMs = waitMs; ; pauseMs = LOOK_MS) {
      if (clock.monotonic() + pauseMs >= untilMs) return this.#unfinished(job)
      if (pauseMs > 0) await clock.sleep(pauseMs)
      const said = await say(this.#asking, { method: 'GET', path: this.#pathOf(job), headers })
      if (said.kind === 'ended') return said
      const { status, body } = said.payload
      if (status === 401) return said
      const entry = isGood(status) ? entryOf(body) : null
      const isOver = entry !== null && isFinal(entry)
      if (status === 404 || isOver) this.#jobs.end()
      // What was found out so long ago says nothing of now.
      if (status === 404 || (isOver && this.#jobs.isOverdue(job))) return null
      if (isOver) return this.#over(entry, { ...said.payload, tookMs: clock.monotonic() - job.postedMs })
      if (this.#jobs.isOverdue(job)) return this.#giveUp(job, entry?.status ?? `HTTP ${status}`)
    }
  }

  /** What a finished job says: an answer of the register, or that it was not reached. */
  #over(entry: Entry, payload: Reply): Exchanged<Reply> {
    const reason = unreachableReason(entry.code)
    if (reason) return ended('unreachable', unreachableProblem(reason))
    if (entry.code === PORT_HELD) return ended('busy', PORT_HELD_PROBLEM)
    this.#jobs.setStuck(false)
    return { kind: 'answer', payload }
  }

  /** The hold ends before the job does. A service that let a job lie before is not taken for the register's own word. */
  #unfinished({ type, postedMs }: Job): Ended {
    const problem = slowProblem(type, this.#asking.context.clock.monotonic() - postedMs)
    return ended(this.#jobs.isStuck ? 'unreachable' : 'time', problem)
  }

  async #giveUp(job: Job, status: string): Promise<Ended> {
    this.#jobs.setStuck(true)
    return (await this.#takeBack(job)) ?? ended('unreachable', unfinishedProblem(job.type, status))
  }

  /** Deletes our own job. That it is over or gone by now is as good; while nothing comes back, it stays ours to delete. */
  async #takeBack(job: Job): Promise<Ended | null> {
    const said = await say(this.#asking, {
      method: 'DELETE',
      path: this.#pathOf(job),
      headers: this.#desk.headers,
    })
    if (said.kind === 'ended') return said
    this.#jobs.end()
    return null
  }

  #pathOf({ uuid }: Job): string {
    return `${this.#desk.jobs}/${uuid}${this.#desk.query}`
  }
}
