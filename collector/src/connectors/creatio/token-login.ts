import { messageOf } from '@tillwatch/shared'
import { z } from 'zod'
import { parseJson } from '../desk-api.ts'
import type { HttpClient } from '../http-client.ts'
import { readSecret } from '../settings.ts'
import type { CreatioConfig } from './config.ts'
import type { LogIn } from './session.ts'

const granted = z.object({ access_token: z.string().min(1) })

/** A token of the identity service (OAuth 2.0, client credentials). It ends after an hour or so: Creatio then answers 401, and a new one is fetched. */
export function createTokenLogin(
  config: CreatioConfig,
  { client_id, token_url: url }: NonNullable<CreatioConfig['oauth']>,
  http: HttpClient,
): LogIn {
  return async signal => {
    let body: string
    try {
      const client_secret = readSecret(config.secret)
      body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }).toString()
    } catch (error) {
      return { kind: 'not_sent', message: messageOf(error) }
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
    const answer = await http.send({ method: 'POST', url, headers, body, allowPrivate: config.allow_private }, signal)
    if (answer.kind !== 'answer') return answer
    const token = answer.status === 200 ? granted.safeParse(parseJson(answer.text)).data?.access_token : undefined
    // A wrong client is answered 400 by most identity services.
    if (token === undefined) return { ...answer, status: answer.status < 429 ? 401 : answer.status }
    return { headers: () => ({ authorization: `Bearer ${token}` }), keep: () => {} }
  }
}
