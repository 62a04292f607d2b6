import type { HttpAnswer, HttpClient } from '../http-client.ts'

/** What shows in every call that we are logged in. */
export interface Session {
  headers(): Readonly<Record<string, string>>
  /** An answer may renew a part of it. */
  keep(answer: Extract<HttpAnswer, { kind: 'answer' }>): void
}

/** Logs in: a session, or the answer that it failed with. */
export type LogIn = (signal: AbortSignal) => Promise<Session | HttpAnswer>

/**
 * Calls inside one session: licences are counted by sessions, so that it is kept until Creatio shuts it (401, 403), then renewed once for a
 * call. What a login that failed answers, the call answers; the call itself was not made then.
 */
export function createSession(logIn: LogIn, http: HttpClient): HttpClient {
  let session: Session | null = null
  let entering: Promise<HttpAnswer | null> | null = null

  const enter = async (signal: AbortSignal): Promise<HttpAnswer | null> => {
    const entered = await logIn(signal)
    if ('kind' in entered) return notMade(entered)
    session = entered
    return null
  }
  /** Null once there is a session; several calls at a time share one login. */
  const entered = (signal: AbortSignal): Promise<HttpAnswer | null> => {
    entering ??= enter(signal).finally(() => {
      entering = null
    })
    return entering
  }
  const sendIn = async (inside: Session, wanted: Parameters<HttpClient['send']>[0], signal: AbortSignal) => {
    const answer = await http.send({ ...wanted, headers: { ...wanted.headers, ...inside.headers() } }, signal)
    if (answer.kind === 'answer') inside.keep(answer)
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
