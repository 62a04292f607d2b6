import { messageOf } from '@tillwatch/shared'
import { z } from 'zod'
import { parseJson } from '../desk-api.ts'
import type { HttpAnswer, HttpClient } from '../http-client.ts'
import { readSecret } from '../settings.ts'
import type { CreatioConfig } from './config.ts'
import type { LogIn, Session } from './session.ts'

const LOGIN = '/ServiceModel/AuthService.svc/Login'
/** The cookie that must come back as a header of the same name. */
const CSRF = 'BPMCSRF'

const verdict = z.object({ Code: z.number() })

/** The login of a user by password: a session of cookies. */
export function createCookieLogin(config: CreatioConfig, user: string, http: HttpClient): LogIn {
  return async signal => {
    let body: string
    try {
      body = JSON.stringify({ UserName: user, UserPassword: readSecret(config.secret) })
    } catch (error) {
      return { kind: 'not_sent', message: messageOf(error) }
    }
    const headers = { 'content-type': 'application/json', accept: 'application/json', ForceUseSession: 'true' }
    const url = `${config.url}${LOGIN}`
    const answer = await http.send({ method: 'POST', url, headers, body, allowPrivate: config.allow_private }, signal)
    if (answer.kind !== 'answer' || answer.status !== 200) return answer
    const cookies = new Map<string, string>()
    keep(cookies, answer)
    // 200 is its answer to a wrong password too.
    const isIn = verdict.safeParse(parseJson(answer.text)).data?.Code === 0 && cookies.has(CSRF)
    return isIn ? sessionOf(cookies) : { ...answer, status: 401 }
  }
}

const sessionOf = (cookies: Map<string, string>): Session => ({
  headers: () => ({
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    [CSRF]: cookies.get(CSRF) ?? '',
    ForceUseSession: 'true',
  }),
  keep: answer => keep(cookies, answer),
})

function keep(cookies: Map<string, string>, answer: Extract<HttpAnswer, { kind: 'answer' }>): void {
  for (const line of answer.headers['set-cookie'] ?? []) {
    const [pair = ''] = line.split(';')
    const at = pair.indexOf('=')
    cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim())
  }
}
