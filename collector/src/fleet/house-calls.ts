import type { Clock, Component, Logger } from '@tillwatch/shared'
import type { Broker } from '../broker/broker.ts'
import { createRepeatedJob } from '../repeated-job.ts'
import type { Fleet } from './fleet.ts'

/** A revoked or rotated identity is cut off within this time. */
const CREDENTIALS_MS = 2_000
/** Changes are looked for this far back: clocks of two processes on one machine agree far better. */
const LOOK_BACK_MS = 60_000
/** Signs of life without a message, strangers, and our own are written down this often. */
const NOTES_MS = 10_000
/** Strangers that wait to be written down; the broker lets fewer through in that time. */
const UNKNOWN_MAX = 100

/** What the broker sees besides packets, and what the store says besides answers. */
export interface HouseCalls extends Component {
  heard(agentId: string): void
  unknownAgent(id: string, address: string): void
}

export interface HouseCallOptions {
  readonly fleet: Pick<Fleet, 'changedCredentials' | 'note' | 'alive'>
  readonly broker: () => Pick<Broker, 'secretHashOf' | 'cut'>
  /** Number of this run of the collector. */
  readonly run: number
  readonly clock: Clock
  readonly log: Logger
}

/** Small regular errands: cut off who may not speak any more, write down who was heard, and say that the collector itself is alive. */
export function createHouseCalls({ fleet, broker, run, clock, log }: HouseCallOptions): HouseCalls {
  const heard = new Map<string, number>()
  let unknown: { id: string; address: string; at: number }[] = []
  let lookedAt = clock.now()
  const credentials = createRepeatedJob(
    'identities',
    CREDENTIALS_MS,
    async () => {
      // Counted from the look before, so that neither a clock set forward nor a state thread long busy hides a change.
      const at = clock.now()
      for (const { agentId, credentials: now } of await fleet.changedCredentials(
        Math.min(lookedAt, at) - LOOK_BACK_MS,
      )) {
        const hash = broker().secretHashOf(agentId)
        if (hash === null || (!now.revoked && hash === now.secretHash)) continue
        log.info({ agent: agentId, revoked: now.revoked }, 'an agent is cut off: its identity was revoked or changed')
        broker().cut(agentId)
      }
      lookedAt = at
    },
    { clock, log },
  )
  const notes = createRepeatedJob(
    'signs of life',
    NOTES_MS,
    async () => {
      const now = { heard: [...heard].map(([agentId, at]) => ({ agentId, at })), unknown }
      heard.clear()
      unknown = []
      await fleet.alive(run, clock.now())
      if (now.heard.length + now.unknown.length > 0)
        await fleet.note({ ...now, presence: [], duplicates: [], unplaced: [] })
    },
    { clock, log },
  )
  return {
    heard: agentId => void heard.set(agentId, clock.now()),
    unknownAgent: (id, address) => {
      if (unknown.length < UNKNOWN_MAX) unknown.push({ id, address, at: clock.now() })
    },
    start: async () => {
      await credentials.start()
      await notes.start()
    },
    stop: async () => {
      await credentials.stop()
      await notes.stop()
    },
  }
}
