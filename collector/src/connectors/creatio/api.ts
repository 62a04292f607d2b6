import { z } from 'zod'
import { delivered, type Outcome } from '../connector.ts'
import { createDeskApi, type DeskAnswer, type DeskApi, parseJson } from '../desk-api.ts'
import type { HttpClient } from '../http-client.ts'
import { readSecret } from '../settings.ts'
import type { CreatioConfig } from './config.ts'
import { createCookieLogin } from './cookie-login.ts'
import { createSession } from './session.ts'
import { createTokenLogin } from './token-login.ts'

/** Parts of an OData query. Always with the columns that are wanted: a full row of a customised object often answers 500. */
export interface Query {
  readonly select: readonly string[]
  readonly filter?: string
  readonly orderby?: string
  readonly expand?: string
  readonly top?: number
  readonly skip?: number
}

/** Calls to one Creatio inside its session. */
export interface CreatioApi extends DeskApi {
  /** One page of an object's rows. */
  rows<T>(object: string, query: Query, row: z.ZodType<T>, signal: AbortSignal): Promise<Outcome<readonly T[]>>
  /** Makes or changes a row. */
  write(method: 'POST' | 'PATCH', path: string, row: object, signal: AbortSignal): Promise<Outcome<DeskAnswer>>
  /** All of them, page by page. */
  allRows<T>(object: string, query: Query, row: z.ZodType<T>, signal: AbortSignal): Promise<Outcome<readonly T[]>>
}

/** Rows of one page. */
export const PAGE = 100
const PAGES_MAX = 50
const ROW_TYPE = 'application/json; charset=utf-8; IEEE754Compatible=true'

const refusal = z.union([
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ Message: z.string() }).transform(({ Message }) => Message),
])

/** The OData service of the installation in the settings. */
export function createCreatioApi(config: CreatioConfig, http: HttpClient): CreatioApi {
  const api = createDeskApi({
    desk: 'Creatio',
    url: appOf(config),
    allowPrivate: config.allow_private,
    headers: () => {
      // The session has it read at each login; one that is missing is told before a call is made.
      readSecret(config.secret)
      return {}
    },
    wordsOf: text => refusal.safeParse(parseJson(text)).data ?? null,
    hints: {
      401: config.oauth
        ? 'Check client_id and the secret of that client.'
        : 'Check the user and the password in the secret.',
      403: 'Check the rights of the account to the object, and that its licence is there.',
      404: 'Check the address, and `runtime`.',
    },
    http: createSession(logInOf(config, http), http),
  })
  const rows: CreatioApi['rows'] = async (object, query, row, signal) => {
    const found = await api.get(`/odata/${object}?${queryOf(query)}`, z.object({ value: z.array(row) }), signal)
    return found.kind === 'delivered' ? delivered(found.value.value) : found
  }
  return {
    ...api,
    rows,
    write: (method, path, body, signal) => api.call({ method, path: `/odata/${path}`, body, type: ROW_TYPE }, signal),
    allRows: async (object, query, row, signal) => {
      const all = []
      for (let page = 0; page < PAGES_MAX; page++) {
        const found = await rows(object, { ...query, top: PAGE, skip: page * PAGE }, row, signal)
        if (found.kind !== 'delivered') return found
        all.push(...found.value)
        if (found.value.length < PAGE) return delivered(all)
      }
      return { kind: 'retry', message: `more than ${PAGE * PAGES_MAX} rows of ${object}` }
    },
  }
}

const logInOf = (config: CreatioConfig, http: HttpClient) =>
  config.oauth ? createTokenLogin(config, config.oauth, http) : createCookieLogin(config, config.user ?? '', http)

/** True for a write that took place or may have: some refusals come as errors of the server, some errors after the work was done. */
export const mayHaveHappened = (outcome: Outcome<unknown>): boolean =>
  outcome.kind === 'delivered' ||
  outcome.kind === 'unknown' ||
  (outcome.kind === 'rejected' && outcome.reason === 'invalid')

/** Where everything but the login lies. */
export const appOf = (config: CreatioConfig): string =>
  config.runtime === 'framework' ? `${config.url}/0` : config.url

/** A text as OData writes it in a filter. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const queryOf = ({ select, filter, orderby, expand, top, skip }: Query): string =>
  Object.entries({ select: select.join(','), filter, orderby, expand, top, skip })
    .flatMap(([name, value]) => (value === undefined ? [] : [`$${name}=${encodeURIComponent(String(value))}`]))
    .join('&')
