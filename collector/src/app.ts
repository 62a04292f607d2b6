import { type Component, messageOf } from '@tillwatch/shared'
import { Registry } from 'prom-client'
import type { AccountStore } from './accounts/account-store.ts'
import type { Accounts } from './accounts/accounts.ts'
import type { Evaluator } from './alerting/evaluator-port.ts'
import type { History } from './alerting/history.ts'
import { certificateNames, openAuthority } from './broker/authority.ts'
import type { Broker } from './broker/broker.ts'
import type { CriticalRules } from './critical/critical-part.ts'
import { lockDataDir, openDataDir } from './data-dir.ts'
import type { Deliveries } from './deliveries/delivery-port.ts'
import type { Charts } from './evidence/charts.ts'
import type { Evidence } from './evidence/evidence.ts'
import type { Fleet } from './fleet/fleet.ts'
import type { Inbound } from './inbound/inbound.ts'
import type { Incidents } from './incidents/incident-service.ts'
import { createJobs } from './jobs.ts'
import type { Launches } from './launch/launch-part.ts'
import { createLiveBus } from './live/live-bus.ts'
import type { Maintenance } from './noise/maintenance.ts'
import type { NoiseNumbers } from './noise/noise-counters.ts'
import type { NoticeQueue } from './notices/notice-book.ts'
import type { Problems } from './problems/problem-service.ts'
import type { Lookups, Reads } from './reads/reads.ts'
import type { RemoteCommands } from './remote/remote-commands.ts'
import { createRouteDesk, type RouteDesk } from './routing/route-desk.ts'
import type { RouteKeeping } from './routing/route-keeper.ts'
import type { RuleDesk } from './rulebook/rule-desk.ts'
import type { RuleKeeping } from './rulebook/rule-keeper.ts'
import { createRulePart } from './rulebook/rule-part.ts'
import type { RuleReads } from './rulebook/rule-reads.ts'
import type { AgreementBook } from './sla/agreement-book.ts'
import type { AgreementDesk } from './sla/agreement-desk.ts'
import type { SlaKeeping } from './sla/sla-book.ts'
import type { SeriesStore } from './store/series-store.ts'
import { openStores } from './stores.ts'
import type { TicketTemplates } from './templates/template-service.ts'
import type { Reconciliation } from './tickets/reconciliation.ts'
import type { Tickets } from './tickets/ticket-book.ts'
import type { WatchBook } from './watch/watch-book.ts'
import { createWatchPart } from './watch/watch-part.ts'
import {
  type CollectorOptions,
  type CollectorServices,
  createAgreements,
  createDeskDeliveries,
  createPortal,
  createUplink,
} from './wiring.ts'

/** Holidays of a year should be known this long before it begins. */
const HOLIDAYS_KNOWN_MS = 28 * 24 * 3_600_000

/** A running collector. */
export interface Collector extends Component {
  /** Only after `start`. */
  readonly brokerPort: number
  /** Address of the portal, without a slash at the end. Only after `start`. */
  readonly httpAddress: string
  readonly accounts: Accounts
  readonly accountStore: AccountStore
  /** Reads the files of rules, calendars and policies anew. Only after `start`. */
  reloadRules(): Promise<void>
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
    reloadRules: async () => {
      const { rules, agreements, routes } = now()
      await Promise.all([rules.desk.reload(), agreements.reload(), routes.reload()])
    },
  }
}

interface Running {
  readonly broker: Broker
  readonly http: { address(): string }
  readonly accounts: Accounts
  readonly accountStore: AccountStore
  readonly rules: { readonly desk: Pick<RuleDesk, 'reload'> }
  readonly agreements: Pick<AgreementDesk, 'reload'>
  readonly routes: Pick<RouteDesk, 'reload'>
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
  const { config, clock } = options
  const dir = openDataDir(config.data_dir)
  const lock = lockDataDir(dir)
  undo.push(() => lock.release())
  const tls = await openAuthority(dir.tls, certificateNames(config.broker), options.randomText)
  const stores = await openStores(config, dir)
  undo.push(() => stores.stop())
  const services: CollectorServices = {
    fleet: stores.state.service<Fleet>('fleet'),
    evaluator: stores.state.service<Evaluator>('evaluator'),
    history: stores.state.service<History>('history'),
    incidents: stores.state.service<Incidents>('incidents'),
    maintenance: stores.state.service<Maintenance>('maintenance'),
    noise: stores.state.service<NoiseNumbers>('noise'),
    critical: stores.state.service<CriticalRules>('critical'),
    inbound: stores.state.service<Inbound>('inbound'),
    watch: stores.state.service<WatchBook>('watch'),
    problems: stores.state.service<Problems>('problems'),
    deliveries: stores.state.service<Deliveries>('deliveries'),
    routes: stores.state.service<RouteKeeping>('routes'),
    tickets: stores.state.service<Tickets>('tickets'),
    reconciliation: stores.state.service<Reconciliation>('reconciliation'),
    remote: stores.state.service<RemoteCommands>('remote'),
    accountStore: stores.state.service<AccountStore>('accounts'),
    series: stores.series.service<SeriesStore>('series'),
    reads: stores.reads.service<Reads>('reads'),
    lookups: stores.lookups.service<Lookups>('lookups'),
    rulebook: stores.state.service<RuleKeeping>('rulebook'),
    ruleReads: stores.reads.service<RuleReads>('ruleReads'),
    sla: stores.state.service<SlaKeeping>('sla'),
    agreementBook: stores.state.service<AgreementBook>('agreementBook'),
    notices: stores.state.service<NoticeQueue>('notices'),
    launches: stores.state.service<Launches>('launches'),
    templates: stores.state.service<TicketTemplates>('templates'),
    seriesReads: stores.seriesReads.service<SeriesStore>('series'),
    evidence: stores.state.service<Evidence>('evidence'),
    charts: stores.seriesReads.service<Charts>('charts'),
  }
  const { fleet } = services
  const startedAt = clock.now()
  const run = await fleet.beginRun(startedAt)
  undo.push(() => fleet.endRun(run, clock.now()))

  const common = { ...services, registry: new Registry(), live: createLiveBus() }
  const uplink = createUplink({ ...options, ...common, tls, run })
  const { broker, courier } = uplink
  const { deliveries, watches, deskCalls, evidence, probes, comparison } = createDeskDeliveries(options, {
    ...common,
    courier,
  })
  const { watch, components: watching } = createWatchPart({
    ...{ ...options, ...common, dir, book: common.watch, metrics: uplink.metrics, intakeShare: uplink.intakeShare },
    connections: () => broker.connections,
    statePending: () => stores.state.pending,
    deskProblems: () => [
      ...deliveries.problems.all(),
      ...comparison.problems,
      ...watches.flatMap(({ problems }) => problems),
    ],
    settings: () => ({
      refusedFiles: [...rules.desk.refused, ...agreements.refused],
      refusedRoutes: routes.refused,
      isUnrouted: routes.isSilent,
      missingYears: agreements.missingYears(HOLIDAYS_KNOWN_MS),
    }),
  })
  const rules = createRulePart({ ...options, ...common, dir, keeping: services.rulebook })
  const { desk: agreements, mail } = createAgreements(options, common)
  const routeLog = options.log.child({ part: 'routes' })
  const routes = createRouteDesk({ files: config.routes, keeping: services.routes, clock, log: routeLog })
  const { http, accounts } = createPortal({
    ...options,
    ...common,
    selfChecks: watch.checks,
    startedAt,
    deliveries,
    deskCalls,
    comparison,
    broker,
    courier,
    rules,
    agreements,
  })
  const jobs = createJobs({ ...options, ...common, retention: config.retention, metrics: uplink.metrics })
  const parts = [
    rules,
    agreements,
    routes,
    deliveries,
    ...watches,
    probes,
    comparison,
    evidence,
    mail,
    uplink.ingest,
    ...jobs,
    http,
    broker,
    uplink.houseCalls,
    courier,
    ...watching,
  ]
  for (const part of parts) await start(part)
  return { broker, http, accounts, accountStore: services.accountStore, rules, agreements, routes }
}
