import type { Clock, Component, EpochMs, Logger } from '@tillwatch/shared'
import type { Registry } from 'prom-client'
import type { AccountStore } from './accounts/account-store.ts'
import { type Accounts, createAccounts } from './accounts/accounts.ts'
import { createPasswords } from './accounts/password.ts'
import type { Evaluator } from './alerting/evaluator-port.ts'
import type { History } from './alerting/history.ts'
import { createAedesBroker } from './broker/aedes-broker.ts'
import type { BrokerTls } from './broker/authority.ts'
import type { Broker } from './broker/broker.ts'
import type { CollectorConfig } from './config.ts'
import { createDesks } from './connectors/registry.ts'
import { readSecret } from './connectors/settings.ts'
import type { CrashPoint } from './crash-point.ts'
import type { CriticalRules } from './critical/critical-part.ts'
import { createDeliveryMetrics } from './deliveries/delivery-metrics.ts'
import type { Deliveries } from './deliveries/delivery-port.ts'
import { createDeliveryRunner, type DeliveryRunner } from './deliveries/delivery-runner.ts'
import { createDeskProbes } from './deliveries/desk-probes.ts'
import type { Charts } from './evidence/charts.ts'
import type { Evidence } from './evidence/evidence.ts'
import { createEvidenceRunner } from './evidence/evidence-runner.ts'
import type { Fleet } from './fleet/fleet.ts'
import { createHouseCalls, type HouseCalls } from './fleet/house-calls.ts'
import type { HealthCheck } from './http/http-options.ts'
import { createHttpServer, type HttpServer } from './http/server.ts'
import type { Inbound } from './inbound/inbound.ts'
import type { Incidents } from './incidents/incident-service.ts'
import { createIngest, type Ingest } from './ingest/ingest.ts'
import { createIntake, INTAKE_PACKETS_MAX } from './ingest/intake.ts'
import { createUplinkMetrics, type UplinkMetrics } from './ingest/uplink-metrics.ts'
import type { Launches } from './launch/launch-part.ts'
import type { LiveBus } from './live/live-bus.ts'
import type { Maintenance } from './noise/maintenance.ts'
import type { NoiseNumbers } from './noise/noise-counters.ts'
import { registerNoiseMetrics } from './noise/noise-metrics.ts'
import type { NoticeQueue } from './notices/notice-book.ts'
import { createNoticePart } from './notices/notice-part.ts'
import type { Problems } from './problems/problem-service.ts'
import type { Lookups, Reads } from './reads/reads.ts'
import { type Courier, createCourier } from './remote/courier.ts'
import type { RemoteCommands } from './remote/remote-commands.ts'
import { placementsIn, type RouteKeeping } from './routing/route-keeper.ts'
import type { RuleKeeping } from './rulebook/rule-keeper.ts'
import type { RulePart } from './rulebook/rule-part.ts'
import type { RuleReads } from './rulebook/rule-reads.ts'
import type { AgreementBook } from './sla/agreement-book.ts'
import { type AgreementDesk, createAgreementDesk } from './sla/agreement-desk.ts'
import type { SlaKeeping } from './sla/sla-book.ts'
import type { SeriesStore } from './store/series-store.ts'
import type { TicketTemplates } from './templates/template-service.ts'
import { createDeskCalls, type DeskCalls } from './tickets/desk-calls.ts'
import type { Reconciliation } from './tickets/reconciliation.ts'
import type { Tickets } from './tickets/ticket-book.ts'
import { createTicketComparison, type TicketComparison } from './tickets/ticket-comparison.ts'
import { registerTicketMetrics } from './tickets/ticket-metrics.ts'
import { createTicketWatch, type TicketWatch } from './tickets/ticket-watch.ts'
import type { WatchBook } from './watch/watch-book.ts'

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

/** The services of the store threads. */
export interface CollectorServices {
  readonly fleet: Fleet
  readonly evaluator: Evaluator
  readonly history: History
  readonly incidents: Incidents
  readonly maintenance: Maintenance
  readonly noise: NoiseNumbers
  readonly critical: CriticalRules
  readonly inbound: Inbound
  readonly watch: WatchBook
  readonly problems: Problems
  readonly deliveries: Deliveries
  readonly routes: RouteKeeping
  readonly tickets: Tickets
  readonly reconciliation: Reconciliation
  readonly remote: RemoteCommands
  readonly accountStore: AccountStore
  readonly series: SeriesStore
  readonly reads: Reads
  readonly lookups: Lookups
  readonly rulebook: RuleKeeping
  readonly ruleReads: RuleReads
  readonly sla: SlaKeeping
  readonly agreementBook: AgreementBook
  readonly notices: NoticeQueue
  readonly launches: Launches
  readonly templates: TicketTemplates
  readonly seriesReads: SeriesStore
  readonly evidence: Evidence
  readonly charts: Charts
}

interface Common extends CollectorServices {
  readonly registry: Registry
  readonly live: LiveBus
}

/** The way from the socket to the stores and back. */
export interface Uplink {
  readonly broker: Broker
  readonly ingest: Ingest
  readonly houseCalls: HouseCalls
  readonly courier: Courier
  readonly metrics: UplinkMetrics
  /** How full the queue before the stores is, 0 to 1. */
  readonly intakeShare: () => number
}

export function createUplink(
  options: CollectorOptions & Common & { readonly tls: BrokerTls; readonly run: number },
): Uplink {
  const { config, fleet, clock } = options
  const log = options.log.child({ part: 'uplink' })
  const intake = createIntake()
  const metrics = createUplinkMetrics(options.registry, {
    connections: () => broker.connections,
    queued: () => intake.size,
  })
  const send: Broker['send'] = (agentId, message) => broker.send(agentId, message)
  const ingest = createIngest({ ...options, intake, metrics, send, log })
  const houseCalls = createHouseCalls({ fleet, broker: () => broker, run: options.run, clock, log })
  const courier = createCourier({ ...options, commands: options.remote, broker: () => broker, log })
  const broker: Broker = createAedesBroker({
    listen: config.broker.listen,
    tls: options.tls,
    connectionsMax: config.broker.connections_max,
    gatekeeper: { credentialsOf: id => fleet.credentialsOf(id), unknownAgent: houseCalls.unknownAgent },
    onPacket: ingest.take,
    onHeard: houseCalls.heard,
    refused: metrics.broker,
    clock,
    log,
  })
  return { broker, ingest, houseCalls, courier, metrics, intakeShare: () => intake.size / INTAKE_PACKETS_MAX }
}

/** The runner of the outbox, woken whenever an incident changed, the watches over the desks that can be read, and what gathers evidence. */
export function createDeskDeliveries(
  { config, clock, random, crash, log }: CollectorOptions,
  {
    deliveries,
    tickets,
    live,
    evidence,
    charts,
    registry,
    courier,
    routes,
    reconciliation,
  }: Common & { readonly courier: Courier },
): {
  readonly deliveries: DeliveryRunner
  readonly watches: readonly TicketWatch[]
  readonly deskCalls: DeskCalls
  readonly evidence: Component
  /** Looks whether the desks fit their settings. */
  readonly probes: Component
  readonly comparison: TicketComparison
} {
  const desks = createDesks(config.desks, clock)
  const runner = createDeliveryRunner({
    desks,
    deliveries,
    publicUrl: config.http.public_url ?? null,
    clock,
    random,
    logger: log.child({ part: 'deliveries' }),
    crashPoint: crash,
    settled: (id, desk) => {
      live.publish({ topic: 'delivery', id })
      watchOf.get(desk)?.look()
    },
    attempted: createDeliveryMetrics(registry, desks),
  })
  live.subscribe(event => {
    if (event.topic === 'incident') runner.wake()
  })
  const changed = (id: string) => live.publish({ topic: 'incident', id })
  const ticketLog = log.child({ part: 'tickets' })
  const watchOf = new Map(
    desks.flatMap(desk => {
      const watch = createTicketWatch({ desk, tickets, clock, random, log: ticketLog, changed })
      return watch ? [[desk.connector.name, watch]] : []
    }),
  )
  const watches = [...watchOf.values()]
  const deskCalls = createDeskCalls({
    ...{
      configs: config.desks,
      connectors: desks.map(({ connector }) => connector),
      tickets,
      changed,
      registry,
      clock,
    },
    ...{ watchOf: name => watchOf.get(name), log: ticketLog },
  })
  const gathering = createEvidenceRunner({
    ...{ evidence, charts, courier, desks, registry, clock, changed },
    log: log.child({ part: 'evidence' }),
  })
  const probes = createDeskProbes({
    ...{ desks, problems: runner.problems, clock },
    placesOf: async (tenantId, desk) => placementsIn(await routes.state(), tenantId, desk),
    log: log.child({ part: 'probes' }),
  })
  const comparison = createTicketComparison({
    ...{ desks, reconciliation, changed, clock, log: ticketLog },
    ...{ watchOf: (name: string) => watchOf.get(name), told: () => runner.wake() },
  })
  return { deliveries: runner, watches, deskCalls, evidence: gathering, probes, comparison }
}

/** Service levels as people see them, and the way of messages to people. */
export function createAgreements(
  options: CollectorOptions,
  { sla, notices, registry }: Pick<Common, 'sla' | 'notices' | 'registry'>,
): { readonly desk: AgreementDesk; readonly mail: Component } {
  const { config, clock, log } = options
  return {
    desk: createAgreementDesk({ files: config, keeping: sla, clock, log: log.child({ part: 'agreements' }) }),
    mail: createNoticePart({ ...options, queue: notices, registry, log: log.child({ part: 'notices' }) }),
  }
}

/** API and portal, and the accounts behind them. */
export function createPortal(
  options: CollectorOptions &
    Omit<Common, 'deliveries'> & {
      readonly startedAt: EpochMs
      readonly deliveries: DeliveryRunner
      readonly deskCalls: DeskCalls
      readonly comparison: TicketComparison
      readonly broker: Broker
      readonly courier: Courier
      /** What the collector finds of itself. */
      readonly selfChecks: () => readonly HealthCheck[]
      readonly rules: RulePart
      readonly agreements: AgreementDesk
    },
): { readonly http: HttpServer; readonly accounts: Accounts } {
  const { config, accountStore, deliveries, broker } = options
  const accounts = createAccounts({
    store: accountStore,
    passwords: createPasswords(),
    publicUrl: () => http.address(),
  })
  const { listen, tls, behind_proxy: behindProxy, public_url: publicUrl, metrics } = config.http
  const metricsToken = metrics && readSecret(metrics.token)
  const refused = () => options.rules.desk.refused
  const { version, startedAt, clock, reads, lookups, incidents, fleet, live, registry } = options
  registerNoiseMetrics(registry, options.noise)
  registerTicketMetrics(registry, options.reconciliation)
  const http: HttpServer = createHttpServer({
    ...{ listen, tls, behindProxy, publicUrl, version, startedAt, clock, accountStore, accounts },
    ...{
      reads,
      lookups,
      series: options.seriesReads,
      incidents,
      maintenance: options.maintenance,
      critical: options.critical,
      templates: options.templates,
      inbound: options.inbound,
      problems: options.problems,
      rules: options.rules,
      agreements: options.agreements,
      agreementBook: options.agreementBook,
      fleet,
      courier: options.courier,
      live,
      metrics: { registry, token: metricsToken },
    },
    log: options.log.child({ part: 'http' }),
    desks: {
      list: async tenantId => [...(await deliveries.desks(tenantId))],
      test: async (tenantId, name) =>
        deliveries.testDesk(tenantId, name, placementsIn(await options.routes.state(), tenantId, name)),
      mustKnow: (tenantId, name) => deliveries.mustKnow(tenantId, name),
      act: act => deliveries.act(act),
      openAnew: wanted => deliveries.openAnew(wanted),
      agreements: async tenantId => {
        const names = (await deliveries.desks(tenantId)).map(({ name }) => name)
        return [...(await options.reconciliation.agreements(tenantId, names))]
      },
      confirm: async (tenantId, name, actor) => {
        deliveries.mustKnow(tenantId, name)
        await options.reconciliation.confirm(tenantId, name, actor, clock.now())
        await options.comparison.refresh()
        deliveries.wake()
      },
      retry: (tenantId, name) => deliveries.retryDesk(tenantId, name),
    },
    deskCalls: options.deskCalls,
    routing: options.routes,
    health: async () => [
      { name: 'broker', ok: broker.port > 0 },
      ...options.selfChecks(),
      // The other rules work: an operator reads it, a load balancer need not.
      { name: 'rules', ok: true, ...(refused().length > 0 ? { reason: `refused: ${refused().join(', ')}` } : {}) },
    ],
  })
  return { http, accounts }
}
