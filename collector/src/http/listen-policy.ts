import { AppError } from '@tillwatch/shared'
import type { HttpOptions } from './http-options.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i

/** True for names and addresses that only this machine reaches. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host.replace(/^\[|\]$/g, ''))

/** Ranges that a proxy may have when only its existence is declared. */
const PRIVATE_RANGES = ['loopback', 'linklocal', 'uniquelocal']

/** How the server may speak. */
export interface ListenPolicy {
  /** True when browsers speak HTTPS: cookies are `Secure` then. */
  readonly secure: boolean
  /** Whose `X-Forwarded-*` headers are believed. */
  readonly trustProxy: false | string[]
}

/** Passwords and sessions never travel in the clear: throws `http.insecure` for plain HTTP that other machines could reach. */
export function listenPolicy({
  listen,
  tls,
  behindProxy,
}: Pick<HttpOptions, 'listen' | 'tls' | 'behindProxy'>): ListenPolicy {
  const trusted = behindProxy === true ? PRIVATE_RANGES : behindProxy ? [...behindProxy] : []
  if (!tls && trusted.length === 0 && !isLoopback(listen.host)) {
    throw new AppError('http.insecure', `plain HTTP on ${listen.host} would send passwords in the clear`, {
      nextStep:
        'Set http.listen to 127.0.0.1, or give http.tls.cert and http.tls.key, or set http.behind_proxy when a proxy in front speaks TLS.',
    })
  }
  return { secure: tls !== undefined || trusted.length > 0, trustProxy: trusted.length > 0 && trusted }
}
