import type { Socket } from 'node:net'
import { type Clock, type Logger, messageOf } from '@tillwatch/shared'
import type { AedesOptions, AuthenticateError, Client } from 'aedes'
import { type AccessRefusal, connectRefusal, publishRefusal, secretRefusal, subscribeRefusal } from './access.ts'
import type { Gatekeeper } from './broker.ts'
import { createRateGate } from './rate-gate.ts'

/** Unknown agents told a minute: enough to see a till with a wrong file, too few to fill a disk. */
const UNKNOWN_PER_MINUTE_MAX = 60

/** What is known of one connection; ends with it. */
export interface Session {
  readonly number: number
  readonly address: string
  readonly agentId: string
  readonly tenantId: string
  readonly secretHash: string
  readonly tookOver: boolean
}

export interface DoorOptions {
  readonly gatekeeper: Gatekeeper
  /** True when a connection of that agent is live now. */
  readonly isLive: (agentId: string) => boolean
  readonly refused: (reason: string) => void
  readonly clock: Clock
  readonly log: Logger
}

/** Who came in, and the checks of the broker's library that ask `access.ts` and count every refusal. */
export interface Door {
  sessionOf(client: Client): Session | undefined
  readonly checks: Required<
    Pick<AedesOptions, 'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe'>
  >
}

/** Return codes of MQTT 3.1.1, 3.2.2.3. */
const CONNACK_CODE: Partial<Record<AccessRefusal | 'unavailable', number>> = {
  client_id: 2,
  unavailable: 3,
  secret: 4,
}
const NOT_AUTHORIZED = 5

const connectError = (reason: AccessRefusal | 'unavailable'): AuthenticateError =>
  Object.assign(new Error(reason), { returnCode: CONNACK_CODE[reason] ?? NOT_AUTHORIZED }) as AuthenticateError

/** The address that the collector sees; an IPv4 address in its own form. */
export const addressOf = (client: Client): string =>
  (client.conn as Socket).remoteAddress?.replace(/^::ffff:/, '') ?? ''

export function createDoor(options: DoorOptions): Door {
  const { gatekeeper, clock, log } = options
  const sessions = new WeakMap<Client, Session>()
  /** What was wrong with a CONNECT; told at authentication, where there is a return code for it. */
  const early = new WeakMap<Client, AccessRefusal>()
  const unknownGate = createRateGate(UNKNOWN_PER_MINUTE_MAX, 60_000)
  let count = 0

  const admit = async (client: Client, password: Buffer | undefined): Promise<AccessRefusal | null> => {
    const problem = early.get(client)
    if (problem) return problem
    const credentials = await gatekeeper.credentialsOf(client.id)
    const denied = secretRefusal(credentials, password)
    const address = addressOf(client)
    if (denied === 'unknown_agent' && unknownGate.allow(clock.monotonic())) gatekeeper.unknownAgent(client.id, address)
    if (denied || !credentials) return denied ?? 'unknown_agent'
    const { tenantId, secretHash } = credentials
    const tookOver = options.isLive(client.id)
    sessions.set(client, { number: ++count, address, agentId: client.id, tenantId, secretHash, tookOver })
    return null
  }
  /** Counts a refusal; the error makes the library end the connection. */
  const verdict = (reason: AccessRefusal | null): Error | null => {
    if (reason) options.refused(reason)
    return reason ? new Error(`refused: ${reason}`) : null
  }

  return {
    sessionOf: client => sessions.get(client),
    checks: {
      preConnect: (client, { clientId, username, clean, will }, done) => {
        const problem = connectRefusal({
          ...{ clientId, username, clean: clean !== false },
          will: will ? { topic: will.topic, qos: will.qos ?? 0, bytes: will.payload.length } : null,
        })
        if (problem) early.set(client, problem)
        done(null, true)
      },
      authenticate: (client, _username, password, done) => {
        void admit(client, password)
          .catch((thrown: unknown) => {
            log.warn({ problem: messageOf(thrown) }, 'an agent could not be checked; it will come again')
            return 'unavailable' as const
          })
          .then(reason => {
            if (reason) options.refused(reason)
            done(reason ? connectError(reason) : null, reason === null)
          })
      },
      authorizePublish: (client, { topic, qos, retain, payload }, done) =>
        done(client ? verdict(publishRefusal(client.id, { topic, qos, retain, bytes: payload.length })) : null),
      authorizeSubscribe: (client, subscription, done) =>
        done(verdict(subscribeRefusal(client.id, subscription.topic)), subscription),
    },
  }
}
