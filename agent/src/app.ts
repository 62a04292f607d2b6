import type { Clock, Component, Logger, WireItem } from '@tillwatch/shared'
import type { AgentConfig } from './config.ts'
import type { CrashPoint } from './crash-point.ts'
import { DRIVER_NAMES } from './drivers/registry.ts'
import { createHostLoop } from './host/host-loop.ts'
import { createProbeRounds } from './host/probe-rounds.ts'
import { createHostProbes } from './host/probes.ts'
import type { LoadedIdentity } from './identity.ts'
import type { LogFile } from './log-file.ts'
import { createOtherLogs } from './logs/other-logs.ts'
import type { Outbox } from './outbox/outbox.ts'
import { openOutbox } from './outbox/recover.ts'
import type { RegisterConfig } from './poll/register-config.ts'
import { createRemote, openRemoteMemory } from './remote/remote.ts'
import { secretsOf } from './remote/secrets.ts'
import type { Switches } from './remote/switches.ts'
import { agentFacts } from './self/agent-facts.ts'
import { withLastSaid } from './self/last-said.ts'
import { createRecorder, type Recorder } from './self/recorder.ts'
import { createMqttDial } from './uplink/mqtt-link.ts'
import { createUplink } from './uplink/uplink.ts'
import { AGENT_VERSION } from './version.ts'

export interface AgentOptions {
  readonly config: AgentConfig
  readonly identity: LoadedIdentity
  readonly clock: Clock
  readonly random: () => number
  /** A new random name each time: of this run, of each connection. */
  readonly newId: () => string
  readonly logger: Logger
  /** Where the logger's lines can be read again, for a person who asks for them. */
  readonly logFile: Pick<LogFile, 'read'>
  readonly crash: CrashPoint
}

const CONNECT_TIMEOUT_MS = 20_000

/** The whole agent: outbox first and last, so that nothing that is read is lost on the way down. */
export function createAgent(options: AgentOptions): Component {
  let running: RunningAgent | null = null
  return {
    start: async () => {
      running = await startAgent(options)
    },
    stop: async () => {
      const stopped = running
      running = null
      await stopped?.stop()
    },
  }
}

interface RunningAgent {
  stop(): Promise<void>
}

async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const { config, identity, clock, random, newId, logger, crash } = options
  if (identity.warning) logger.warn({}, identity.warning.en)
  const outbox = openOutbox({ dir: config.data_dir, clock, run: newId(), logger })
  const wake: { now: () => void } = { now: () => undefined }
  const recorder = createRecorder({ outbox, clock, logger, crash, onRecorded: () => wake.now() })
  try {
    const memory = openRemoteMemory(config.data_dir, clock, logger)
    const { switches } = memory
    const registers = await createRegisters(options, recorder, switches)
    await registers.start()
    const readings = () => registers.latest()
    const host = createHost(options, { outbox, recorder, switches, registers: readings })
    const remote = createRemote({
      ...{ memory, recorder, outbox, clock, crash, log: options.logFile, logger: logger.child({ part: 'remote' }) },
      registers: () => registers.list(),
      probes: host.probes,
      searching: config.registers === 'auto' ? DRIVER_NAMES : [],
      pollNow: slot => registers.pollNow(slot),
      otherLogs: createOtherLogs(config.logs, clock),
      secrets: secretsOf(config, identity),
    })
    const uplink = createUplink({
      agent: identity.identity.agent,
      outbox,
      dial: createMqttDial({
        identity: identity.identity,
        keepaliveS: config.uplink.keepalive_s,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        clock,
      }),
      clock,
      random,
      newConnectionId: newId,
      snapshot: () => withLastSaid([...host.latest(), remote.item(), ...readings()], outbox),
      onCommand: remote.hear,
      onCollectorTime: remote.hearTime,
      logger,
      crash,
      reconnect: reconnectOver(config.uplink.reconnect_s),
    })
    wake.now = () => uplink.wake()
    recorder.event('agent_started', { version: AGENT_VERSION })
    await remote.start()
    host.start(uplink)
    await uplink.start()
    const position = outbox.position()
    logger.info({ agent: identity.identity.agent, version: AGENT_VERSION, ...position }, 'the agent runs')
    return {
      stop: async () => {
        await Promise.all([registers.stop(), host.stop()])
        await remote.stop()
        await uplink.stop()
        outbox.close()
        logger.info({ ...uplink.counters() }, 'the agent has stopped')
      },
    }
  } catch (thrown) {
    outbox.close()
    throw thrown
  }
}

const reconnectOver = (seconds: number) => ({ firstMs: seconds * 1_000, capMs: seconds * 1_000, factor: 1, jitter: 1 })

/** The registers that are listed, or those that the agent finds. Drivers and ports are loaded only here. */
async function createRegisters(options: AgentOptions, recorder: Recorder, switches: Switches) {
  const { config, clock, random, logger } = options
  const { createPoller } = await import('./poll/poller.ts')
  const { foundRegisters, listedRegisters } = await import('./discovery/watched-registers.ts')
  const pollerOf = (registers: readonly RegisterConfig[]) =>
    createPoller({
      registers: registers.map(({ interval_s: intervalS, keep_open: keepOpen, ...register }) => ({
        ...register,
        intervalS,
        keepOpen,
      })),
      clock,
      random,
      switches,
      logger: logger.child({ part: 'poll' }),
      onReading: item => recorder.telemetry([item]),
      onProblem: ({ slot, code, message }) => recorder.event('register_problem', { slot, code, message }),
    })
  if (config.registers !== 'auto') return listedRegisters(config.registers, pollerOf)
  const { createRegisterFinder } = await import('./discovery/register-finder.ts')
  const { thisPc } = await import('./discovery/this-pc.ts')
  const isHeldOff = () => DRIVER_NAMES.some(name => switches.isDisabled('driver', name))
  const finds = { dataDir: config.data_dir, ...config.discovery, clock, random, isHeldOff, world: thisPc }
  const ownLogger = logger.child({ part: 'discovery' })
  return foundRegisters({
    pollerOf,
    finderOf: onFound => createRegisterFinder({ ...finds, logger: ownLogger, onFound }),
    logger: ownLogger,
  })
}

/** Everything around the registers: probes of the PC, the heartbeat, the watch on the clock. */
function createHost({ config, clock, logger }: AgentOptions, parts: HostParts) {
  const { outbox, recorder, registers, switches } = parts
  const { system, all } = createHostProbes({
    config: config.host,
    dataDir: config.data_dir,
    clock,
    logger,
    agentFacts: () => agentFacts(outbox.counts()),
    registers,
  })
  const isDisabled = (probe: string) => switches.isDisabled('probe', probe)
  const rounds = createProbeRounds({ probes: all, clock, logger: logger.child({ part: 'host' }), isDisabled })
  const heartbeatMs = config.heartbeat.interval_s * 1_000
  const loop = createHostLoop({ rounds, outbox, recorder, clock, logger, heartbeatMs, pcId: system.pcId })
  return { ...loop, latest: rounds.latest, probes: all.map(({ name }) => name) }
}

interface HostParts {
  readonly outbox: Outbox
  readonly recorder: Recorder
  readonly switches: Switches
  /** The newest state of every register of this PC. */
  readonly registers: () => readonly WireItem[]
}
