import { z } from 'zod'
import { createDeskApi, type DeskApi, parseJson } from '../desk-api.ts'
import type { HttpClient } from '../http-client.ts'
import { readSecret } from '../settings.ts'
import type { MantisConfig } from './config.ts'

const refusal = z.object({ message: z.string(), code: z.number().optional() })

const wordsOf = (text: string): string | null => {
  const said = refusal.safeParse(parseJson(text)).data
  return said ? `${said.message}${said.code === undefined ? '' : ` (code ${said.code})`}` : null
}

/** Suspected spam: too many events of one user in an hour. */
const TOO_MANY = /\(code 27\)/
/** The hour of events that MantisBT counts moves on; a look a quarter of it later finds room. */
const TOO_MANY_PAUSE_MS = 900_000

/** The REST API of the installation in the settings. */
export function createMantisApi(config: MantisConfig, http: HttpClient): DeskApi {
  const api = createDeskApi({
    desk: 'MantisBT',
    url: `${config.url}${config.rest_path}`,
    // The bare token: with a scheme before it MantisBT 2.28 answers 401.
    headers: () => ({ authorization: readSecret(config.secret) }),
    allowPrivate: config.allow_private,
    wordsOf,
    hints: {
      401: 'Check the API token in the secret.',
      403: 'Give the account MANAGER in the project: below that nobody may touch a resolved issue.',
      404: 'Check the address, and whether rest_path must be /api/rest/index.php.',
    },
    http,
  })
  return {
    get: api.get,
    call: async (wanted, signal) => {
      const answer = await api.call(wanted, signal)
      if (answer.kind !== 'rejected' || !TOO_MANY.test(answer.message)) return answer
      const message = `${answer.message}. Give the account a role above the one that people sign up with.`
      return { kind: 'retry', message, afterMs: TOO_MANY_PAUSE_MS }
    },
  }
}
