import { z } from 'zod'
import { createDeskApi, type DeskApi, parseJson } from '../desk-api.ts'
import type { HttpClient } from '../http-client.ts'
import { readSecret } from '../settings.ts'
import type { RequestTrackerConfig } from './config.ts'

const refusal = z.object({ message: z.string() })

/** REST 2 of the installation in the settings. */
export const createRequestTrackerApi = (config: RequestTrackerConfig, http: HttpClient): DeskApi =>
  createDeskApi({
    desk: 'Request Tracker',
    url: `${config.url}/REST/2.0`,
    allowPrivate: config.allow_private,
    headers: () => ({ authorization: `token ${readSecret(config.secret)}` }),
    wordsOf: text => refusal.safeParse(parseJson(text)).data?.message ?? null,
    hints: {
      401: 'Check the token in the secret.',
      403: 'There is no such queue, or the account may not use it.',
      404: 'Check the address and the names in the settings.',
    },
    http,
  })

/** A value inside TicketSQL. */
export const quoted = (value: string): string => `'${value.replace(/[\\']/g, '\\$&')}'`

/** Path of a list with its query, which is TicketSQL or conditions as JSON. */
export function listPath(
  path: string,
  query: string | readonly object[],
  more: Readonly<Record<string, string>>,
): string {
  const asked = typeof query === 'string' ? query : JSON.stringify(query)
  return `${path}?${new URLSearchParams({ query: asked, ...more })}`
}
