import { type Clock, type Component, type Logger, messageOf } from '@tillwatch/shared'
import { Registry } from 'prom-client'
import type { AccountStore } from './accounts/account-store.ts'
import { type Accounts, createAccounts } from './accounts/accounts.ts'
import { createPasswords } from './accounts/password.ts'
import type { Evaluator } from './alerting/evaluator-port.ts'
import { createAedesBroker } from './broker/aedes-broker.ts'
import { openAuthority } from './broker/authority.ts'
import type { Broker } from './broker/broker.ts'
import type { CollectorConfig } from './config.ts'
import { createDesks } from './connectors/registry.ts'
import type { CrashPoint } from './crash-point.ts'
import { lockDataDir, openDataDir } from './data-dir.ts'
import type { Deliveries } from './deliveries/delivery-port.ts'
import { createDeliveryRunner } from './deliveries/delivery-runner.ts'
import type { Fleet } from './fleet/fleet.ts'
import { createForecastJob } from './fleet/forecast-job.ts'
import { createHouseCalls } from './fleet/house-calls.ts'
import { createHttpServer } from './http/server.ts'
import type { Incidents } from './incidents/incident-service.ts'
import { announce, createIngest } from './ingest/ingest.ts'
import { createIntake } from './ingest/intake.ts'
import { createUplinkMetrics } from './ingest/uplink-metrics.ts'
import { createLiveBus } from './live/live-bus.ts'
import type { Reads } from './reads/reads.ts'
import { createRepeatedJob } from './repeated-job.ts'
import type { SeriesStore } from './store/series-store.ts'
import { openStores } from './stores.ts'

/** A slice of rule work by time, short enough that the state thread goes on answering. */
const TICK_BUDGET_MS = 10
/** Time-driven rules are asked for at least this often: a commit may have brought the next due time nearer. */
const TICK_MS = 1_000

/** What the collector is started with. */
export interface CollectorOptions {
  readonly config: CollectorConfig
  readonly version: string
  readonly clock: Clock
  readonly random: () => number
  /** Random text for serial numbers of certificates. */
  readonly randomText: () => string
  readonly crash: CrashPoint
  readonly log: Logger
}

/** A running collector. */
export interface Collector extends Component {
  /** Only after `start`. */
  readonly brokerPort: number
  /** Address of the portal, without a slash at the end. Only after `start`. */
  readonly httpAddress: string
  readonly accounts: Accounts
  readonly accountStore: AccountStore
}

/**
 * Wires the parts and starts them in the order of the flow backwards, so that nothing arrives before what takes it is there; stops them
 * the other way round. What was started before a failure is stopped again.
 */
export function createCollector(options: CollectorOptions): Collector {
  let running: Running | null = null
  const now = (): Running => {
    if (!running) throw new Error('the collector was not started')
    return running
  }
  return {
    start: async () => {
      running = await startAll(options)
    },
    stop: async () => {
      const parts = running
      running = null
      await parts?.stop()
    },
    get brokerPort() {
      return now().broker.port
    },
    get httpAddress() {
      return now().http.address()
    },
    get accounts() {
      return now().accounts
    },
    get accountStore() {
      return now().accountStore
    },
  }
}

interface Running {
  readonly broker: Broker
  readonly http: { address(): string }
  readonly accounts: Accounts
  readonly accountStore: AccountStore
  stop(): Promise<void>
}

async function startAll(options: CollectorOptions): Promise<Running> {
  /** Undone from the last to the first. */
  const undo: (() => Promise<void> | void)[] = []
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) {
      try {
        await step()
      } catch (thrown) {
        options.log.error({ problem: messageOf(thrown) }, 'a part did not stop cleanly')
      }
    }
  }
  const start = async (part: Component) => {
    undo.push(() => part.stop())
    await part.start()
  }
  try {
    return { ...(await startParts(options, undo, start)), stop }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}

async function startParts(
  options: CollectorOptions,
  undo: (() => Promise<void> | void)[],
  start: (part: Component) => Promise<void>,
): Promise<Omit<Running, 'stop'>> {
  const { config, clock, log, random, crash } = options
  const dir = openDataDir(config.data_dir)
  const lock = lockDataDir(dir)
  undo.push(() => lock.release())
  const tls = await openAuthority(dir.tls, config.broker.tls.names, options.randomText)
  const stores = await openStores(config, dir)
  undo.push(() => stores.stop())
  const fleet = stores.state.service<Fleet>('fleet')
  const evaluator = stores.state.service<Evaluator>('evaluator')
  const series = stores.series.service<SeriesStore>('series')
  const seriesReads = stores.seriesReads.service<SeriesStore>('series')

  const startedAt = clock.now()
  const run = await fleet.beginRun(startedAt)
  undo.push(() => fleet.endRun(run, clock.now()))

  const registry = new Registry()
  const live = createLiveBus()
  const intake = createIntake()
  const metrics = createUplinkMetrics(registry, {
    connections: () => broker.connections,
    queued: () => intake.size,
  })
  const deliveries = createDeliveryRunner({
    desks: createDesks(config.desks, clock),
    deliveries: stores.state.service<Deliveries>('deliveries'),
    publicUrl: config.http.public_url ?? null,
    clock,
    random,
    logger: log.child({ part: 'deliveries' }),
    crashPoint: crash,
    settled: id => live.publish({ topic: 'delivery', id }),
  })
  live.subscribe(event => {
    if (event.topic === 'incident') deliveries.wake()
  })
  const uplinkLog = log.child({ part: 'uplink' })
  const ingest = createIngest({
    ...{ intake, fleet, series, evaluator, metrics, live, crash, clock, random, log: uplinkLog },
    send: (agentId, message) => broker.send(agentId, message),
  })
  const houseCalls = createHouseCalls({ fleet, broker: () => broker, run, clock, log: uplinkLog })
  const broker: Broker = createAedesBroker({
    listen: config.broker.listen,
    tls,
    connectionsMax: config.broker.connections_max,
    gatekeeper: { credentialsOf: id => fleet.credentialsOf(id), unknownAgent: houseCalls.unknownAgent },
    onPacket: ingest.take,
    onHeard: houseCalls.heard,
    refused: metrics.broker,
    clock,
    log: uplinkLog,
  })

  const accountStore = stores.state.service<AccountStore>('accounts')
  const accounts = createAccounts({
    store: accountStore,
    passwords: createPasswords(),
    publicUrl: () => http.address(),
  })
  const http = createHttpServer({
    listen: config.http.listen,
    tls: config.http.tls,
    behindProxy: config.http.behind_proxy,
    publicUrl: config.http.public_url,
    ...{ version: options.version, startedAt, clock, log: log.child({ part: 'http' }), accountStore, accounts, live },
    reads: stores.reads.service<Reads>('reads'),
    series: seriesReads,
    incidents: stores.state.service<Incidents>('incidents'),
    fleet,
    desks: { list: async () => [...(await deliveries.desks())], test: name => deliveries.testDesk(name) },
    health: async () => [{ name: 'broker', ok: broker.port > 0 }],
    metrics: { registry },
  })

  const tick = createRepeatedJob(
    'rules by time',
    TICK_MS,
    async () => {
      const outcome = await evaluator.tick(clock.now(), TICK_BUDGET_MS)
      announce(outcome, [], { live, metrics, log: uplinkLog })
      const due = outcome.nextDueAt === null ? TICK_MS : outcome.nextDueAt - clock.now()
      return Math.min(Math.max(due, 0), TICK_MS)
    },
    { clock, log },
  )
  const forecasts = createForecastJob({ fleet, evaluator, seriesReads, metrics, live, clock, log })
  const thinning = createRepeatedJob(
    'retention',
    THIN_MS,
    async () => {
      const { raw_days: rawDays, hourly_days: hourlyDays, events_days: eventsDays } = config.retention
      const moreSeries = await series.thin({ rawDays, hourlyDays }, clock.now())
      const moreEvents = await fleet.thin(clock.now() - eventsDays * DAY_MS)
      return moreSeries || moreEvents ? THIN_STEP_MS : THIN_MS
    },
    { clock, log },
  )
  for (const part of [deliveries, ingest, tick, forecasts, thinning, http, broker, houseCalls]) await start(part)
  return { broker, http, accounts, accountStore }
}

const DAY_MS = 24 * 3_600_000
/** Retention walks over everything once in this time … */
const THIN_MS = 6 * 3_600_000
/** … in steps this far apart, so that ingest never waits for it. */
const THIN_STEP_MS = 500
