import { delivered, type Outcome, rejected, shortened } from '../connector.ts'
import { createDeskApi, type DeskAnswer, parseJson } from '../desk-api.ts'
import { textOfHtml } from '../html.ts'
import type { HttpClient } from '../http-client.ts'
import { readSecret } from '../settings.ts'
import type { ItiliumConfig } from './config.ts'
import { isRecord } from './mapping.ts'

/** Characters of a stack of 1C that are worth showing. */
const WORDS_MAX = 300

/** Calls to the HTTP service, one at a time: sessions of 1C are licensed. */
export interface ItiliumApi {
  /** Asks; changes nothing. */
  ask(method: string, body: object, signal: AbortSignal): Promise<Outcome<unknown>>
  /** Does something with an incident, or makes one. */
  act(action: string, body: object, signal: AbortSignal): Promise<Outcome<unknown>>
}

/** The HTTP service of the settings. */
export function createItiliumApi(config: ItiliumConfig, http: HttpClient): ItiliumApi {
  const api = createDeskApi({
    desk: 'ITILIUM',
    url: config.url,
    allowPrivate: config.allow_private,
    headers: () => {
      // Names of users are Russian: 1C reads them as UTF-8.
      const pair = Buffer.from(`${config.user}:${readSecret(config.secret)}`, 'utf8').toString('base64')
      return { authorization: `Basic ${pair}` }
    },
    wordsOf: text => errorIn(parseJson(text), config) ?? (shortened(textOfHtml(text), WORDS_MAX) || null),
    readingOf: answer => ownReading(answer, config),
    hints: {
      401: 'Check the user and the password in the secret.',
      403: 'Check the roles of the user: the HTTP service must be among them.',
      404: 'Check the address of the HTTP service and the names of its methods.',
    },
    http: inTurn(http),
  })
  const send = async (
    method: string,
    body: object,
    writes: boolean,
    signal: AbortSignal,
  ): Promise<Outcome<unknown>> => {
    const answer = await api.call({ method: 'POST', path: `/${encodeURIComponent(method)}`, body, writes }, signal)
    return answer.kind === 'delivered' ? delivered(parseJson(answer.value.text)) : answer
  }
  return {
    ask: (method, body, signal) => send(method, body, false, signal),
    act: (action, body, signal) => send(config.methods.act, { [config.request.action]: action, ...body }, true, signal),
  }
}

/** 200 may hold an error; a missing licence keeps the call from being made at all. */
function ownReading({ status, text }: DeskAnswer, config: ItiliumConfig): Outcome<DeskAnswer> | null {
  if (status >= 500 && /лицензи/i.test(text)) {
    return { kind: 'retry', message: `1C has no free licence: ${shortened(textOfHtml(text), WORDS_MAX)}` }
  }
  const words = status === 200 ? errorIn(parseJson(text), config) : null
  return words === null ? null : rejected('invalid', `ITILIUM refuses: ${shortened(words, WORDS_MAX)}`)
}

/** The words of an error in an answer; null when it is none. */
function errorIn(value: unknown, { answer }: ItiliumConfig): string | null {
  if (!isRecord(value)) return null
  const told = answer.errors.map(member => value[member]).filter(each => each !== undefined)
  const isBad = told.some(each => each !== null && each !== false && each !== '' && each !== 0)
  if (!isBad) return null
  const words = [...told, value['message']].find(each => typeof each === 'string' && each !== '')
  return typeof words === 'string' ? words : JSON.stringify(told)
}

/** One call after another. */
function inTurn(http: HttpClient): HttpClient {
  let last: Promise<unknown> = Promise.resolve()
  return {
    send: (wanted, signal) => {
      const turn = last.then(() => http.send(wanted, signal))
      last = turn.catch(() => {})
      return turn
    },
  }
}
