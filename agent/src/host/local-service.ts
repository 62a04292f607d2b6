import type { Clock, SERVICE_LINKS, WireFact } from '@tillwatch/shared'
import { createWebLine } from '../transport/web-line.ts'
import { fitSlot } from './host-item.ts'

type ServiceLink = (typeof SERVICE_LINKS)[number]

/** A service on the same PC answers at once; one that thinks for longer is as good as silent. */
const ANSWER_MS = 5_000
/** A whole conversation, however many pages; what is asked later counts as silent. */
const CONVERSATION_MS = 20_000

/** An answer of a service: its status and what the body is as JSON, or as text where it is none; without one, the code of what went wrong. */
export type ServiceAnswer =
  | { readonly link: 'ok'; readonly status: number; readonly json: unknown; readonly text: string }
  | { readonly link: Exclude<ServiceLink, 'ok'>; readonly status: number | string | null }

/** Asks for one path with GET. Every answer but a success is told by its link; a body over 256 kB is an error. */
export type Get = (path: string) => Promise<ServiceAnswer>

/** One conversation with the service at `url`. There is no other method than GET to ask with. */
export async function askService<Answer>(
  url: string,
  clock: Clock,
  headers: Readonly<Record<string, string>>,
  ask: (get: Get) => Promise<Answer>,
): Promise<Answer> {
  const line = createWebLine(url, clock)
  const untilMs = clock.monotonic() + CONVERSATION_MS
  await line.open()
  try {
    return await ask(async path => {
      const leftMs = Math.min(ANSWER_MS, untilMs - clock.monotonic())
      if (leftMs <= 0) return { link: 'silent', status: null }
      const event = await line.request({ method: 'GET', path, headers }, leftMs)
      if (event.kind === 'silence') return { link: 'silent', status: null }
      if (event.kind === 'lost') return lossOf(event.error.cause)
      const { status, body } = event
      if (status === 401 || status === 403) return { link: 'denied', status }
      if (status < 200 || status > 299) return { link: 'error', status }
      return { link: 'ok', status, json: jsonOf(body), text: body }
    })
  } finally {
    await line.close()
  }
}

/** The link of an answer as a fact, its status or code beside it. A success that was not understood is an error: something else answers there. */
export const linkFact = ({ link, status }: ServiceAnswer): WireFact => ({
  value: link === 'ok' ? 'error' : link,
  ...(status !== null && { raw: status }),
})

const CODE_LENGTH_MAX = 64

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String((thrown as { code: unknown }).code) : ''

/** Nobody listens, nobody is there, or what came was no answer: a certificate that nobody vouches for, a broken connection. */
function lossOf(cause: unknown): Exclude<ServiceAnswer, { link: 'ok' }> {
  const code = codeOf(cause)
  if (code === 'ECONNREFUSED') return { link: 'refused', status: null }
  const isAway = /^(ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code)
  return { link: isAway ? 'silent' : 'error', status: code.slice(0, CODE_LENGTH_MAX) || null }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Slot of a service by its address: `egais-utm-8080` on this PC, with the host before the port elsewhere. */
export function slotOf(prefix: string, url: string): string {
  const { hostname, port, protocol } = new URL(url)
  const at = port || (protocol === 'https:' ? '443' : '80')
  const isHere = /^(localhost|127\..*|\[::1\])$/.test(hostname)
  return fitSlot(isHere ? `${prefix}-${at}` : `${prefix}-${hostname}-${at}`)
}
