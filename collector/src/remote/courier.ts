import {
  type AgentCommand,
  type Clock,
  type Component,
  type EpochMs,
  type Logger,
  WIRE_VERSION,
} from '@tillwatch/shared'
import type { Broker } from '../broker/broker.ts'
import type { CrashPoint } from '../crash-point.ts'
import type { LiveBus } from '../live/live-bus.ts'
import { createRepeatedJob } from '../repeated-job.ts'
import type { Issuer, RemoteCommands, WaitingCommand } from './remote-commands.ts'

/** Commands are looked for this often: another process (`tillwatch agent command`) may have written one. */
const LOOK_MS = 5_000
/** What was said and not answered is said again after this long: it may have come before the agent listened, or to a full disk. */
const AGAIN_MS = 15_000

export interface CourierOptions {
  readonly commands: Pick<RemoteCommands, 'issue' | 'waiting' | 'noteSent'>
  readonly broker: () => Pick<Broker, 'send' | 'sessionOf'>
  readonly live: LiveBus
  readonly clock: Clock
  readonly log: Logger
  readonly crash: CrashPoint
}

/** Carries commands to agents: at once to one that is there, on its return to one that is away, again and again until there is a result. */
export interface Courier extends Component {
  /** Writes a command down and says it at once where it can be heard; its id. Rejects as `RemoteCommands.issue` does. */
  issue(issuer: Issuer, agentId: string, command: AgentCommand): Promise<string>
}

export function createCourier({ commands, broker, live, clock, log, crash }: CourierOptions): Courier {
  /** Agents for which something waits, so that the return of ten thousand others asks nothing of the store. */
  let waitingFor: ReadonlySet<string> = new Set()
  /** On which connection each waiting command was said last, and when. */
  let said = new Map<string, Said>()
  let leaveBus: () => void = () => undefined

  const look = async (): Promise<void> => {
    const waiting = await commands.waiting(clock.now())
    const now = clock.now()
    waitingFor = new Set(waiting.map(({ agentId }) => agentId))
    said = new Map(waiting.flatMap(({ id }) => (said.has(id) ? [[id, said.get(id) as Said]] : [])))
    const due = waiting.filter(({ id, agentId }) => {
      const session = broker().sessionOf(agentId)
      const last = said.get(id)
      return session !== null && !(last?.session === session && clock.monotonic() - last.atMs < AGAIN_MS)
    })
    if (due.length === 0) return
    for (const each of due) {
      broker().send(each.agentId, messageOf(each, now))
      said.set(each.id, { session: broker().sessionOf(each.agentId), atMs: clock.monotonic() })
    }
    crash('command-said')
    await commands.noteSent(
      due.map(({ id }) => id),
      now,
    )
    for (const agentId of new Set(due.map(each => each.agentId))) live.publish({ topic: 'agent', id: agentId })
  }

  const job = createRepeatedJob('commands', LOOK_MS, look, { clock, log })
  return {
    issue: async (issuer, agentId, command) => {
      const id = await commands.issue(issuer, agentId, command, clock.now())
      crash('command-stored')
      log.info({ agent: agentId, command, by: issuer.name }, 'a command was given')
      await look()
      return id
    },
    start: async () => {
      leaveBus = live.subscribe(event => {
        if (event.topic !== 'agent' || !waitingFor.has(event.id)) return
        void look().catch((err: unknown) => log.warn({ err }, 'commands wait for the next look'))
      })
      await job.start()
    },
    stop: async () => {
      leaveBus()
      await job.stop()
    },
  }
}

interface Said {
  readonly session: number | null
  readonly atMs: number
}

const instant = (at: EpochMs): string => new Date(at).toISOString()

const messageOf = ({ id, command, issuedBy, issuedAt, expiresAt }: WaitingCommand, now: EpochMs) => ({
  ...({ v: WIRE_VERSION, kind: 'command' } as const),
  ...{ id, command, issued_by: issuedBy },
  ...{ issued_at: instant(issuedAt), expires_at: instant(expiresAt), sent_at: instant(now) },
})
