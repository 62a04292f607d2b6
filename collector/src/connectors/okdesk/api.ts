import { z } from 'zod'
import { createDeskApi, type DeskApi, parseJson } from '../desk-api.ts'
import type { HttpClient } from '../http-client.ts'
import { readSecret } from '../settings.ts'
import type { OkdeskConfig } from './config.ts'

const refusal = z.object({ errors: z.unknown() })

/** The API of the account in the settings. The key is a parameter of every address, so nothing that names an address may be told. */
export function createOkdeskApi(config: OkdeskConfig, http: HttpClient): DeskApi {
  let told = ''
  return createDeskApi({
    desk: 'Okdesk',
    url: `${config.url}/api/v1`,
    allowPrivate: config.allow_private,
    headers: () => ({}),
    query: () => {
      told = readSecret(config.secret)
      return { api_token: told }
    },
    refusesWithGoodStatus: true,
    wordsOf: text => {
      const errors = refusal.safeParse(parseJson(text)).data?.errors
      const words = errors === undefined ? [] : sentencesOf(errors, '')
      return words.length === 0 ? null : words.join('; ').replaceAll(told, '***')
    },
    hints: {
      401: 'Check the API key in the secret.',
      403: 'The key needs the rights of an employee; keys of contacts are refused.',
      404: 'Check the address of the account and the number.',
    },
    http,
  })
}

/** Errors are a list of sentences, or a map from field to such lists, or to maps again. */
function sentencesOf(errors: unknown, name: string): readonly string[] {
  if (Array.isArray(errors)) return errors.flatMap(each => sentencesOf(each, name))
  if (typeof errors === 'object' && errors !== null) {
    return Object.entries(errors).flatMap(([part, each]) => sentencesOf(each, name === '' ? part : `${name}.${part}`))
  }
  return errors === null || errors === '' ? [] : [name === '' ? String(errors) : `${name}: ${errors}`]
}
