import { BlockList, isIPv6 } from 'node:net'
import { AppError } from '@tillwatch/shared'
import type { HttpOptions } from './http-options.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i

/** True for names and addresses that only this machine reaches. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host.replace(/^\[|\]$/g, ''))

/** Addresses that nobody has on the open internet (RFC 1918, 3927, 4193, 4291, 6598). */
const PRIVATE = new BlockList()
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv4')
PRIVATE.addAddress('::1', 'ipv6')
PRIVATE.addSubnet('fc00::', 7, 'ipv6')
PRIVATE.addSubnet('fe80::', 10, 'ipv6')

/** Only the nearest peer is the proxy: behind it, people have private addresses too, and write what they like into the header. */
const isNearestAndPrivate = (address: string | undefined, hop: number): boolean =>
  address !== undefined && hop === 0 && PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

/** Which peers' `X-Forwarded-*` headers are believed; hop 0 is the peer itself. */
export type TrustProxy = false | string[] | ((address: string | undefined, hop: number) => boolean)

/** How the server may speak. */
export interface ListenPolicy {
  /** True when browsers speak HTTPS: cookies are `Secure` then. */
  readonly secure: boolean
  readonly trustProxy: TrustProxy
}

/** Passwords and sessions never travel in the clear: throws `http.insecure` for plain HTTP that other machines could reach. */
export function listenPolicy({
  listen,
  tls,
  behindProxy,
}: Pick<HttpOptions, 'listen' | 'tls' | 'behindProxy'>): ListenPolicy {
  const trustProxy = trustOf(behindProxy)
  if (!tls && trustProxy === false && !isLoopback(listen.host)) {
    throw new AppError('http.insecure', `plain HTTP on ${listen.host} would send passwords in the clear`, {
      nextStep:
        'Set http.listen to 127.0.0.1, or give http.tls.cert and http.tls.key, or set http.behind_proxy when a proxy in front speaks TLS.',
    })
  }
  return { secure: tls !== undefined || trustProxy !== false, trustProxy }
}

function trustOf(behindProxy: HttpOptions['behindProxy']): TrustProxy {
  if (behindProxy === true) return isNearestAndPrivate
  return behindProxy && behindProxy.length > 0 ? [...behindProxy] : false
}
