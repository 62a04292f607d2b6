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
/** Agents told in one step, so that neither the store nor the broker is held up by a command to a whole fleet. */
const AGENTS_AT_ONCE = 200

export interface CourierOptions {
  readonly commands: Pick<RemoteCommands, 'issue' | 'waitingAgents' | 'waitingFor' | 'noteSent'>
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
  let waitingFor = new Set<string>()
  /** On which connection a command was said, and when; what was said long ago is due again and forgotten here. */
  const said = new Map<string, Said>()
  let leaveBus: () => void = () => undefined

  const isDue = ({ id, agentId }: WaitingCommand): boolean => {
    const session = broker().sessionOf(agentId)
    const last = said.get(id)
    return session !== null && !(last?.session === session && clock.monotonic() - last.atMs < AGAIN_MS)
  }

  const say = async (agentIds: readonly string[]): Promise<void> => {
    const due = (await commands.waitingFor(agentIds, clock.now())).filter(isDue)
    if (due.length === 0) return
    // After the store has answered: the agent sets its clock by it.
    const now = clock.now()
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

  const look = async (): Promise<void> => {
    waitingFor = new Set(await commands.waitingAgents(clock.now()))
    for (const [id, { atMs }] of said) if (clock.monotonic() - atMs >= AGAIN_MS) said.delete(id)
    const present = [...waitingFor].filter(agentId => broker().sessionOf(agentId) !== null)
    for (let next = 0; next < present.length; next += AGENTS_AT_ONCE)
      await say(present.slice(next, next + AGENTS_AT_ONCE))
  }

  /** What is written down is given: that it could not be said at once is no failure of who gave it. */
  const sayNow = (agentId: string): Promise<void> =>
    say([agentId]).catch((err: unknown) => log.warn({ err }, 'commands wait for the next look'))

  const job = createRepeatedJob('commands', LOOK_MS, look, { clock, log })
  return {
    issue: async (issuer, agentId, command) => {
      const id = await commands.issue(issuer, agentId, command, clock.now())
      crash('command-stored')
      log.info({ agent: agentId, command, by: issuer.name }, 'a command was given')
      waitingFor.add(agentId)
      await sayNow(agentId)
      return id
    },
    start: async () => {
      leaveBus = live.subscribe(event => {
        if (event.topic === 'agent' && waitingFor.has(event.id)) void sayNow(event.id)
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
