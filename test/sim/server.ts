import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { AccountStore } from '@tillwatch/collector/accounts/account-store'
import type { Evaluator } from '@tillwatch/collector/alerting/evaluator-port'
import type { History } from '@tillwatch/collector/alerting/history'
import { type CollectorConfig, loadConfig } from '@tillwatch/collector/config'
import type { Connector } from '@tillwatch/collector/connectors/connector'
import type { DeskConfig } from '@tillwatch/collector/connectors/desk-config'
import { createPace, type Pace, pacedClient } from '@tillwatch/collector/connectors/pace'
import { createRedmineConnector } from '@tillwatch/collector/connectors/redmine/connector'
import type { Desk } from '@tillwatch/collector/connectors/registry'
import { createWebhookConnector } from '@tillwatch/collector/connectors/webhook/connector'
import { dataDirAt } from '@tillwatch/collector/data-dir'
import type { Deliveries } from '@tillwatch/collector/deliveries/delivery-port'
import { createDeliveryRunner, type DeliveryRunner } from '@tillwatch/collector/deliveries/delivery-runner'
import type { Evidence } from '@tillwatch/collector/evidence/evidence'
import type { Fleet } from '@tillwatch/collector/fleet/fleet'
import { createHouseCalls } from '@tillwatch/collector/fleet/house-calls'
import type { Inbound } from '@tillwatch/collector/inbound/inbound'
import type { Incidents } from '@tillwatch/collector/incidents/incident-service'
import { createIngest } from '@tillwatch/collector/ingest/ingest'
import { createIntake } from '@tillwatch/collector/ingest/intake'
import { createUplinkMetrics } from '@tillwatch/collector/ingest/uplink-metrics'
import { createJobs } from '@tillwatch/collector/jobs'
import type { Launches } from '@tillwatch/collector/launch/launch-part'
import { createLiveBus } from '@tillwatch/collector/live/live-bus'
import type { Maintenance } from '@tillwatch/collector/noise/maintenance'
import type { NoticeQueue } from '@tillwatch/collector/notices/notice-book'
import type { Problems } from '@tillwatch/collector/problems/problem-service'
import type { RemoteCommands } from '@tillwatch/collector/remote/remote-commands'
import type { SeriesStore } from '@tillwatch/collector/store/series-store'
import { stateThreadData } from '@tillwatch/collector/stores'
import { createSeriesServices } from '@tillwatch/collector/threads/series-services'
import { createStateServices, type StateThreadData } from '@tillwatch/collector/threads/state-services'
import type { Services } from '@tillwatch/collector/threads/thread'
import { AppError, assert, type Logger } from '@tillwatch/shared'
import { Registry } from 'prom-client'
import type { Chance } from './chance.ts'
import type { SimDesk } from './desk.ts'
import { type Life, Machine, unhurried } from './machine.ts'
import type { Network } from './network.ts'
import type { Scheduler } from './scheduler.ts'
import { type DiskFault, Thread } from './thread.ts'

interface ServerOptions {
  readonly folder: string
  readonly scheduler: Scheduler
  readonly network: Network
  readonly desks: readonly SimDesk[]
  readonly chance: Chance
  readonly logger: Logger
  /** Something was written: the books may be looked at. */
  readonly ran: (call: string) => void
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** Rules by time are looked at this often; what comes by quarters of an hour and rarer so much rarer. */
const JOBS_REST = (ms: number): number => (ms < 10 * MINUTE_MS ? Math.max(ms, 8 * MINUTE_MS) : 6 * ms)
/** Identities do not change here; signs of life are written down often enough for the rules of silence, that of sites being five minutes. */
const HOUSE_REST = (ms: number): number => (ms < 5_000 ? 2 * HOUR_MS : 4.5 * MINUTE_MS)
/** A desk that owes nothing is looked after rarely; within an attempt nothing is stretched. */
const LANE_REST = (ms: number): number => (ms < 20_000 ? ms : Math.max(ms, 40 * MINUTE_MS))

const CONFIG = `data_dir: ./data
desks:
  - { kind: redmine, name: redmine, url: "http://192.0.2.10", project: tills, tracker: Bug, key_field: 7, secret: { file: secret } }
  - { kind: webhook, name: hook, url: "http://192.0.2.11/hook", secret: { file: secret } }
`
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

interface PeoplesServices {
  readonly fleet: Fleet
  readonly incidents: Incidents
  readonly maintenance: Maintenance
  readonly desks: Pick<DeliveryRunner, 'retryDesk'>
}

/** The collector of a world: its real parts over simulated threads, broker and desks, on one machine that keeps its files. */
export class Server {
  readonly machine: Machine
  readonly #options: ServerOptions
  readonly #config: CollectorConfig
  readonly #data: string
  #life: Life | null = null
  #people: PeoplesServices | null = null
  #fault: { readonly share: number; readonly kind: DiskFault } = { share: 0, kind: 'none' }
  #books: { state: DatabaseSync; series: DatabaseSync } | null = null
  #generation = 0
  #told: StateThreadData | null = null

  constructor(options: ServerOptions) {
    this.#options = options
    this.machine = new Machine('server', options.scheduler)
    mkdirSync(options.folder, { recursive: true })
    writeFileSync(join(options.folder, 'secret'), SECRET)
    writeFileSync(join(options.folder, 'collector.yaml'), CONFIG)
    this.#config = loadConfig(join(options.folder, 'collector.yaml'))
    this.#data = options.folder
  }

  get isOn(): boolean {
    return this.#life !== null
  }

  /** What people work with; only while it is on. */
  get people(): PeoplesServices | null {
    return this.#people
  }

  /** Its files, opened to be read. */
  get books(): { readonly state: DatabaseSync; readonly series: DatabaseSync } {
    this.#books ??= {
      state: new DatabaseSync(this.#file('state'), { readOnly: true }),
      series: new DatabaseSync(this.#file('series'), { readOnly: true }),
    }
    return this.#books
  }

  /** From now on this share of the calls into the stores goes wrong. */
  setDisk(share: number, kind: DiskFault): void {
    this.#fault = { share, kind }
  }

  /** Reads the files of rules and agreements once: that is done by the real disk, before time begins. */
  async prepare(): Promise<void> {
    this.#told = await stateThreadData(this.#config, dataDirAt(this.#config.data_dir))
  }

  async start(): Promise<void> {
    if (this.#life) return
    const { network } = this.#options
    const life = this.machine.boot()
    this.#life = life
    const services = this.#stores(life)
    const run = await services.fleet.beginRun(life.now())
    const registry = new Registry()
    const live = createLiveBus()
    const intake = createIntake()
    const metrics = createUplinkMetrics(registry, { connections: () => 0, queued: () => intake.size })
    const { chance, logger: log } = this.#options
    const { broker } = network
    const common = { ...services, metrics, live, log, random: chance.random, crash: () => {} }
    const ingest = createIngest({ ...common, intake, clock: life, send: broker.send })
    const houseCalls = createHouseCalls({
      ...common,
      ...{ broker: () => broker, run, clock: unhurried(life, HOUSE_REST, () => network.pings()) },
    })
    const { retention } = this.#config
    const jobs = createJobs({ ...common, retention, clock: unhurried(life, JOBS_REST), seriesReads: services.series })
    const deliveries = createDeliveryRunner({
      ...common,
      ...{ clock: unhurried(life, LANE_REST), desks: this.#connectors(life), publicUrl: null, logger: log },
      ...{ crashPoint: () => {}, settled: () => {} },
    })
    live.subscribe(event => {
      if (event.topic === 'incident') deliveries.wake()
    })
    if (!life.isAlive) return
    for (const part of [deliveries, ingest, ...jobs, houseCalls]) await part.start()
    this.#people = { ...services, desks: deliveries }
    network.opens({ life, onPacket: packet => void ingest.take(packet), onHeard: houseCalls.heard })
  }

  kill(): void {
    if (!this.#life) return
    this.#life.kill()
    this.#life = null
    this.#people = null
    this.#options.network.falls()
  }

  /** Keeps copies of both files as they are, for `restore`. */
  backUp(): void {
    const { state, series } = this.books
    for (const [name, database] of [
      ['state', state],
      ['series', series],
    ] as const) {
      rmSync(this.#backup(name), { force: true })
      database.exec(`VACUUM INTO '${this.#backup(name)}'`)
    }
  }

  /** The files are lost and come back from the backup. False when there is none. */
  restore(): boolean {
    if (!existsSync(this.#backup('state'))) return false
    this.kill()
    this.#books = null
    this.#generation++
    for (const name of ['state', 'series']) copyFileSync(this.#backup(name), this.#file(name))
    return true
  }

  close(): void {
    this.kill()
    this.#books?.state.close()
    this.#books?.series.close()
  }

  /** A restored collector begins with new files: the dead one still holds the old ones in this process. */
  #file(name: string): string {
    return join(this.#data, `${name}-${this.#generation}.db`)
  }

  #backup(name: string): string {
    return join(this.#data, `${name}.backup`)
  }

  #stores(life: Life) {
    assert(this.#told, 'a collector is prepared before it starts')
    const stateData = { ...this.#told, databasePath: this.#file('state') }
    const seriesData = { databasePath: this.#file('series'), readOnly: false }
    const state = this.#thread(life, 'state', createStateServices(stateData, life))
    const series = this.#thread(life, 'series', createSeriesServices(seriesData))
    return {
      fleet: state.service<Fleet>('fleet'),
      evaluator: state.service<Evaluator>('evaluator'),
      history: state.service<History>('history'),
      incidents: state.service<Incidents>('incidents'),
      maintenance: state.service<Maintenance>('maintenance'),
      notices: state.service<NoticeQueue>('notices'),
      launches: state.service<Launches>('launches'),
      evidence: state.service<Evidence>('evidence'),
      inbound: state.service<Inbound>('inbound'),
      problems: state.service<Problems>('problems'),
      deliveries: state.service<Deliveries>('deliveries'),
      remote: state.service<RemoteCommands>('remote'),
      accountStore: state.service<AccountStore>('accounts'),
      series: series.service<SeriesStore>('series'),
    }
  }

  #thread(life: Life, name: string, services: Services): Thread {
    const { chance, ran } = this.#options
    const faultOf = (call: string): DiskFault => {
      const { share, kind } = this.#fault
      return call !== 'fleet.beginRun' && chance.happens(share) ? kind : 'none'
    }
    return new Thread({ name, life, services, chance, faultOf, ran })
  }

  #connectors(life: Life): readonly Desk[] {
    return this.#config.desks.map(config => {
      const pace = createPace(config.rate_per_s, life)
      const connector = this.#connector(config, life, pace)
      return { connector, pace, tenants: config.tenants, fallback: null, pollMs: config.poll_s * 1_000 }
    })
  }

  #connector(config: DeskConfig, life: Life, pace: Pace): Connector {
    const desk = this.#options.desks.find(({ name }) => name === config.name)
    if (desk && config.kind === 'redmine') return createRedmineConnector(config, pacedClient(desk.clientOf(life), pace))
    if (desk && config.kind === 'webhook')
      return createWebhookConnector(config, pacedClient(desk.clientOf(life), pace), life)
    throw new AppError('sim.desk', `no simulated desk ${config.name}`)
  }
}
