import { AppError, INBOUND_BURST_MAX, INBOUND_PER_MINUTE_MAX } from '@tillwatch/shared'
import type { TokenScope } from '@tillwatch/shared/api'
import type { FastifyRequest } from 'fastify'
import { hashToken } from '../accounts/token.ts'
import { TokenBucket } from '../deliveries/token-bucket.ts'
import type { Machine } from '../inbound/inbound.ts'
import type { RouteContext } from './http-options.ts'

/** Machines whose pace is remembered; more tokens than a collector has. */
const BUCKETS_MAX = 5_000
const BEARER = /^Bearer ([A-Za-z0-9_-]{20,100})$/i

/** Who speaks, by the token in the header `Authorization: Bearer`. Rejects with `token.required`, `token.scope` or `rate.limited`. */
export type MachineAuth = (request: FastifyRequest, scope: TokenScope) => Promise<Machine>

/** One pace for each token, whatever address it comes from. A wrong token tells nothing about why it is wrong. */
export function createMachineAuth({ lookups, clock }: Pick<RouteContext, 'lookups' | 'clock'>): MachineAuth {
  const buckets = new Map<string, TokenBucket>()
  const requirePace = (tokenId: string) => {
    const now = clock.monotonic()
    const bucket = buckets.get(tokenId) ?? new TokenBucket(INBOUND_PER_MINUTE_MAX / 60, INBOUND_BURST_MAX, now)
    if (!buckets.has(tokenId)) {
      if (buckets.size >= BUCKETS_MAX) buckets.clear()
      buckets.set(tokenId, bucket)
    }
    const waitMs = bucket.waitMs(now)
    if (waitMs > 0) {
      throw new AppError('rate.limited', `this token sends more than ${INBOUND_PER_MINUTE_MAX} requests in a minute`, {
        nextStep: `Send again in ${Math.ceil(waitMs / 1000)} s, or several alerts in one request.`,
      })
    }
    bucket.take(now)
  }
  return async (request, scope) => {
    const secret = BEARER.exec(request.headers.authorization ?? '')?.[1]
    const machine = secret === undefined ? null : await lookups.machine(hashToken(secret))
    if (!machine) {
      throw new AppError('token.required', 'this needs the token of a machine', {
        nextStep: 'Send the header Authorization: Bearer with a token that an administrator made and nobody revoked.',
      })
    }
    requirePace(machine.id)
    if (machine.scope === scope) return machine
    throw new AppError('token.scope', `this needs a token for ${scope}, this one is for ${machine.scope}`, {
      nextStep: 'Ask an administrator for a token of that scope.',
    })
  }
}
