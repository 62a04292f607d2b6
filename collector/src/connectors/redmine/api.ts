import { z } from 'zod'
import { createDeskApi, type DeskApi, parseJson } from '../desk-api.ts'
import type { HttpClient } from '../http-client.ts'
import { readSecret } from '../settings.ts'
import type { RedmineConfig } from './config.ts'

const refusal = z.object({ errors: z.array(z.string()) })

/** The REST API of the installation in the settings. */
export const createRedmineApi = (config: RedmineConfig, http: HttpClient): DeskApi =>
  createDeskApi({
    desk: 'Redmine',
    url: config.url,
    allowPrivate: config.allow_private,
    headers: () => ({ 'x-redmine-api-key': readSecret(config.secret) }),
    wordsOf: text => refusal.safeParse(parseJson(text)).data?.errors.join('; ') ?? null,
    hints: {
      401: 'Check the API key in the secret.',
      403: 'Check the account’s role and that REST is on.',
      404: 'Check the project and the ticket, and that REST is on.',
    },
    http,
  })
