import { messageOf } from '@tillwatch/shared'
import { z } from 'zod'
import { parseJson } from '../desk-api.ts'
import type { HttpAnswer, HttpClient, HttpRequest } from '../http-client.ts'
import { readSecret } from '../settings.ts'
import type { CreatioConfig } from './config.ts'

const LOGIN = '/ServiceModel/AuthService.svc/Login'
/** The cookie that must come back as a header of the same name. */
const CSRF = 'BPMCSRF'

const verdict = z.object({ Code: z.number() })

/** Cookies by their names; the same object as long as it is the same session. */
type Session = Map<string, string>

/**
 * Calls inside one session: licences are counted by sessions, so that it is kept until Creatio shuts it (401, 403), then renewed once for a
 * call. What a login that failed answers, the call answers; the call itself was not made then.
 */
export function createSession(config: CreatioConfig, http: HttpClient): HttpClient {
  let session: Session | null = null
  let entering: Promise<HttpAnswer | null> | null = null

  const enter = async (signal: AbortSignal): Promise<HttpAnswer | null> => {
    const answer = notMade(await logIn(config, http, signal))
    if (answer.kind !== 'answer' || answer.status !== 200) return answer
    session = keep(new Map(), answer)
    return null
  }
  /** Null once there is a session; several calls at a time share one login. */
  const entered = (signal: AbortSignal): Promise<HttpAnswer | null> => {
    entering ??= enter(signal).finally(() => {
      entering = null
    })
    return entering
  }
  const sendIn = async (inside: Session, wanted: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> => {
    const answer = await http.send({ ...wanted, headers: { ...wanted.headers, ...headersOf(inside) } }, signal)
    if (answer.kind === 'answer') keep(inside, answer)
    return answer
  }
  return {
    send: async (wanted, signal) => {
      const old = session
      if (old) {
        const answer = await sendIn(old, wanted, signal)
        if (!isShut(answer)) return answer
        // Another call may have renewed it meanwhile.
        if (session === old) session = null
      }
      const failed = session ? null : await entered(signal)
      return failed ?? (session ? sendIn(session, wanted, signal) : { kind: 'not_sent', message: 'no session' })
    },
  }
}

const isShut = (answer: HttpAnswer): boolean =>
  answer.kind === 'answer' && (answer.status === 401 || answer.status === 403)

/** A login whose answer is missing changed nothing: the call it was for can be made again. */
function notMade(answer: HttpAnswer): HttpAnswer {
  if (answer.kind === 'cut') return { kind: 'not_sent', message: answer.message }
  const failed = answer.kind === 'answer' && answer.status >= 500 && answer.status !== 503
  return failed ? { kind: 'not_sent', message: `the login answered ${answer.status}` } : answer
}

async function logIn(config: CreatioConfig, http: HttpClient, signal: AbortSignal): Promise<HttpAnswer> {
  let body: string
  try {
    body = JSON.stringify({ UserName: config.user, UserPassword: readSecret(config.secret) })
  } catch (error) {
    return { kind: 'not_sent', message: messageOf(error) }
  }
  const headers = { 'content-type': 'application/json', accept: 'application/json', ForceUseSession: 'true' }
  const url = `${config.url}${LOGIN}`
  const answer = await http.send({ method: 'POST', url, headers, body, allowPrivate: config.allow_private }, signal)
  if (answer.kind !== 'answer' || answer.status !== 200) return answer
  // 200 is its answer to a wrong password too.
  const isIn = verdict.safeParse(parseJson(answer.text)).data?.Code === 0 && keep(new Map(), answer).has(CSRF)
  return isIn ? answer : { ...answer, status: 401 }
}

function keep(session: Session, answer: Extract<HttpAnswer, { kind: 'answer' }>): Session {
  for (const line of answer.headers['set-cookie'] ?? []) {
    const [pair = ''] = line.split(';')
    const at = pair.indexOf('=')
    session.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim())
  }
  return session
}

const headersOf = (session: Session): Record<string, string> => ({
  cookie: [...session].map(([name, value]) => `${name}=${value}`).join('; '),
  [CSRF]: session.get(CSRF) ?? '',
  ForceUseSession: 'true',
})
