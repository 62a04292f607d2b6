import { AppError, messageOf } from '@tillwatch/shared'
import type { z } from 'zod'
import { type Outcome, rejected } from '../connector.ts'
import type { HttpAnswer, HttpClient } from '../http-client.ts'
import { readSecret } from '../settings.ts'
import type { RedmineConfig } from './config.ts'
import { problems } from './mapping.ts'

/** Calls to one Redmine. A read that fails is `retry`; a write whose answer is missing is `unknown`. */
export interface RedmineApi {
  get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<Outcome<T>>
  /** The answer's text. */
  write(method: 'POST' | 'PUT', path: string, body: unknown, signal: AbortSignal): Promise<Outcome<string>>
}

/** The API of the installation in the settings. */
export function createRedmineApi(config: RedmineConfig, http: HttpClient): RedmineApi {
  const call = async (method: 'GET' | 'POST' | 'PUT', path: string, body: unknown, signal: AbortSignal) => {
    let key: string
    try {
      key = readSecret(config.secret)
    } catch (error) {
      const step = error instanceof AppError ? error.nextStep : undefined
      return rejected('misconfigured', [messageOf(error), step].filter(Boolean).join('. '))
    }
    // Without the content type Redmine ignores the body and complains of a blank subject.
    const headers = { 'x-redmine-api-key': key, 'content-type': 'application/json', accept: 'application/json' }
    const request = { method, url: `${config.url}${path}`, headers, allowPrivate: config.allow_private }
    const answer = await http.send(body === undefined ? request : { ...request, body: JSON.stringify(body) }, signal)
    return judge(answer, method !== 'GET')
  }
  return {
    get: async (path, schema, signal) => {
      const answer = await call('GET', path, undefined, signal)
      if (answer.kind !== 'delivered') return answer
      const parsed = schema.safeParse(parseJson(answer.value))
      if (parsed.success) return { kind: 'delivered', value: parsed.data }
      return rejected('misconfigured', `the answer to ${path.split('?')[0]} is not what Redmine gives`)
    },
    write: (method, path, body, signal) => call(method, path, body, signal),
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function judge(answer: HttpAnswer, writes: boolean): Outcome<string> {
  if (answer.kind === 'blocked') {
    return rejected('address_blocked', `${answer.message}; set allow_private: true if it is meant`)
  }
  if (answer.kind === 'not_sent') return { kind: 'retry', message: answer.message }
  if (answer.kind === 'cut') return { kind: writes ? 'unknown' : 'retry', message: answer.message }
  const { status, text, retryAfterMs } = answer
  if (status >= 200 && status < 300) return { kind: 'delivered', value: text }
  if (status === 429 || status === 503) {
    const message = `Redmine asks to wait (${status})`
    return retryAfterMs === null ? { kind: 'retry', message } : { kind: 'retry', message, afterMs: retryAfterMs }
  }
  if (status === 408 || status >= 500) {
    return { kind: writes ? 'unknown' : 'retry', message: `Redmine answered ${status}` }
  }
  if (status === 401) return rejected('unauthorised', 'Redmine does not accept the API key (401): check the secret')
  if (status === 403)
    return rejected('forbidden', 'Redmine forbids it (403): check the account’s role and that REST is on')
  if (status === 404) return rejected('not_found', 'Redmine does not know it (404): project, ticket, or REST is off')
  const said = problems.safeParse(parseJson(text))
  return rejected('invalid', `Redmine answered ${status}${said.success ? `: ${said.data.errors.join('; ')}` : ''}`)
}
