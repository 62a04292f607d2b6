import { AppError, messageOf } from '@tillwatch/shared'
import type { z } from 'zod'
import { delivered, type Outcome, rejected } from './connector.ts'
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client.ts'

/** One call; `body` is sent as JSON unless it is bytes or a text with a type of its own. */
export interface DeskCall {
  readonly method: HttpRequest['method']
  readonly path: string
  readonly body?: unknown
  /** Content type of a body that is not JSON. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  /** False for a call that changes nothing although it is not a GET. */
  readonly writes?: boolean
}

export interface DeskAnswer {
  readonly status: number
  readonly text: string
  readonly headers: Extract<HttpAnswer, { kind: 'answer' }>['headers']
}

/**
 * Calls to one desk over HTTP. A read that fails is `retry`; a write whose answer is missing is `unknown`; a refusal is `rejected` in the
 * desk's own words.
 */
export interface DeskApi {
  /** GET with a checked answer. */
  get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<Outcome<T>>
  call(wanted: DeskCall, signal: AbortSignal): Promise<Outcome<DeskAnswer>>
}

export interface DeskApiOptions {
  /** What the desk is called in messages. */
  readonly desk: string
  /** Base of all paths, without a slash at its end. */
  readonly url: string
  readonly allowPrivate: boolean
  /** Headers with the secret, made for every call anew. What it throws becomes `misconfigured`. */
  readonly headers: () => Readonly<Record<string, string>>
  /** Parameters of every address, for a desk that takes its secret there. What it throws becomes `misconfigured`. */
  readonly query?: () => Readonly<Record<string, string>>
  /** The words of the desk in the text of a refusal, if there are any. */
  readonly wordsOf: (text: string) => string | null
  /** True for a desk that refuses with a good status, too: then the words of a refusal are one. */
  readonly refusesWithGoodStatus?: boolean
  /** What an answer means that this desk gives in a way of its own; null for the usual meaning. */
  readonly readingOf?: (answer: DeskAnswer) => Outcome<DeskAnswer> | null
  /** Other words for what 401, 403, 404 mean there. */
  readonly hints?: Readonly<Partial<Record<401 | 403 | 404, string>>>
  readonly http: HttpClient
}

/** Calls with these settings. */
export function createDeskApi(options: DeskApiOptions): DeskApi {
  const { desk, http } = options
  const call: DeskApi['call'] = async (wanted, signal) => {
    const { method, path, body, type, writes = method !== 'GET' } = wanted
    let headers: Record<string, string>
    let url = `${options.url}${path}`
    try {
      headers = { accept: 'application/json', ...options.headers(), ...wanted.headers }
      const query = new URLSearchParams(options.query?.()).toString()
      if (query !== '') url += `${path.includes('?') ? '&' : '?'}${query}`
    } catch (error) {
      return misconfigured(error)
    }
    const request = { method, url, allowPrivate: options.allowPrivate }
    const raw = typeof body === 'string' || body instanceof Uint8Array
    const sent = {
      // Some desks ignore a body without the type, and complain of what is missing in it.
      headers: { 'content-type': type ?? 'application/json', ...headers },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    }
    return judge(await http.send({ ...request, ...sent }, signal), options, writes)
  }
  return {
    call,
    get: async (path, schema, signal) => {
      const answer = await call({ method: 'GET', path }, signal)
      if (answer.kind !== 'delivered') return answer
      const parsed = schema.safeParse(parseJson(answer.value.text))
      if (parsed.success) return { kind: 'delivered', value: parsed.data }
      return rejected('misconfigured', `the answer to ${path.split('?')[0]} is not what ${desk} gives`)
    },
  }
}

/**
 * What a look at a ticket brought; null for one that is gone. A desk that moved, or whose address leads elsewhere, knows no ticket either: one
 * is gone, or refused by itself, only where the desk itself is there. Otherwise nothing is known, and the look is repeated.
 */
export async function unlessAway<T>(
  found: Outcome<T | null>,
  lookAtDesk: () => Promise<Outcome<unknown>>,
): Promise<Outcome<T | null>> {
  const isMissing = found.kind === 'delivered' && found.value === null
  const isRefused = found.kind === 'rejected' && !['unauthorised', 'address_blocked'].includes(found.reason)
  if (!isMissing && !isRefused) return found
  const desk = await lookAtDesk()
  if (desk.kind === 'delivered') return isRefused && found.reason !== 'not_found' ? found : delivered(null)
  return { kind: 'retry', message: `the desk itself is not there, so nothing is known of its ticket: ${desk.message}` }
}

/** What a secret that cannot be read makes of a call. */
export function misconfigured(error: unknown): Outcome<never> {
  const step = error instanceof AppError ? error.nextStep : undefined
  return rejected('misconfigured', [messageOf(error), step].filter(Boolean).join('. '))
}

/** The value of a JSON text; null for anything else. A mark of byte order before it is passed over. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return null
  }
}

function judge(answer: HttpAnswer, options: DeskApiOptions, writes: boolean): Outcome<DeskAnswer> {
  const { desk, hints } = options
  if (answer.kind === 'blocked') {
    return rejected('address_blocked', `${answer.message}; set allow_private: true if it is meant`)
  }
  if (answer.kind === 'not_sent') return { kind: 'retry', message: answer.message }
  if (answer.kind === 'cut') return { kind: writes ? 'unknown' : 'retry', message: answer.message }
  const own = options.readingOf?.(answer) ?? null
  if (own) return own
  const { status, text, retryAfterMs } = answer
  const isGood = status >= 200 && status < 300
  if (isGood && !options.refusesWithGoodStatus) return { kind: 'delivered', value: answer }
  const words = options.wordsOf(text)
  if (isGood && words === null) return { kind: 'delivered', value: answer }
  const said = words ? `: ${words}` : ''
  if (status === 429 || status === 503) {
    const message = `${desk} asks to wait (${status})${said}`
    return retryAfterMs === null ? { kind: 'retry', message } : { kind: 'retry', message, afterMs: retryAfterMs }
  }
  if (status === 412) return { kind: 'retry', message: `${desk}: somebody changed it meanwhile (412)${said}` }
  if (status === 408 || status >= 500) {
    return { kind: writes ? 'unknown' : 'retry', message: `${desk} answered ${status}${said}` }
  }
  if (status >= 300 && status < 400) {
    return rejected('misconfigured', `${desk} answered ${status}: redirects are not followed, give the final address`)
  }
  if (status === 401)
    return rejected('unauthorised', `${desk} does not accept us (401)${said}. ${hints?.[401] ?? 'Check the secret.'}`)
  if (status === 403)
    return rejected('forbidden', `${desk} forbids it (403)${said}. ${hints?.[403] ?? 'Check the account’s rights.'}`)
  if (status === 404)
    return rejected('not_found', `${desk} does not know it (404)${said}. ${hints?.[404] ?? 'Check the address.'}`)
  return rejected('invalid', `${desk} answered ${status}${said}`)
}
