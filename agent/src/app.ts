import { type Clock, type Component, type Logger, messageOf, type WireItem } from '@tillwatch/shared'
import type { AgentConfig } from './config.ts'
import type { CrashPoint } from './crash-point.ts'
import { createSystemProbe } from './host/system-probe.ts'
import type { LoadedIdentity } from './identity.ts'
import type { Outbox } from './outbox/outbox.ts'
import { openOutbox } from './outbox/recover.ts'
import { agentFacts, heartbeatItem } from './self/agent-facts.ts'
import { createClockWatch } from './self/clock-watch.ts'
import { createRecorder, type Recorder } from './self/recorder.ts'
import { createMqttDial } from './uplink/mqtt-link.ts'
import { createUplink, type Uplink } from './uplink/uplink.ts'
import { AGENT_VERSION } from './version.ts'

export interface AgentOptions {
  readonly config: AgentConfig
  readonly identity: LoadedIdentity
  readonly clock: Clock
  readonly random: () => number
  /** A new random name each time: of this run, of each connection. */
  readonly newId: () => string
  readonly logger: Logger
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
    const { poller, readings } = await startPoller(options, recorder)
    const host = createHostLoop(options, outbox, recorder)
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
      snapshot: () => [...host.latest(), ...readings()],
      logger,
      crash,
      reconnect: reconnectOver(config.uplink.reconnect_s),
    })
    wake.now = () => uplink.wake()
    recorder.event('agent_started', { version: AGENT_VERSION })
    host.start(uplink)
    await uplink.start()
    const position = outbox.position()
    logger.info({ agent: identity.identity.agent, version: AGENT_VERSION, ...position }, 'the agent runs')
    return {
      stop: async () => {
        await Promise.all([poller.stop(), host.stop()])
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

/** Drivers are loaded only where there is a register to poll. */
async function startPoller({ config, clock, random, logger }: AgentOptions, recorder: Recorder) {
  const { createPoller } = await import('./poll/poller.ts')
  const poller = createPoller({
    registers: config.registers.map(({ interval_s: intervalS, keep_open: keepOpen, ...register }) => ({
      ...register,
      intervalS,
      keepOpen,
    })),
    clock,
    random,
    logger: logger.child({ part: 'poll' }),
    onReading: item => recorder.telemetry([item]),
    onProblem: ({ slot, code, message }) => recorder.event('register_problem', { slot, code, message }),
  })
  await poller.start()
  return { poller, readings: () => poller.latest() }
}

/** Host readings, the heartbeat and the watch on the clock, on one timer. */
function createHostLoop({ config, clock, logger }: AgentOptions, outbox: Outbox, recorder: Recorder) {
  const probe = createSystemProbe({ clock, agentFacts: () => agentFacts(outbox.counts()) })
  const clockStep = createClockWatch(clock)
  const stopping = new AbortController()
  const heartbeatMs = config.heartbeat.interval_s * 1_000
  const hostMs = config.host.interval_s * 1_000
  let latest: readonly WireItem[] = []
  let loop: Promise<void> = Promise.resolve()

  const look = async () => {
    const items = await probe.read()
    if (stopping.signal.aborted) return
    latest = items
    recorder.telemetry(items)
  }

  const tick = async (uplink: Uplink, dueMs: number): Promise<number> => {
    const step = clockStep()
    if (step !== 0) recorder.event('clock_stepped', { by_ms: step })
    if (clock.monotonic() >= dueMs) {
      await look()
      return clock.monotonic() + hostMs
    }
    // A sign of life that waits on the disk is none: only while it can be heard.
    const isQuiet = clock.monotonic() - recorder.lastRecordedMs() >= heartbeatMs
    if (isQuiet && uplink.phase() === 'flowing') {
      recorder.telemetry([heartbeatItem(probe.pcId(), outbox.counts(), clock.now())])
    }
    return dueMs
  }

  const run = async (uplink: Uplink) => {
    let dueMs = 0
    while (!stopping.signal.aborted) {
      try {
        dueMs = await tick(uplink, dueMs)
      } catch (thrown) {
        logger.error({ reason: messageOf(thrown) }, 'looking at the PC failed by a programming error; it goes on')
      }
      const quietMs = recorder.lastRecordedMs() + heartbeatMs - clock.monotonic()
      await clock.sleep(Math.max(1_000, Math.min(quietMs, dueMs - clock.monotonic())), stopping.signal)
    }
  }

  return {
    latest: () => latest,
    start: (uplink: Uplink) => {
      loop = run(uplink)
    },
    stop: async () => {
      stopping.abort()
      // A probe that hangs in the system must not hold up the end.
      await Promise.race([loop, clock.sleep(1_000)])
    },
  }
}
