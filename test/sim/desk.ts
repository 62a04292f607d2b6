import type { HttpAnswer, HttpClient, HttpRequest } from '@tillwatch/collector/connectors/http-client'
import { emptyRedmine, FAKE_KEY_FIELD, type RedmineBooks, respond } from '../contract/desks/redmine.ts'
import type { Chance } from './chance.ts'
import type { Life } from './machine.ts'
import type { Scheduler } from './scheduler.ts'

/**
 * What a desk does to requests: `mute` does what is asked and never answers, `lies` says that it did and did not, `lags` does not find what
 * is younger than some seconds, `garbles` answers something else.
 */
export const DESK_MOODS = [
  'well',
  'down',
  'busy',
  'slow',
  'mute',
  'errs',
  'errs_after',
  'lies',
  'lags',
  'garbles',
] as const
export type DeskMood = (typeof DESK_MOODS)[number]

/** A desk behind the connectors' HTTP client, and the truth of what it holds. */
export interface SimDesk {
  readonly name: string
  mood: DeskMood
  /** The client of one run of the collector. */
  clientOf(life: Life): HttpClient
}

/** The client gives up after this long; the desk may go on. */
const DEADLINE_MS = 15_000
/** A search finds new tickets after this long: the runner's second look comes later. */
const LAG_MS = 2_500

type Behaviour = Exclude<DeskMood, 'well' | 'lies' | 'lags'> | 'answers'

/** One request on its way: out, done or not, and back. */
function carry(
  life: Life,
  chance: Chance,
  behaviour: Behaviour,
  does: () => { readonly status: number; readonly text: string },
): Promise<HttpAnswer> {
  const { promise, resolve } = Promise.withResolvers<HttpAnswer>()
  const answers = (status: number, text: string, retryAfterMs: number | null = null) =>
    resolve({ kind: 'answer', status, text, headers: {}, retryAfterMs })
  const backMs = chance.between(5, 300)
  const after = (ms: number, run: () => void) => void life.later(ms, 'desk', run)
  after(chance.between(5, 300), () => {
    if (behaviour === 'down') resolve({ kind: 'not_sent', message: 'connection refused' })
    else if (behaviour === 'busy') after(backMs, () => answers(429, '', 60_000))
    else if (behaviour === 'errs') after(backMs, () => answers(500, 'internal error'))
    else if (behaviour === 'slow' || behaviour === 'mute') {
      after(behaviour === 'mute' ? 0 : chance.between(1_000, 2 * DEADLINE_MS), does)
      after(DEADLINE_MS, () => resolve({ kind: 'cut', message: 'no answer in time' }))
    } else {
      const { status, text } = does()
      const isHurt = behaviour === 'errs_after'
      after(backMs, () => answers(isHurt ? 500 : status, behaviour === 'garbles' ? '<html>' : text))
    }
  })
  return promise
}

/** A Redmine: it can be searched, so it must never have two tickets of one incident. */
export class RedmineDesk implements SimDesk {
  readonly name = 'redmine'
  readonly books: RedmineBooks = emptyRedmine()
  mood: DeskMood = 'well'
  readonly #bornMs = new Map<number, number>()
  readonly #chance: Chance
  readonly #scheduler: Scheduler

  constructor(scheduler: Scheduler, chance: Chance) {
    this.#scheduler = scheduler
    this.#chance = chance
  }

  /** Tickets that carry an incident's key. */
  ticketsOf(deskKey: string): RedmineBooks['issues'] {
    return this.books.issues.filter(issue => issue.fields.get(FAKE_KEY_FIELD) === deskKey)
  }

  clientOf(life: Life): HttpClient {
    return {
      send: request => {
        this.#scheduler.trace(`${request.method} ${request.url} ${request.body ?? ''}`)
        const { mood } = this
        const honest = mood === 'well' || mood === 'lies' || mood === 'lags' ? 'answers' : mood
        // In its bad hours a desk sometimes does well, as real ones do.
        const behaviour = honest !== 'down' && this.#chance.happens(0.2) ? 'answers' : honest
        return carry(life, this.#chance, behaviour, () => this.#does(request, mood))
      },
    }
  }

  #does({ method, url, body = '' }: HttpRequest, mood: DeskMood): { status: number; text: string } {
    this.books.nowMs = this.#scheduler.now
    const before = this.books.issues.length
    const isLie = mood === 'lies' && method !== 'GET'
    const books: RedmineBooks = isLie ? structuredClone(this.books) : this.books
    const hidden = mood === 'lags' && method === 'GET' ? this.#young() : new Set<number>()
    const seen = hidden.size > 0 ? { ...books, issues: books.issues.filter(({ id }) => !hidden.has(id)) } : books
    const isSearch = url.includes('/issues.json?')
    const { status, value } = respond(isSearch ? seen : books, method, new URL(url), String(body))
    const made = this.books.issues.at(-1)
    if (this.books.issues.length > before && made) this.#bornMs.set(made.id, this.#scheduler.elapsedMs)
    return { status, text: value === undefined ? '' : JSON.stringify(value) }
  }

  #young(): ReadonlySet<number> {
    const since = this.#scheduler.elapsedMs - LAG_MS
    return new Set([...this.#bornMs].flatMap(([id, at]) => (at > since ? [id] : [])))
  }
}

/** A receiver of webhooks: nothing can be looked up, so it takes each event once by its id, however often it comes. */
export class HookDesk implements SimDesk {
  readonly name = 'hook'
  mood: DeskMood = 'well'
  /** Ids of events that opened something, by the incident's key. */
  readonly opened = new Map<string, Set<string>>()
  readonly #chance: Chance
  readonly #scheduler: Scheduler

  constructor(scheduler: Scheduler, chance: Chance) {
    this.#scheduler = scheduler
    this.#chance = chance
  }

  clientOf(life: Life): HttpClient {
    return {
      send: request => {
        this.#scheduler.trace(String(request.body ?? ''))
        const { mood } = this
        const behaviour = mood === 'well' || mood === 'lies' || mood === 'lags' ? 'answers' : mood
        return carry(life, this.#chance, behaviour, () => this.#takes(request))
      },
    }
  }

  #takes({ headers, body = '' }: HttpRequest): { status: number; text: string } {
    const { type, data } = JSON.parse(String(body)) as { type: string; data: { key: string } }
    if (type === 'incident.opened') {
      const ids = this.opened.get(data.key) ?? new Set()
      this.opened.set(data.key, ids.add(headers['webhook-id'] ?? ''))
    }
    return { status: 204, text: '' }
  }
}
