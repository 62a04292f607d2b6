import { CODES, textOf } from './error-texts.ts'
import type { Entry } from './queue.ts'
import type { Quirks } from './quirks.ts'

/** A request as the service sees it. */
export interface WebRequest {
  readonly method: string
  /** With its query. */
  readonly url: string
  readonly authorization: string | undefined
  readonly body: string
}

/** An answer before it is written down. */
export interface WebReply {
  readonly status: number
  readonly type: 'json' | 'html' | 'none'
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  /** Time that the request itself takes. */
  readonly afterMs?: number
}

export type ApiVersion = 1 | 2

export const json = (status: number, body: object): WebReply => ({ status, type: 'json', body: JSON.stringify(body) })
export const html = (status: number, title: string): WebReply => ({
  status,
  type: 'html',
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
})
export const nothing = (status: number): WebReply => ({ status, type: 'none', body: '' })

/** A refusal in the style of this service: an object, a page of its container, or nothing. */
export function refusal(version: ApiVersion, quirks: Quirks, status: number, code: number = CODES.http): WebReply {
  const style = quirks.error_body ?? (version === 1 ? 'html' : 'json')
  if (style === 'json') return json(status, { error: { code, description: textOf(code) } })
  return style === 'html' ? html(status, `Error ${status}`) : nothing(status)
}

/** Results of a job, one entry for each of its tasks. */
export function results(version: ApiVersion, quirks: Quirks, entries: readonly Entry[]): WebReply {
  const shape = quirks.result_shape ?? (version === 1 ? 'flat' : 'nested')
  return json(200, {
    results: entries.map(({ status, code, result }) => ({
      status: status === 'inProgress' ? quirks.running_word : status,
      ...(shape === 'flat'
        ? { errorCode: code, errorDescription: textOf(code) }
        : { error: { code, description: textOf(code) } }),
      ...((result || !quirks.result_absent) && { result }),
    })),
  })
}
