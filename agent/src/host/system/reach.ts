import { type BlockList, connect, isIP } from 'node:net'
import type { Clock, OFD_REACHES } from '@tillwatch/shared'

/** How far the way to a server goes. */
export interface Reach {
  /** Null: the way was not tried, because it leads to where we do not connect. */
  readonly result: (typeof OFD_REACHES)[number] | null
  /** Until the connection stood; null when it never did. */
  readonly connectMs: number | null
}

/** A server across the country answers within a second; mobile links take a few. */
const REACH_MS_MAX = 8_000

/** Resolves the name, connects and closes at once, without sending a byte; never to an address of `offLimits`, whatever its name. Never rejects. */
export const reachOf = (host: string, port: number, clock: Clock, offLimits?: BlockList): Promise<Reach> =>
  new Promise(resolve => {
    const beganMs = clock.monotonic()
    let isResolved = isIP(host) !== 0
    const socket = connect({ host, port, ...(offLimits && { blockList: offLimits }) })
    const finish = (result: Reach['result']) => {
      cancel()
      socket.removeAllListeners()
      socket.on('error', () => undefined)
      socket.destroy()
      resolve({ result, connectMs: result === 'ok' ? Math.round(clock.monotonic() - beganMs) : null })
    }
    const cancel = clock.after(REACH_MS_MAX, () => finish(isResolved ? 'timeout' : 'dns'))
    socket.once('lookup', error => {
      isResolved = !error
    })
    socket.once('connect', () => finish('ok'))
    socket.once('error', error => finish(resultOf(error)))
  })

function resultOf(error: Error): Reach['result'] {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ERR_IP_BLOCKED') return null
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns'
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused'
  return code === 'ETIMEDOUT' ? 'timeout' : 'unreachable'
}
